import type { Clock } from '../ports.ts';

/** What fills up with time, and is drawn from one at a time. */
interface Allowance {
  left: number;
  at: number;
}

export interface Supply {
  most: number;
  perMs: number;
}

/** How often somebody may do something. Those that are remembered are so many; who drew longest ago gives way. */
export class Allowances {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #supply: Supply;
  readonly #allowances = new RecentMap<Allowance>();

  constructor(clock: Pick<Clock, 'monotonic'>, supply: Supply) {
    this.#clock = clock;
    this.#supply = supply;
  }

  isUsedUp(key: string): boolean {
    return this.#refilled(key).left < 1;
  }

  /** @returns whether there was something to draw */
  draw(key: string): boolean {
    const { left, at } = this.#refilled(key);
    this.#allowances.set(key, { left: Math.max(0, left - 1), at });
    return left >= 1;
  }

  #refilled(key: string): Allowance {
    const { most, perMs } = this.#supply;
    const at = this.#clock.monotonic();
    const allowance = this.#allowances.get(key);
    if (allowance === undefined) return { left: most, at };
    return { left: Math.min(most, allowance.left + (at - allowance.at) * perMs), at };
  }
}

const mostRemembered = 10_000;

/** Forgets what was set longest ago. */
export class RecentMap<Value> {
  readonly #map = new Map<string, Value>();

  get(key: string): Value | undefined {
    return this.#map.get(key);
  }

  set(key: string, value: Value): void {
    this.#map.delete(key);
    this.#map.set(key, value);
    const oldest = this.#map.keys().next();
    if (this.#map.size > mostRemembered && oldest.done !== true) this.#map.delete(oldest.value);
  }
}
