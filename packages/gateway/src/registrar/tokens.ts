import {
  calculateJwkThumbprint,
  type CryptoKey,
  decodeJwt,
  errors,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWTHeaderParameters,
  jwtVerify,
  SignJWT,
} from 'jose';
import type { Random } from '../ports.ts';
import type { DataKey } from '../store/data-key.ts';
import type { Revocations, SigningKeys } from '../store/store.ts';

/** Login tokens: JSON Web Tokens (RFC 7519), made and read as RFC 8725 advises. */
export interface Tokens {
  /** @param expiresAt where it is sooner than the 24 hours of a token */
  issue(credentialId: string, expiresAt: number | null): Promise<string>;
  /** @returns null where it is altered, expired, foreign or revoked */
  verify(token: string): Promise<TokenClaims | null>;
}

export interface TokenClaims {
  credentialId: string;
  jti: string;
  expiresAt: number;
}

const tokenSeconds = 24 * 60 * 60;
const algorithm = 'ES256';
const issuer = 'parley-gateway';
const audience = 'parley-gateway';
/** How far the clocks of two nodes may differ. */
const leewaySeconds = 5;
const longestToken = 4096;
/** A token may be signed by a key that another node has just made; but nobody may make us read the store at will. */
const reloadEveryMs = 1_000;

/**
 * Opens the keys that tokens are signed with, and makes the first one where there is none.
 *
 * @throws Error where the keys of the store are sealed with another data key
 */
export async function openTokens(ports: {
  signingKeys: SigningKeys;
  revocations: Revocations;
  dataKey: DataKey;
  random: Pick<Random, 'uuid'>;
  now: () => number;
}): Promise<Tokens> {
  const { signingKeys, revocations, dataKey, random, now } = ports;
  if ((await signingKeys.list()).length === 0) await insertKey(signingKeys, dataKey, now());
  const signer = await openSigner(signingKeys, dataKey);
  let verifiers = await readVerifiers(signingKeys);
  let readAt = now();

  async function verifierFor({ kid }: JWTHeaderParameters): Promise<CryptoKey> {
    if (kid === undefined) throw new errors.JWSInvalid('The token does not name its key.');
    if (!verifiers.has(kid) && now() - readAt >= reloadEveryMs) {
      readAt = now();
      verifiers = await readVerifiers(signingKeys);
    }
    const verifier = verifiers.get(kid);
    if (verifier === undefined) throw new errors.JWKSNoMatchingKey();
    return verifier;
  }

  return {
    issue(credentialId, expiresAt) {
      const issuedAt = Math.floor(now() / 1000);
      const latest = issuedAt + tokenSeconds;
      return new SignJWT()
        .setProtectedHeader({ alg: algorithm, kid: signer.kid, typ: 'JWT' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(credentialId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt === null ? latest : Math.min(latest, Math.floor(expiresAt / 1000)))
        .setJti(random.uuid())
        .sign(signer.privateKey);
    },

    async verify(token) {
      if (token.length > longestToken) return null;
      const claims = await verifiedClaims(token, verifierFor, now());
      if (claims === null || (await revocations.isTokenRevoked(claims.jti))) return null;
      return claims;
    },
  };
}

/** Reads the `jti` of a token without proof that it is genuine: enough to revoke it. */
export function tokenIdOf(token: string): string | undefined {
  try {
    const { jti } = decodeJwt(token);
    return typeof jti === 'string' ? jti : undefined;
  } catch {
    return undefined;
  }
}

async function verifiedClaims(
  token: string,
  verifierFor: (header: JWTHeaderParameters) => Promise<CryptoKey>,
  now: number,
): Promise<TokenClaims | null> {
  try {
    // The algorithm is ours to choose, and keys come from our store alone: neither `alg` nor `jwk`, `jku`, `x5c` or
    // `x5u` of the token has a say (RFC 8725 §3.1, §3.10).
    const { payload } = await jwtVerify(token, verifierFor, {
      algorithms: [algorithm],
      issuer,
      audience,
      typ: 'JWT',
      requiredClaims: ['sub', 'jti', 'iat', 'exp'],
      maxTokenAge: tokenSeconds,
      clockTolerance: leewaySeconds,
      currentDate: new Date(now),
    });
    const { sub, jti, exp } = payload;
    // They are there; but `sub` and `jti` may be of any type.
    if (typeof sub !== 'string' || typeof jti !== 'string' || exp === undefined) return null;
    return { credentialId: sub, jti, expiresAt: exp * 1000 };
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}

async function insertKey(signingKeys: SigningKeys, dataKey: DataKey, now: number): Promise<void> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const publicJwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(publicJwk);
  await signingKeys.insert({
    kid,
    publicJwk: JSON.stringify(publicJwk),
    sealedPrivateJwk: dataKey.seal(JSON.stringify(await exportJWK(privateKey)), signingPurpose(kid)),
    createdAt: now,
  });
}

async function openSigner(
  signingKeys: SigningKeys,
  dataKey: DataKey,
): Promise<{ kid: string; privateKey: CryptoKey }> {
  const [newest] = await signingKeys.list();
  const jwk = newest && dataKey.open(newest.sealedPrivateJwk, signingPurpose(newest.kid));
  if (newest === undefined || jwk === undefined) {
    throw new Error(
      'The data key does not belong to this database: put back the file data.key that was in the data folder when the database was made.',
    );
  }
  return { kid: newest.kid, privateKey: await importKey(jwk) };
}

async function readVerifiers(signingKeys: SigningKeys): Promise<ReadonlyMap<string, CryptoKey>> {
  const keys = await signingKeys.list();
  return new Map(
    await Promise.all(keys.map(async (key) => [key.kid, await importKey(key.publicJwk)] as const)),
  );
}

async function importKey(jwk: string): Promise<CryptoKey> {
  const key = await importJWK(JSON.parse(jwk), algorithm);
  if (key instanceof Uint8Array) throw new TypeError('A signing key must not be symmetric.');
  return key;
}

function signingPurpose(kid: string): string {
  return `signing key ${kid}`;
}
