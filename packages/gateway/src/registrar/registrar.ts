import type { Random } from '../ports.ts';
import type { DataKey } from '../store/data-key.ts';
import type { Store } from '../store/store.ts';
import type { Authenticator } from './authenticator.ts';
import { createAuthenticator } from './create-authenticator.ts';
import { createPasswordHasher, type PasswordHasher } from './password-hash.ts';
import { createProvisioning, type Provisioning } from './provisioning.ts';
import { openTokens, type Tokens } from './tokens.ts';

/** Who there is, and how they prove it. */
export interface Registrar {
  authenticator: Authenticator;
  provisioning: Provisioning;
  tokens: Tokens;
}

/** @throws Error where the store belongs to another data key */
export async function openRegistrar(ports: {
  store: Pick<Store, 'credentials' | 'signingKeys' | 'revocations'>;
  dataKey: DataKey;
  random: Random;
  /** Milliseconds of the epoch. */
  now: () => number;
  hasher?: PasswordHasher;
}): Promise<Registrar> {
  const { store, dataKey, random, now, hasher = createPasswordHasher() } = ports;
  const tokens = await openTokens({
    signingKeys: store.signingKeys,
    revocations: store.revocations,
    dataKey,
    random,
    now,
  });
  const { credentials } = store;
  return {
    tokens,
    provisioning: createProvisioning({ credentials, dataKey, hasher, random, now }),
    authenticator: createAuthenticator({ credentials, dataKey, hasher, tokens, now }),
  };
}
