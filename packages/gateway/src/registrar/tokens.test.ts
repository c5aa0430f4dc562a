import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemRandom } from '../node/clock.ts';
import { createDataKey } from '../store/data-key.ts';
import { openStore } from '../store/open-store.ts';
import type { SigningKey, Store } from '../store/store.ts';
import { openTokens, tokenIdOf, type Tokens } from './tokens.ts';

const startOfTest = 1_763_800_000_000;
const seconds = startOfTest / 1000;
const dataKey = createDataKey(randomBytes(32));
const attacker = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const attackerRsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

let folder: string;
let store: Store;
let tokens: Tokens;
let signingKey: SigningKey;
let ownKey: KeyObject;
/** Serves the attacker's keys, and counts who asks for them. */
let keyServer: Server;
let fetches = 0;
let now = startOfTest;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-tokens-'));
  store = await openStore({ data: folder, databaseUrl: null });
  tokens = await openTokens({ ...store, dataKey, random: systemRandom, now: () => now });
  const [newest] = await store.signingKeys.list();
  if (newest === undefined) throw new Error('There is no signing key.');
  signingKey = newest;
  const jwk = dataKey.open(newest.sealedPrivateJwk, `signing key ${newest.kid}`) ?? '';
  ownKey = createPrivateKey({ key: JSON.parse(jwk), format: 'jwk' });
  keyServer = createServer((_, response) => {
    fetches += 1;
    response.end(JSON.stringify({ keys: [attackerJwk()] }));
  });
  keyServer.listen(0, '127.0.0.1');
  await once(keyServer, 'listening');
});
afterAll(async () => {
  keyServer.close();
  await store.close();
  await rm(folder, { recursive: true });
});

const claims = {
  iss: 'parley-gateway',
  aud: 'parley-gateway',
  sub: 'id-of-alice',
  jti: 'token-1',
  iat: seconds,
  exp: seconds + 3600,
};
const attackerJwk = () => ({
  ...attacker.publicKey.export({ format: 'jwk' }),
  kid: signingKey.kid,
  alg: 'ES256',
});
const keyAddress = () => {
  const address = keyServer.address();
  return `http://127.0.0.1:${String(typeof address === 'object' && address ? address.port : 0)}/jwks`;
};
const base64url = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const header = (parts: object = {}) => ({ alg: 'ES256', kid: signingKey.kid, typ: 'JWT', ...parts });
const without = (name: keyof typeof claims) =>
  Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name));

function signedBy(key: KeyObject, headerValue: unknown, payload: unknown): string {
  const input = `${base64url(headerValue)}.${base64url(payload)}`;
  const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}
const unsigned = (headerValue: unknown, signature = '') =>
  `${base64url(headerValue)}.${base64url(claims)}.${signature}`;
/** Signed by the gateway's own key: only what is said can be wrong. */
const own = (payload: unknown, headerParts: object = {}) => signedBy(ownKey, header(headerParts), payload);
const foreign = (headerParts: object = {}) => signedBy(attacker.privateKey, header(headerParts), claims);

