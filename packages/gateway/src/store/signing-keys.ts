import type { Database } from './database.ts';
import type { SigningKeys } from './store.ts';

export function createSigningKeys(database: Database): SigningKeys {
  return {
    async insert({ kid, publicJwk, sealedPrivateJwk, createdAt }) {
      await database
        .insertInto('signing_keys')
        .values({ kid, public_jwk: publicJwk, sealed_private_jwk: sealedPrivateJwk, created_at: createdAt })
        .execute();
    },
    list: () =>
      database
        .selectFrom('signing_keys')
        .select([
          'kid',
          'public_jwk as publicJwk',
          'sealed_private_jwk as sealedPrivateJwk',
          'created_at as createdAt',
        ])
        .orderBy('created_at', 'desc')
        .orderBy('kid')
        .execute(),
  };
}
