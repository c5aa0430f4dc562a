import type { StartTimer } from '../kernel/machine.ts';
import { correct, endOf, lifeOf, UNKNOWN_LIFE, waitOf } from './token-life.ts';

export interface TokenKeeperPorts {
  readonly startTimer: StartTimer;
  now(): number;
  /** The token that the session logs in with; undefined where there is none. */
  token(): string | undefined;
  /** Where new ones come from; undefined where the application gives them by itself. */
  provider(): (() => unknown) | undefined;
  use(token: string): void;
  /** The token ends soon, and there is no other yet. */
  warn(originalError?: unknown): void;
}

const PROVIDER_MS = 10_000;
const PAUSE_MS = 5_000;
/** Each try is a login. */
const RETRY_MS = 30_000;

/**
 * Sees to it that the session has a token that holds. One timer runs at a time: that of the next look at the clock,
 * or, while another token is asked for, that of the provider or of the pause after its failure.
 */
export class TokenKeeper {
  readonly #ports: TokenKeeperPorts;
  #life = UNKNOWN_LIFE;
  /** The one in use came from the provider. */
  #renewed = false;
  #renewal: Promise<void> | undefined;
  #cancel = (): void => undefined;

  constructor(ports: TokenKeeperPorts) {
    this.#ports = ports;
  }

  /** @returns settles when there is a token that holds; undefined where there is */
  needed(): Promise<void> | undefined {
    const { now, provider, token } = this.#ports;
    const current = token();
    const { endsAt } = this.#life;
    // A new one was not tried yet; its end may be wrong by the local clock.
    const end = endsAt < Infinity || this.#renewed ? endsAt : endOf(current);
    return provider() && (!current || end <= now()) ? this.renew() : undefined;
  }

  /** @param expiresIn seconds that the token still holds, by the server's clock, where it tells */
  loggedIn(expiresIn: unknown): void {
    this.#life = lifeOf(this.#ports.token(), expiresIn, this.#ports.now(), this.#renewed);
    if (this.#renewal) return;
    this.stop();
    if (this.#life !== UNKNOWN_LIFE) this.#watch();
  }

  /** Asks the provider until it gives a token. */
  renew(): Promise<void> {
    return (this.#renewal ??= new Promise((resolve) => {
      this.#ask(resolve, false);
    }));
  }

  /** The server has not taken the new token; another one may do. */
  unused(error: unknown): void {
    this.#ports.warn(error);
    this.#wait(RETRY_MS, () => void this.renew());
  }

  /** The server does not take the token. */
  refused(): void {
    this.stop();
    this.#life = { endsAt: 0, askAt: 0 };
  }

  stop(): void {
    this.#cancel();
    this.#cancel = () => undefined;
    this.#renewal = undefined;
  }

  #watch(): void {
    const { now, provider, warn } = this.#ports;
    const waitMs = waitOf(this.#life, now());
    const dueAt = now() + waitMs;
    this.#wait(waitMs, () => {
      this.#life = correct(this.#life, dueAt - now());
      if (waitOf(this.#life, now()) > 0) this.#watch();
      else if (provider()) void this.renew();
      else warn();
    });
  }

  /** What comes after its time, or after a stop, is too late: another timer runs then, or none. */
  #ask(done: () => void, told: boolean): void {
    const { provider, use, warn } = this.#ports;
    const failed = (error: unknown): void => {
      if (this.#cancel !== limit) return;
      if (!told) warn(error);
      this.#wait(PAUSE_MS, () => {
        this.#ask(done, true);
      });
    };
    const limit = this.#wait(PROVIDER_MS, () => {
      failed(new Error('tokenProvider takes too long'));
    });
    new Promise((resolve) => {
      resolve(provider()?.());
    })
      .then((token) => {
        if (typeof token !== 'string' || !token) throw new TypeError('tokenProvider gave no token');
        if (this.#cancel !== limit) return;
        this.stop();
        this.#life = UNKNOWN_LIFE;
        this.#renewed = true;
        use(token);
        done();
      })
      .catch(failed);
  }

  /** In place of the timer that runs. */
  #wait(afterMs: number, elapsed: () => void): () => void {
    this.#cancel();
    return (this.#cancel = this.#ports.startTimer(afterMs, elapsed));
  }
}
