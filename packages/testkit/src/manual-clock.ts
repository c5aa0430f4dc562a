interface Timer {
  at: number;
  readonly elapsed: () => void;
}

/** Time that passes when a test says so. */
export class ManualClock {
  private time: number;
  private readonly timers = new Set<Timer>();

  /** @param startAt milliseconds of the epoch */
  constructor(startAt = 1_700_000_000_000) {
    this.time = startAt;
  }

  readonly now = (): number => this.time;

  readonly startTimer = (afterMs: number, elapsed: () => void): (() => void) => {
    const timer = { at: this.time + afterMs, elapsed };
    this.timers.add(timer);
    return () => {
      this.timers.delete(timer);
    };
  };

  /** How many timers run. */
  get pending(): number {
    return this.timers.size;
  }

  /** The clock goes on, or back, without its timers: the computer slept, or its clock was set. */
  jump(ms: number): void {
    this.time += ms;
    for (const timer of this.timers) timer.at += ms;
  }

  /** Lets time pass: timers elapse in their order, and what each sets off is done before the next. */
  async advance(ms: number): Promise<void> {
    const until = this.time + ms;
    await settle();
    for (let next = this.next(until); next; next = this.next(until)) {
      this.timers.delete(next);
      this.time = Math.max(this.time, next.at);
      next.elapsed();
      await settle();
    }
    this.time = until;
  }

  private next(until: number): Timer | undefined {
    const due = [...this.timers].filter(({ at }) => at <= until);
    return due.reduce<Timer | undefined>(
      (first, each) => (first && first.at <= each.at ? first : each),
      undefined,
    );
  }
}

/** Lets everything finish that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 10; round++) await new Promise((resolve) => setImmediate(resolve));
}
