/** What the gateway's rules need of the world. `node/` has the real ones. */

export interface Clock {
  /** Milliseconds since the epoch. For what is told to others; never for intervals. */
  now(): number;
  /** Milliseconds that only go forward, whatever is done to the wall clock. */
  monotonic(): number;
  /** Calls back once. @returns the way to call it off */
  after(milliseconds: number, callback: () => void): () => void;
}

export interface Random {
  uuid(): string;
  /** At least 128 unguessable bits, as characters that are safe in a URL. */
  token(): string;
}

/** The subset of pino's interface that is used. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** `locked` and `tooMany` were not looked at. */
export type LoginRefusal = 'wrong' | 'locked' | 'tooMany';

/** What happens that is worth counting; the metrics and nothing else listen. */
export interface Meter {
  loginRefused(reason: LoginRefusal): void;
  /** From the invite's arrival to the answer's departure. */
  callSetUp(seconds: number): void;
  callEnded(cause: string): void;
}