/** Signed with the public key taken for a shared secret (RFC 8725 §2.1). */
function hmacBy(secret: string | Buffer, headerParts: object): string {
  const input = `${base64url(header(headerParts))}.${base64url(claims)}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

const publicPem = () =>
  createPublicKey({ key: JSON.parse(signingKey.publicJwk), format: 'jwk' }).export({
    type: 'spki',
    format: 'pem',
  });

function alteredIn(part: 0 | 1 | 2, token: string): string {
  const parts = token.split('.');
  const bytes = Buffer.from(parts[part] ?? '', 'base64url');
  bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
  return parts.with(part, bytes.toString('base64url')).join('.');
}

describe('a token', () => {
  it('that the gateway made, verifies', async () => {
    const token = await tokens.issue('id-of-alice', null);
    expect(await tokens.verify(token)).toEqual({
      credentialId: 'id-of-alice',
      jti: tokenIdOf(token),
      expiresAt: startOfTest + 24 * 3_600_000,
    });
  });

  it('of the claims that the refused ones start from, verifies', async () => {
    expect(await tokens.verify(own(claims))).not.toBeNull();
  });

  it('past its time by less than the clocks may differ, verifies', async () => {
    expect(await tokens.verify(own({ ...claims, exp: seconds - 4 }))).not.toBeNull();
  });

  const hostile: readonly (readonly [string, () => string])[] = [
    ['empty', () => ''],
    ['no token at all', () => 'hello'],
    ['of two parts', () => own(claims).split('.').slice(0, 2).join('.')],
    ['of four parts', () => `${own(claims)}.x`],
    ['encrypted by its shape', () => 'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..x.y.z'],
    ['huge', () => own({ ...claims, padding: 'x'.repeat(1_000_000) })],
    ['with a header that is not JSON', () => unsigned('{', 'AAAA')],
    ['with a payload that is not an object', () => own([claims])],
    ['with a payload that is not JSON', () => own('{')],
    ['alg none', () => unsigned(header({ alg: 'none' }))],
    ['alg None', () => unsigned(header({ alg: 'None' }))],
    ['alg nOnE with a signature', () => unsigned(header({ alg: 'nOnE' }), own(claims).split('.')[2])],
    ['alg missing', () => unsigned({ kid: signingKey.kid, typ: 'JWT' }, own(claims).split('.')[2])],
    ['alg empty', () => own(claims, { alg: '' })],
    ['alg of another curve', () => own(claims, { alg: 'ES384' })],
    ['without a signature', () => unsigned(header())],
    ['with a signature of zeros', () => unsigned(header(), Buffer.alloc(64).toString('base64url'))],
    ['HS256 by the public key in PEM', () => hmacBy(publicPem(), { alg: 'HS256' })],
    ['HS256 by the public key as JWK', () => hmacBy(signingKey.publicJwk, { alg: 'HS256' })],
    ['HS256 by the key id', () => hmacBy(signingKey.kid, { alg: 'HS256' })],
    ['HS256 by an empty secret', () => hmacBy('', { alg: 'HS256' })],
    ['HS256 under the name ES256', () => hmacBy(publicPem(), {})],
    ['RS256 by another key', () => signedBy(attackerRsa.privateKey, header({ alg: 'RS256' }), claims)],
    ['PS256 by another key', () => signedBy(attackerRsa.privateKey, header({ alg: 'PS256' }), claims)],
    ['ES256 by another key', () => foreign()],
    ['with its own key in jwk', () => foreign({ jwk: attackerJwk() })],
    ['with its own key in jwk and no kid', () => foreign({ jwk: attackerJwk(), kid: undefined })],
    ['with its own key at jku', () => foreign({ jku: keyAddress() })],
    ['with its own key at jku under its own kid', () => foreign({ jku: keyAddress(), kid: 'mine' })],
    ['with its own certificate at x5u', () => foreign({ x5u: keyAddress() })],
    ['with its own certificate in x5c', () => foreign({ x5c: ['MIIB'] })],
    ['without kid', () => own(claims, { kid: undefined })],
    ['with an unknown kid', () => own(claims, { kid: 'another' })],
    ['with a path as kid', () => foreign({ kid: '../../../../dev/null' })],
    ['with SQL as kid', () => foreign({ kid: `x' union select '${signingKey.kid}' --` })],
    ['with a prototype as kid', () => foreign({ kid: '__proto__' })],
    ['with a kid that is an array', () => own(claims, { kid: [signingKey.kid] })],
    ['with an unknown critical header', () => own(claims, { crit: ['x'], x: 1 })],
    ['with an unencoded payload', () => own(claims, { crit: ['b64'], b64: false })],
    ['of another type', () => own(claims, { typ: 'at+jwt' })],
    ['without a type', () => own(claims, { typ: undefined })],
    ['altered in its header', () => alteredIn(0, own(claims))],
    ['altered in its payload', () => alteredIn(1, own(claims))],
    ['altered in its signature', () => alteredIn(2, own(claims))],
    [
      'with the payload of another',
      () =>
        own(claims)
          .split('.')
          .with(1, base64url({ ...claims, sub: 'bob' }))
          .join('.'),
    ],
    ['expired', () => own({ ...claims, exp: seconds - 6 })],
    ['without expiry', () => own(without('exp'))],
    ['with an expiry that is a text', () => own({ ...claims, exp: '9999999999' })],
    [
      'with an expiry for ever, issued long ago',
      () => own({ ...claims, iat: seconds - 100_000, exp: seconds * 2 }),
    ],
    ['not valid yet', () => own({ ...claims, nbf: seconds + 6 })],
    ['issued in the future', () => own({ ...claims, iat: seconds + 60 })],
    ['without a time of issue', () => own(without('iat'))],
    ['of another issuer', () => own({ ...claims, iss: 'somebody' })],
    ['without an issuer', () => own(without('iss'))],
    ['for another audience', () => own({ ...claims, aud: 'somebody' })],
    ['without an audience', () => own(without('aud'))],
    ['of nobody', () => own(without('sub'))],
    ['with a subject that is a number', () => own({ ...claims, sub: 1 })],
    ['without an id', () => own(without('jti'))],
    ['with an id that is an object', () => own({ ...claims, jti: {} })],
  ];

  it.each(hostile)('%s, is refused', async (_, token) => {
    expect(await tokens.verify(token())).toBeNull();
  });

  it('of any of these kinds, makes nobody fetch a key', () => {
    expect(fetches).toBe(0);
  });

  it('signed by a key that another node made a moment ago, verifies', async () => {
    // The store has several keys then; the other node signs with one that this process has not read.
    const other = await openTokens({
      ...store,
      signingKeys: {
        ...store.signingKeys,
        list: async () => (await store.signingKeys.list()).filter(({ kid }) => kid !== signingKey.kid),
      },
      dataKey,
      random: systemRandom,
      now: () => now,
    });
    now += 1_000;
    expect(await tokens.verify(await other.issue('id-of-alice', null))).not.toBeNull();
  });
});
