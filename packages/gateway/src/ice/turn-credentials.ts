import { createHash, createHmac } from 'node:crypto';

export interface TurnCredentials {
  username: string;
  credential: string;
}

/**
 * What a TURN server with the same secret accepts until the time is up, without being told of it beforehand (a REST
 * API for access to TURN services, draft-uberti-behave-turn-rest). An allocation that was made in time lives on.
 *
 * @param user whom the server's quotas are about. Its digest travels: TURN names the user in the clear
 * @param expiresAt milliseconds of the epoch
 */
export function turnCredentials(secret: string, user: string, expiresAt: number): TurnCredentials {
  const digest = createHash('sha256').update(user).digest('base64url').slice(0, 22);
  const username = `${String(Math.floor(expiresAt / 1000))}:${digest}`;
  return { username, credential: createHmac('sha1', secret).update(username).digest('base64') };
}
