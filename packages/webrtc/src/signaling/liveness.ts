import type { StartTimer } from '../kernel/machine.ts';

/**
 * What is known of a socket that seems open. Times are milliseconds of the epoch: a monotonic clock may stand still
 * while the machine sleeps.
 */
export interface Evidence {
  /** When anything came in last. */
  readonly heardAt: number;
  /**
   * When the server was asked for a sign of life that it has not given yet. What else it says is none: it may be that
   * nothing reaches it any more.
   */
  readonly askedAt: number | undefined;
  /** Something has happened that sockets may not survive: another network, a sleep. */
  readonly doubted: boolean;
  readonly inCall: boolean;
}

/** `replace`: nobody is there any more. */
export type Verdict = 'ask' | 'replace' | { readonly waitMs: number };

/**
 * Longer than the pauses between a gateway's pings (5 s in a call, 10 s without), so that a server which pings is
 * not asked; and short enough to have a dead socket replaced within 8 s in a call and 15 s without.
 */
const QUIET_MS = { inCall: 5_500, idle: 11_000 };
const PATIENCE_MS = { inCall: 2_000, idle: 3_000, doubted: 1_500 };
/** A server that says something else meanwhile may only be slow. */
const SLOW_MS = 3_000;
/** So late is the timer of a machine that was asleep; and so often the clock is looked at to find out. */
const LATE_MS = 3_000;
const LOOK_MS = 1_500;

/** Judged by what has come in, not by timers: those of a hidden page come once a minute. */
export function judge({ heardAt, askedAt, doubted, inCall }: Evidence, now: number): Verdict {
  const kind = inCall ? 'inCall' : 'idle';
  if (askedAt !== undefined) {
    const patienceMs = heardAt > askedAt ? SLOW_MS : PATIENCE_MS[doubted ? 'doubted' : kind];
    const waitMs = askedAt + patienceMs - now;
    return waitMs > 0 ? { waitMs } : 'replace';
  }
  const waitMs = heardAt + QUIET_MS[kind] - now;
  // A sign of life is long overdue: what was connected before a sleep is hardly so after it.
  if (doubted && waitMs < -PATIENCE_MS[kind]) return 'replace';
  return waitMs > 0 && !doubted ? { waitMs } : 'ask';
}

export interface LivenessPorts {
  readonly startTimer: StartTimer;
  now(): number;
  inCall(): boolean;
  /** false where timers are late without a reason. */
  isVisible(): boolean;
  /** Asks the server for an answer of whatever kind. @returns whether it came */
  ask(): Promise<boolean>;
  replace(): void;
}

/** Finds out when the other end of an open socket is gone. */
export class Liveness {
  readonly #ports: LivenessPorts;
  #heardAt: number;
  #askedAt: number | undefined;
  #doubted = false;
  #cancelTimer: (() => void) | undefined;

  constructor(ports: LivenessPorts) {
    this.#ports = ports;
    this.#heardAt = ports.now();
    this.#judge();
  }

  heard(): void {
    this.#heardAt = this.#ports.now();
  }

  /** Its own questions, and those that are asked for another reason. */
  async ask(): Promise<void> {
    const { ask, now } = this.#ports;
    this.#askedAt ??= now();
    const asked = ask();
    this.#judge();
    if (!(await asked)) return;
    this.#askedAt = undefined;
    this.#doubted = false;
  }

  /** Asks at once, unless an answer is awaited already. */
  doubt(): void {
    this.#doubted = true;
    this.#judge();
  }

  stop(): void {
    this.#cancelTimer?.();
  }

  #judge(): void {
    this.#cancelTimer?.();
    const { now, inCall, isVisible, replace, startTimer } = this.#ports;
    const evidence = {
      heardAt: this.#heardAt,
      askedAt: this.#askedAt,
      doubted: this.#doubted,
      inCall: inCall(),
    };
    const verdict = judge(evidence, now());
    if (verdict === 'replace') replace();
    else if (verdict === 'ask') void this.ask();
    else {
      // A call may begin meanwhile, too.
      const waitMs = Math.min(verdict.waitMs, LOOK_MS);
      const dueAt = now() + waitMs;
      this.#cancelTimer = startTimer(waitMs, () => {
        if (now() - dueAt > LATE_MS && isVisible()) this.#doubted = true;
        this.#judge();
      });
    }
  }
}
