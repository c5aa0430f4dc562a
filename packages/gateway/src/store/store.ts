import type { CallArchive } from './archived-calls.ts';
import type { Assistants, Conversations } from './assistant-records.ts';
import type { CallRecords } from './call-records.ts';
import type { Listing, Page } from './listing.ts';

/**
 * The store port: what the gateway keeps beyond its own life. Times are milliseconds of the epoch. Whatever is
 * secret arrives here hashed or sealed.
 */
export interface Store {
  credentials: Credentials;
  apiKeys: ApiKeys;
  signingKeys: SigningKeys;
  revocations: Revocations;
  callReports: CallReports;
  assistants: Assistants;
  conversations: Conversations;
  callRecords: CallRecords;
  callArchive: CallArchive;
  /** Rejects where the database does not answer. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** Somebody who can log in and be called. */
export interface Credential {
  id: string;
  name: string;
  tag: string | null;
  /** Kept for clients of the vendor's API; means nothing to the gateway. */
  connectionId: string | null;
  /** Unique among credentials; upper and lower case differ (RFC 3261 §19.1.4). */
  sipUsername: string;
  displayName: string;
  callerNumbers: readonly string[];
  generateRingback: boolean;
  /** null: no limit */
  maxCalls: number | null;
  createdAt: number;
  updatedAt: number;
  /** From then on it cannot log in; null: never. */
  expiresAt: number | null;
}

/** What proves that somebody knows the password of a credential. */
export interface CredentialSecrets {
  /** Slow and salted. */
  passwordHash: string;
  /** The digest's HA1 (RFC 7616 §3.4.2), sealed with the data key. */
  sealedHa1: string;
}

/** What of a credential can be changed later. */
export type CredentialChange = Partial<
  Pick<
    Credential,
    | 'name'
    | 'tag'
    | 'connectionId'
    | 'displayName'
    | 'callerNumbers'
    | 'generateRingback'
    | 'maxCalls'
    | 'expiresAt'
  >
>;

export type CredentialFilter = Partial<Pick<Credential, 'name' | 'tag' | 'sipUsername'>>;

export interface Credentials {
  /** @throws DuplicateError where the user name is taken */
  insert(credential: Credential, secrets: CredentialSecrets): Promise<void>;
  find(id: string): Promise<Credential | undefined>;
  findByUsername(sipUsername: string): Promise<Credential | undefined>;
  findSecrets(id: string): Promise<CredentialSecrets | undefined>;
  /** Newest first. */
  list(filter: CredentialFilter, page: Page): Promise<Listing<Credential>>;
  /** @returns the changed one; undefined where there is none */
  update(id: string, change: CredentialChange, now: number): Promise<Credential | undefined>;
  /** Deletes it and revokes it, in one step. @returns the deleted one; undefined where there is none */
  delete(id: string, now: number): Promise<Credential | undefined>;
}

/** Opens the REST interface; the key itself is never stored. */
export interface ApiKey {
  id: string;
  name: string;
  /** How it begins, by which people recognise it. */
  hint: string;
  createdAt: number;
}

export interface ApiKeys {
  insert(key: ApiKey, hash: string): Promise<void>;
  findByHash(hash: string): Promise<ApiKey | undefined>;
  list(): Promise<readonly ApiKey[]>;
  /** @returns false where there is none */
  delete(id: string): Promise<boolean>;
}

/** Signs and verifies login tokens. */
export interface SigningKey {
  kid: string;
  /** JSON Web Key (RFC 7517) as text. */
  publicJwk: string;
  /** JSON Web Key as text, sealed with the data key. */
  sealedPrivateJwk: string;
  createdAt: number;
}

export interface SigningKeys {
  insert(key: SigningKey): Promise<void>;
  /** Newest first. */
  list(): Promise<readonly SigningKey[]>;
}

/** What was valid and is no more: sessions that it opened are to be closed. */
export interface Revocation {
  kind: 'credential' | 'token' | 'assistant';
  /** A credential's id, a token's `jti` or an assistant's id. */
  subject: string;
  revokedAt: number;
}

export interface Revocations {
  /** No error where it is revoked already. */
  revokeToken(jti: string, now: number): Promise<void>;
  isTokenRevoked(jti: string): Promise<boolean>;
  /**
   * Those made at that time or later, by any process. A caller that polls should look back a little further than
   * its last look: a transaction may become visible after a later one.
   */
  since(time: number): Promise<readonly Revocation[]>;
  /** Forgets those made before. Safe for those older than a token can be. */
  prune(before: number): Promise<number>;
}

/** What a client tells about a call, or about a part of a long one. */
export interface CallReport {
  id: string;
  callReportId: string;
  callId: string;
  voiceSdkId: string | null;
  /** Whose call it was. */
  credentialId: string;
  /** Counted from 0; null for a call told in one piece. */
  segment: number | null;
  receivedAt: number;
  /** JSON, free of secrets. */
  body: string;
}

export interface CallReports {
  /**
   * Resolves once it is stored. Reports that arrive together are written together.
   *
   * @returns false where the same was told of the leg before, and nothing was stored
   */
  insert(report: CallReport): Promise<boolean>;
  /** Oldest first. */
  ofCall(callReportId: string, callId: string): Promise<readonly CallReport[]>;
  sizeOfCall(callReportId: string, callId: string): Promise<{ segments: number; characters: number }>;
  prune(receivedBefore: number): Promise<number>;
}

/** Something with this name is there already. */
export class DuplicateError extends Error {
  readonly code = 'duplicate';
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DuplicateError';
  }
}
