import { randomBytes, randomUUID } from 'node:crypto';
import type { DataKey } from '../store/data-key.ts';
import type { Credential, Credentials } from '../store/store.ts';
import { ha1Of, ha1Purpose } from './digest.ts';
import type { PasswordHasher } from './password-hash.ts';

export interface CredentialRequest {
  /** The user name where it is not given. */
  name?: string;
  tag?: string | null;
  connectionId?: string | null;
  /** Made up where it is not given. */
  sipUsername?: string;
  /** Made up where it is not given. */
  password?: string;
  /** The user name where it is not given. */
  displayName?: string;
  callerNumbers?: readonly string[];
  /** Default: true. */
  generateRingback?: boolean;
  /** Default: null, no limit. */
  maxCalls?: number | null;
  /** Default: null, never. */
  expiresAt?: number | null;
}

export interface Provisioning {
  /**
   * Makes a credential. This is the only moment at which its password can be read.
   *
   * @throws DuplicateError where the user name is taken
   */
  create(request: CredentialRequest): Promise<{ credential: Credential; password: string }>;
}

export function createProvisioning(ports: {
  credentials: Credentials;
  dataKey: DataKey;
  hasher: PasswordHasher;
  now: () => number;
}): Provisioning {
  return {
    async create(request) {
      const id = randomUUID();
      const createdAt = ports.now();
      const sipUsername = request.sipUsername ?? `gen${randomBytes(15).toString('hex')}`;
      const password = request.password ?? randomBytes(16).toString('hex');
      const credential: Credential = {
        id,
        name: request.name ?? sipUsername,
        tag: request.tag ?? null,
        connectionId: request.connectionId ?? null,
        sipUsername,
        displayName: request.displayName ?? sipUsername,
        callerNumbers: request.callerNumbers ?? [],
        generateRingback: request.generateRingback ?? true,
        maxCalls: request.maxCalls ?? null,
        createdAt,
        updatedAt: createdAt,
        expiresAt: request.expiresAt ?? null,
      };
      await ports.credentials.insert(credential, {
        passwordHash: await ports.hasher.hash(password),
        sealedHa1: ports.dataKey.seal(ha1Of(sipUsername, password), ha1Purpose(id)),
      });
      return { credential, password };
    },
  };
}
