import type { StartTimer } from '../kernel/machine.ts';
import type { Fields } from './fields.ts';
import { RpcError } from './rpc.ts';
import { isUnattended, type SessionState } from './session-machine.ts';

interface Waiting {
  send(): void;
  fail(): void;
}

/** The server no longer knows the session: log in once, then ask again. */
const LOGIN_REQUIRED = -32000;

export interface OutboxPorts {
  readonly startTimer: StartTimer;
  state(): SessionState;
  login(): Promise<void>;
}

/** Requests that wait until the session is ready, each for a limited time. */
export class Outbox {
  readonly #ports: OutboxPorts;
  readonly #waiting = new Set<Waiting>();
  /** Asked for by an error code: one a socket, until it was seen to help. */
  #repeatedLogin: Promise<void> | undefined;

  constructor(ports: OutboxPorts) {
    this.#ports = ports;
  }

  /** @throws RpcError */
  async send(method: string, send: () => Promise<Fields>, timeoutMs: number): Promise<Fields> {
    const { login, state } = this.#ports;
    try {
      return await (state().name === 'ready' ? send() : this.wait(method, send, timeoutMs));
    } catch (error) {
      if (!(error instanceof RpcError) || error.code !== LOGIN_REQUIRED) throw error;
      this.#repeatedLogin ??= login();
      await this.#repeatedLogin;
      const result = await send();
      this.renew();
      return result;
    }
  }

  /** There are other credentials, or another socket: a login may help again. */
  renew(): void {
    this.#repeatedLogin = undefined;
  }

  /** @throws RpcError `offline` where the session is not ready in time; or what `send` throws */
  wait(method: string, send: () => Promise<Fields>, timeoutMs: number): Promise<Fields> {
    if (isUnattended(this.#ports.state())) return Promise.reject(offline(method));
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
      const cancelTimer = this.#ports.startTimer(timeoutMs, waiting.fail);
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
