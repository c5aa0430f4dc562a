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

type Settle = (outcome: Fields | RpcError) => void;

export interface RpcPorts {
  readonly send: (frame: Fields) => void;
  readonly startTimer: StartTimer;
  readonly uuid: () => string;
}

/** Requests and their responses on one socket. It ends with its socket, so no response can be mistaken. */
export class Rpc {
  readonly #ports: RpcPorts;
  readonly #pending = new Map<RequestId, Settle>();
  #closed = false;

  constructor(ports: RpcPorts) {
    this.#ports = ports;
  }

  /**
   * @param extra further members of the frame, beside `params`
   * @throws RpcError
   */
  request(method: string, params: Fields, timeoutMs: number, extra: Fields = {}): Promise<Fields> {
    if (this.#closed) return Promise.reject(lost());
    const { send, startTimer, uuid } = this.#ports;
    const id = uuid();
    return new Promise((resolve, reject) => {
      const settle: Settle = (outcome) => {
        this.#pending.delete(id);
        cancelTimer();
        if (outcome instanceof RpcError) reject(outcome);
        else resolve(outcome);
      };
      const cancelTimer = startTimer(timeoutMs, () => {
        settle(new RpcError('timeout', `${method}: no answer`));
      });
      this.#pending.set(id, settle);
      send({ jsonrpc: '2.0', id, method, ...extra, params });
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
    const settle = this.#pending.get(response.id);
    if ('result' in response) settle?.(response.result);
    else settle?.(new RpcError('refused', response.error.message, response.error.code));
    return settle !== undefined;
  }

  close(): void {
    this.#closed = true;
    for (const settle of [...this.#pending.values()]) settle(lost());
  }
}

function lost(): RpcError {
  return new RpcError('lost', 'The socket is closed');
}
