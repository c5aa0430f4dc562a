import { isLoopback } from '../config/loopback.ts';
import { addressBlock } from './address-block.ts';

export type Admittance =
  | 'admitted'
  /** The address has enough sockets that wait for a login. */
  | 'tooMany'
  /** All addresses together have. */
  | 'full';

/** A socket without a login costs at most 16 KiB for five seconds; so many cost 64 MiB. */
const waitingInAll = 4_000;

/**
 * How many sockets wait for a login, which is all that somebody without credentials can have. This machine's own
 * programs count only towards the sum: a proxy that the gateway was not told of stands for everybody.
 */
export class Admission {
  readonly #perAddress: number;
  readonly #waiting = new Map<string, number>();
  #inAll = 0;

  constructor(perAddress: number) {
    this.#perAddress = perAddress;
  }

  judge(address: string): Admittance {
    if (this.#inAll >= waitingInAll) return 'full';
    if (isLoopback(address)) return 'admitted';
    return (this.#waiting.get(addressBlock(address)) ?? 0) >= this.#perAddress ? 'tooMany' : 'admitted';
  }

  /** A socket waits from now on. @returns to be called, as often as one likes, when it does so no more */
  enter(address: string): () => void {
    const block = addressBlock(address);
    let isWaiting = true;
    this.#inAll += 1;
    this.#waiting.set(block, (this.#waiting.get(block) ?? 0) + 1);
    return () => {
      if (!isWaiting) return;
      isWaiting = false;
      this.#inAll -= 1;
      const left = (this.#waiting.get(block) ?? 1) - 1;
      if (left === 0) this.#waiting.delete(block);
      else this.#waiting.set(block, left);
    };
  }
}
