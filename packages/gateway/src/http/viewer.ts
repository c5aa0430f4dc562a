import type { FastifyRequest } from 'fastify';
import { findApiKey } from '../registrar/api-key.ts';
import type { Authentication, Authenticator } from '../registrar/authenticator.ts';
import type { Viewer } from '../reports/call-file.ts';
import type { LoginGuard } from '../sessions/login-guard.ts';
import type { ApiKeys } from '../store/store.ts';
import { ApiError } from './api-error.ts';

export interface ViewerPorts {
  apiKeys: ApiKeys;
  authenticator: Pick<Authenticator, 'password' | 'token'>;
  guard: Pick<LoginGuard, 'password'>;
}

const mostCharacters = 8_192;

/**
 * Who asks: an API key or a login token as bearer (RFC 6750 §2.1), or a user with its password (RFC 7617).
 *
 * @throws ApiError where it is nobody
 */
export async function viewerOf(ports: ViewerPorts, { headers, ip }: FastifyRequest): Promise<Viewer> {
  const [, scheme = '', proof = ''] =
    /^(Bearer|Basic) +([\w.~+/=-]+) *$/i.exec((headers.authorization ?? '').slice(0, mostCharacters)) ?? [];
  if (scheme.toLowerCase() === 'basic') return toViewer(await byPassword(ports, proof, ip));
  // A token has dots (RFC 7515 §3.1), a key has none.
  if (proof.includes('.')) return toViewer(await ports.authenticator.token(proof));
  const key = proof === '' ? undefined : await findApiKey(ports.apiKeys, proof);
  if (key !== undefined) return { kind: 'apiKey', id: key.id };
  throw new ApiError('notAuthenticated', {
    detail:
      'The header Authorization must be "Bearer" with an API key or a login token, or "Basic" with a user and password.',
  });
}

async function byPassword(
  { authenticator, guard }: ViewerPorts,
  proof: string,
  address: string,
): Promise<Authentication | null> {
  const text = Buffer.from(proof, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  const [user, password] = [text.slice(0, colon), text.slice(colon + 1)];
  if (colon < 1 || password === '') return null;
  const found = await guard.password(user, address, () => authenticator.password(user, password));
  // In the same words as a wrong one: a lock is nothing that a guesser should learn from.
  return found === 'locked' ? null : found;
}

function toViewer(authentication: Authentication | null): Viewer {
  if (authentication !== null) return { kind: 'user', credentialId: authentication.identity.credentialId };
  throw new ApiError('notAuthenticated', {
    detail: 'The user, password or token is wrong, or the token has expired.',
  });
}
