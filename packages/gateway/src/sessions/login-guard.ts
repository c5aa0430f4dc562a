/**
 * What stands between a guesser and the passwords.
 *
 * For each user and address: four failures are free; each one from the fifth on locks, for a minute, then twice as long
 * each time, up to an hour. A right password clears them, and so does a day of peace. For each address, whatever the
 * user: 60 failures at once and 10 more each hour, which makes 300 in a day; who has logged in from there before is not
 * stopped by the guesses of a neighbour.
 *
 * While locked, a right password is refused like a wrong one, at once and without a look at it: otherwise every guess
 * would still be judged. Somebody else's guesses from another address lock nobody out.
 */
import { isLoopback } from '../config/loopback.ts';
import type { Clock } from '../ports.ts';
import { Allowances, RecentMap, type Supply } from './allowances.ts';
import { addressBlock } from './address-block.ts';

/** Of one user from one address. Times are monotonic milliseconds. */
export interface Attempts {
  failures: number;
  failedAt: number;
  /** The right password came from there. */
  known: boolean;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const freeFailures = 4;
const longestLockMs = hourMs;
const forgottenAfterMs = 24 * hourMs;
const guessesOfAddress: Supply = { most: 60, perMs: 10 / hourMs };
const visitsOfAddress: Supply = { most: 20, perMs: 20 / minuteMs };

function lockedUntil({ failures, failedAt }: Attempts): number {
  if (failures <= freeFailures) return -Infinity;
  return failedAt + Math.min(minuteMs * 2 ** (failures - freeFailures - 1), longestLockMs);
}

function afterFailure(attempts: Attempts | undefined, at: number): Attempts {
  const isForgotten = attempts === undefined || at - attempts.failedAt > forgottenAfterMs;
  return {
    failures: isForgotten ? 1 : attempts.failures + 1,
    failedAt: at,
    known: attempts?.known ?? false,
  };
}

export class LoginGuard {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #attempts = new RecentMap<Attempts>();
  readonly #guesses: Allowances;
  readonly #visits: Allowances;
  /** The latest check of each user and address: the next one is judged by what became of it. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
    this.#guesses = new Allowances(clock, guessesOfAddress);
    this.#visits = new Allowances(clock, visitsOfAddress);
  }

  /** @returns what the check found, null where the password is wrong; `locked` where nothing was checked */
  async password<Found>(
    user: string,
    address: string,
    check: () => Promise<Found | null>,
  ): Promise<Found | null | 'locked'> {
    const block = addressBlock(address);
    const key = `${block} ${user}`;
    const judged = (this.#turns.get(key) ?? Promise.resolve()).then(async () => {
      if (this.#isLocked(key, address)) return 'locked';
      const found = await check();
      this.#learn(key, block, found !== null);
      return found;
    });
    const turn = judged.catch(() => undefined);
    this.#turns.set(key, turn);
    try {
      return await judged;
    } finally {
      if (this.#turns.get(key) === turn) this.#turns.delete(key);
    }
  }

  /** @returns whether the address may log in without credentials now; it has then done so */
  visit(address: string): boolean {
    if (isLoopback(address)) return true;
    return this.#visits.draw(addressBlock(address));
  }

  #isLocked(key: string, address: string): boolean {
    const now = this.#clock.monotonic();
    const attempts = this.#attempts.get(key);
    if (attempts !== undefined && now < lockedUntil(attempts)) return true;
    // A proxy that the gateway was not told of stands for everybody.
    if (attempts?.known === true || isLoopback(address)) return false;
    return this.#guesses.isUsedUp(addressBlock(address));
  }

  #learn(key: string, block: string, isRight: boolean): void {
    const now = this.#clock.monotonic();
    if (isRight) {
      this.#attempts.set(key, { failures: 0, failedAt: now, known: true });
      return;
    }
    this.#attempts.set(key, afterFailure(this.#attempts.get(key), now));
    this.#guesses.draw(block);
  }
}
