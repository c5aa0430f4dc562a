import type { Clock } from '../ports.ts';

export interface WriteBehindPorts<Change> {
  /** @returns whether the batch was written, or never will be; it comes again otherwise */
  write(batch: readonly Change[]): Promise<boolean>;
  clock: Pick<Clock, 'after'>;
  /** Of a database that stays away for long, the oldest changes are given up. */
  mostWaiting: number;
}

const againMs = 1_000;

/**
 * Changes on their way to the store. Nobody waits for them: they are written in the order in which they came, and those
 * that come while others are written go together.
 */
export class WriteBehind<Change> {
  readonly #ports: WriteBehindPorts<Change>;
  #waiting: Change[] = [];
  #writing: Promise<void> | null = null;
  #isClosed = false;
  #hurry: () => void = () => undefined;

  constructor(ports: WriteBehindPorts<Change>) {
    this.#ports = ports;
  }

  add(change: Change): void {
    if (this.#isClosed) return;
    this.#waiting.push(change);
    this.#writing ??= this.#writeAll();
  }

  /** Resolves once what was added so far is written or given up. */
  async written(): Promise<void> {
    await this.#writing;
  }

  /** Takes no more. Resolves once what it has is written, or cannot be. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#hurry();
    await this.#writing;
  }

  /** Takes no more, and gives up what it has. */
  abandon(): void {
    this.#isClosed = true;
    this.#waiting = [];
  }

  async #writeAll(): Promise<void> {
    // What happens in one go is written in one go, and after what is told of it.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      if (!(await this.#ports.write(batch))) {
        this.#waiting = [...batch, ...this.#waiting].slice(-this.#ports.mostWaiting);
        if (this.#isClosed) break;
        await this.#pause();
      }
    }
    this.#writing = null;
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const callOff = this.#ports.clock.after(againMs, resolve);
      this.#hurry = () => {
        callOff();
        resolve();
      };
    });
  }
}
