import type { StartTimer } from '../kernel/machine.ts';
import type { Fields } from './fields.ts';
import { RpcError } from './rpc.ts';

interface Waiting {
  send(): void;
  fail(): void;
}

/** Requests that wait until the session is ready, each for a limited time. */
export class Outbox {
  readonly #startTimer: StartTimer;
  readonly #waiting = new Set<Waiting>();

  constructor(startTimer: StartTimer) {
    this.#startTimer = startTimer;
  }

  /** @throws RpcError `offline` where the session is not ready in time; or what `send` throws */
  wait(method: string, send: () => Promise<Fields>, timeoutMs: number): Promise<Fields> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        this.#waiting.delete(waiting);
        cancelTimer();
      };
      const waiting: Waiting = {
        send: () => {
          done();
          resolve(send());
        },
        fail: () => {
          done();
          reject(offline(method));
        },
      };
      const cancelTimer = this.#startTimer(timeoutMs, waiting.fail);
      this.#waiting.add(waiting);
    });
  }

  /** Sends what waits, in the order in which it came. */
  flush(): void {
    for (const each of [...this.#waiting]) each.send();
  }

  fail(): void {
    for (const each of [...this.#waiting]) each.fail();
  }
}

export function offline(method: string): RpcError {
  return new RpcError('offline', `${method}: not connected`);
}
