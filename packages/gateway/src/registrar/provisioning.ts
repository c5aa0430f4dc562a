import type { Random } from '../ports.ts';
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
  random: Random;
  now: () => number;
}): Provisioning {
  return {
    async create(request) {
      const id = ports.random.uuid();
      const createdAt = ports.now();
      const sipUsername = request.sipUsername ?? `gen${secretOf(ports.random).slice(0, 30)}`;
      const password = request.password ?? secretOf(ports.random);
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

/** 128 bits in digits that nobody mistakes for others, and that need no care in a SIP address. */
const secretOf = (random: Random): string => Buffer.from(random.token(), 'base64url').toString('hex');
