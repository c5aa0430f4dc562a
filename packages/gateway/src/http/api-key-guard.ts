import type { onRequestAsyncHookHandler } from 'fastify';
import { findApiKey } from '../registrar/api-key.ts';
import type { ApiKeys } from '../store/store.ts';
import { ApiError } from './api-error.ts';

/** Lets a request pass that carries an API key (RFC 6750 §2.1). */
export function requireApiKey(apiKeys: ApiKeys): onRequestAsyncHookHandler {
  return async ({ headers }) => {
    const [, secret] = /^Bearer +([\w-]{1,128})$/i.exec(headers.authorization ?? '') ?? [];
    if (secret === undefined) {
      throw new ApiError('notAuthenticated', {
        detail: 'The header Authorization must be "Bearer" and an API key.',
      });
    }
    if ((await findApiKey(apiKeys, secret)) === undefined) {
      throw new ApiError('notAuthenticated', { detail: 'The API key is not valid.' });
    }
  };
}
