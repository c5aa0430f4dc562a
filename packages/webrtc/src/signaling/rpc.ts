import type { DecodedToClient, RequestId, RpcErrorCode } from '@parley/protocol';

import type { StartTimer } from '../kernel/machine.ts';
import type { Fields } from './fields.ts';

export type Response = Extract<DecodedToClient, { kind: 'response' }>;

/**
 * - `refused`: the server answered with an error
 * - `timeout`: no answer in time
 * - `lost`: the socket closed before the answer; the server may have acted on the request
 * - `offline`: never sent, as there is no session to send it on
 */
export type RpcFailure = 'refused' | 'timeout' | 'lost' | 'offline';

export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly failure: RpcFailure;
  /** The code of the server's error object. */
  readonly code: number | undefined;

  constructor(failure: RpcFailure, message: string, code?: number) {
    super(message);
    this.failure = failure;
    this.code = code;
  }
}

interface Pending {
  settle(response: Response): void;
  fail(failure: RpcFailure): void;
}

export interface RpcPorts {
  readonly send: (frame: Fields) => void;
  readonly startTimer: StartTimer;
  readonly uuid: () => string;
}

/** Requests and their responses on one socket. It ends with its socket, so no response can be mistaken. */
export class Rpc {
  readonly #ports: RpcPorts;
  readonly #pending = new Map<RequestId, Pending>();
  #closed = false;

  constructor(ports: RpcPorts) {
    this.#ports = ports;
  }

  /**
   * @param extra further members of the frame, beside `params`
   * @throws RpcError
   */
  request(method: string, params: Fields, timeoutMs: number, extra: Fields = {}): Promise<Fields> {
    if (this.#closed) return Promise.reject(new RpcError('lost', `${method}: the socket is closed`));
    const id = this.#ports.uuid();
    return new Promise((resolve, reject) => {
      const cancelTimer = this.#ports.startTimer(timeoutMs, () => this.#pending.get(id)?.fail('timeout'));
      const done = (): void => {
        this.#pending.delete(id);
        cancelTimer();
      };
      this.#pending.set(id, {
        settle: (response) => {
          done();
          if ('result' in response) resolve(response.result);
          else reject(new RpcError('refused', response.error.message, response.error.code));
        },
        fail: (failure) => {
          done();
          reject(
            new RpcError(failure, `${method}: ${failure === 'timeout' ? 'no answer' : 'socket closed'}`),
          );
        },
      });
      this.#ports.send({ jsonrpc: '2.0', id, method, ...extra, params });
    });
  }

  acknowledge(id: RequestId, method: string): void {
    this.#ports.send({ jsonrpc: '2.0', id, result: { method } });
  }

  refuse(id: RequestId, code: RpcErrorCode, message: string): void {
    this.#ports.send({ jsonrpc: '2.0', id, error: { code, message } });
  }

  /** @returns whether a request was waiting for this response */
  handleResponse(response: Response): boolean {
    const request = this.#pending.get(response.id);
    request?.settle(response);
    return request !== undefined;
  }

  close(): void {
    this.#closed = true;
    for (const request of [...this.#pending.values()]) request.fail('lost');
  }
}
