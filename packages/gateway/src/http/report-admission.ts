import { isLoopback } from '../config/loopback.ts';
import type { Clock } from '../ports.ts';
import { addressBlock } from '../sessions/address-block.ts';
import { Allowances, type Supply } from '../sessions/allowances.ts';

const secondMs = 1_000;
/** All clients of a company may come from one address, and all at once when the gateway was away. */
const reportsOfAddress: Supply = { most: 600, perMs: 10 / secondMs };
/** One each three minutes is what clients send; after an outage, some at once. */
const reportsOfCall: Supply = { most: 20, perMs: 0.5 / secondMs };

/** How soon a client may report again. */
export const againSeconds = 10;

/** Bounds how often reports are even looked at. */
export class ReportAdmission {
  readonly #ofAddress: Allowances;
  readonly #ofCall: Allowances;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#ofAddress = new Allowances(clock, reportsOfAddress);
    this.#ofCall = new Allowances(clock, reportsOfCall);
  }

  admitsAddress(address: string): boolean {
    // A proxy that the gateway was not told of stands for everybody.
    return isLoopback(address) || this.#ofAddress.draw(addressBlock(address));
  }

  admitsCall(legId: string): boolean {
    return this.#ofCall.draw(legId);
  }
}
