import { readFields, readText, type Fields } from './fields.ts';
import { RpcError } from './rpc.ts';

/** The question was lost with its socket. */
export const LOST = Symbol('lost');

/** What the server says of the registration. */
export class Registration {
  /** `call_report_id`, `dc` and `region`. */
  info: Fields = {};

  /** @returns the word for its state; undefined where the server refuses to tell */
  async read(answer: Promise<Fields>): Promise<string | typeof LOST | undefined> {
    try {
      const params = readFields(await answer, 'params');
      const word = readText(params, 'state');
      if (word === 'REGED') this.info = params;
      return word;
    } catch (error) {
      return error instanceof RpcError && error.failure === 'refused' ? undefined : LOST;
    }
  }
}

export function isRegistered(word: unknown): boolean {
  return word === 'REGED' || word === 'REGISTER';
}
