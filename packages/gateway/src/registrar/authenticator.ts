import type { Visit } from '../assistants/visit.ts';

/** Who is behind a socket. */
export interface Identity {
  credentialId: string;
  /** The user part by which others call this user. */
  sipUsername: string;
  /** Shown to a callee where the caller gives no name. */
  displayName: string;
  /** Numbers that the user may show as caller number, beside the user name itself. */
  callerNumbers: readonly string[];
  /** The gateway plays ringback to this caller while the callee rings. */
  generateRingback: boolean;
  /** Above this many calls at once a further one is refused as busy; null: no limit. */
  maxCalls: number | null;
  /** The assistant that it talks to, and to nobody else; only of a visitor, who has no credential. */
  visit?: Visit;
}

export interface Authentication {
  identity: Identity;
  /** When it ceases to hold, with the token or the credential, in milliseconds of the epoch; null: never. */
  expiresAt: number | null;
  /** The `jti` of that token, by which it is revoked; null for a password. */
  tokenId: string | null;
}

export interface Authenticator {
  /** @returns null where user or password is wrong; takes the same time for both */
  password(login: string, password: string): Promise<Authentication | null>;
  /** @returns null where the token is altered, expired, foreign or revoked */
  token(token: string): Promise<Authentication | null>;
  /** @returns null where there is no such credential any more; one that has expired has still an identity */
  identityOf(credentialId: string): Promise<Identity | null>;
  /** @returns whether a user of this name exists, whether registered or not */
  isUser(sipUsername: string): Promise<boolean>;
}
