import { generateKeyPairSync } from 'node:crypto';
import { goldenToServer } from '@parley/protocol/golden';
import { type GatewayProcess, startGateway } from '@parley/testkit';
import { SignJWT, UnsecuredJWT, decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { type Administration, type MadeCredential, administrationOf } from './administration.ts';
import { type Frame, type RawClient, openRawClient } from './raw-client.ts';
import { type Witness, openWitness } from './witness.ts';

const LOGIN_INCORRECT = -32001;
const NOT_LOGGED_IN = -32002;

let gateway: GatewayProcess;
let administration: Administration;
let witness: Witness;
let carol: MadeCredential;
let token: string;
/** One sentence for every reason, so that it tells nobody which users and tokens there are. */
let wordsOfRefusal: string;
const clients: RawClient[] = [];
let strangers = 0;

beforeAll(async () => {
  gateway = await startGateway();
  administration = administrationOf(gateway);
  witness = await openWitness(gateway.signaling, 'bob');
  carol = await administration.makeCredential();
  token = await administration.makeToken(carol);
  wordsOfRefusal = await refusal(await stranger(), { login: 'alice', passwd: 'first guess' });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await witness.assertUntouched();
  gateway.assertHealthy();
});
afterAll(async () => {
  witness.leave();
  await gateway.stop();
});

/** Each comes from an address of its own: those who guess are locked out by user and address. */
async function stranger(): Promise<RawClient> {
  strangers += 1;
  const client = await openRawClient(gateway.signaling, `127.0.1.${String(strangers)}`);
  clients.push(client);
  return client;
}

/** Logs in and must be refused, with nothing behind it. @returns the sentence of the refusal */
async function refusal(client: RawClient, params: object): Promise<string> {
  const before = client.frames.entries.length;
  const { error } = await client.request('login', params);
  // What followed the refusal came before the answer to this.
  await client.request('telnyx_rtc.ping');
  expect(client.frames.entries.slice(before)).toHaveLength(2);
  expect(error?.code).toBe(LOGIN_INCORRECT);
  return error?.message ?? '';
}

const parts = (jwt: string) => jwt.split('.');
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
/** The character in the middle: the last one of a signature may carry bits that count for nothing. */
const altered = (text: string) => {
  const at = Math.floor(text.length / 2);
  return `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
};

/** A token with the header and the claims of a real one, but for the changes, signed by somebody else. */
async function foreign(header: object = {}, claims: object = {}): Promise<string> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return new SignJWT({ ...decodeJwt(token), ...claims })
    .setProtectedHeader({ ...decodeProtectedHeader(token), ...header, alg: 'ES256' })
    .sign(privateKey);
}

const forgeries: readonly (readonly [string, () => string | Promise<string>])[] = [
  ['is empty', () => ''],
  ['is no token', () => 'guess'],
  ['has three empty parts', () => '..'],
  ['has its header altered', () => token.replace(/^[^.]+/, altered)],
  ['has its claims altered', () => token.replace(/(?<=\.)[^.]+(?=\.)/, altered)],
  ['has its signature altered', () => token.replace(/[^.]+$/, altered)],
  ['has no signature', () => token.replace(/[^.]+$/, '')],
  ['has two signatures', () => `${token}.${parts(token)[2] ?? ''}`],
  ['lasts longer than it was given', () => withClaims({ exp: 4_102_444_800 })],
  ['names another credential', () => withClaims({ sub: '00000000-0000-4000-8000-000000000000' })],
  ['needs no signature, by its header', () => new UnsecuredJWT(decodeJwt(token)).encode()],
  ['needs no signature, by its header, in capitals', () => withHeader({ alg: 'NONE' }, '')],
  ['says that it is signed by a shared secret', () => sharedSecret('')],
  [
    'is signed by its own key id as a shared secret',
    () => sharedSecret(decodeProtectedHeader(token).kid ?? ''),
  ],
  ['is of another issuer with the same key id', () => foreign()],
  [
    'brings its own key',
    () =>
      foreign({
        jwk: generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }),
      }),
  ],
  ['tells where to fetch its key', () => foreign({ jku: 'http://127.0.0.1:9/keys' })],
  ['has a path as key id', () => foreign({ kid: '../../../../dev/null' })],
  ['has SQL as key id', () => foreign({ kid: "x' UNION SELECT 'AA" })],
  ['has __proto__ as key id', () => foreign({ kid: '__proto__' })],
  ['has no key id', () => foreign({ kid: undefined })],
  ['wants an extension to be understood', () => withHeader({ crit: ['exp'] }, parts(token)[2] ?? '')],
];

function withClaims(claims: object): string {
  const [header = '', , signature = ''] = parts(token);
  return `${header}.${encoded({ ...decodeJwt(token), ...claims })}.${signature}`;
}

function withHeader(header: object, signature: string): string {
  const [, claims = ''] = parts(token);
  return `${encoded({ ...decodeProtectedHeader(token), ...header })}.${claims}.${signature}`;
}

function sharedSecret(secret: string): Promise<string> {
  return new SignJWT(decodeJwt(token))
    .setProtectedHeader({ ...decodeProtectedHeader(token), alg: 'HS256' })
    .sign(Buffer.from(secret.padEnd(32, '\0')));
}

describe('a login with a password', () => {
  test.each([
    ['that is wrong', { login: 'alice', passwd: 'guess' }],
    ['that is empty', { login: 'alice', passwd: '' }],
    ['that is missing', { login: 'alice' }],
    ['of a user whose name differs in case', { login: 'Alice', passwd: 'alice' }],
    ['of nobody', { login: 'mallory', passwd: 'guess' }],
    ['of __proto__', { login: '__proto__', passwd: 'guess' }],
    ['with SQL for a user', { login: "alice' --", passwd: 'guess' }],
    ['without a user', { passwd: 'alice' }],
    ['and nothing at all', {}],
  ])(
    '%s, is refused once with -32001, and nothing follows [LOGIN-3, LOGIN-4, LOGIN-5, FRAME-20]',
    async (_name, params) => {
      const client = await stranger();
      expect(await refusal(client, params)).toBe(wordsOfRefusal);
      expect(await client.request('telnyx_rtc.gatewayState')).toMatchObject({
        error: { code: NOT_LOGGED_IN },
      });
    },
  );

  test('that is wrong first and right then, opens a session on the same socket', async () => {
    const client = await stranger();
    await refusal(client, { login: 'alice', passwd: 'guess' });
    expect(await client.enter('alice')).toMatch(/.{16,}/);
  });
});

describe('a password that is guessed', () => {
  /** On a socket of its own: five seconds without a login would close it. */
  const guess = async (address: string, login: string, passwd: string) => {
    const client = await openRawClient(gateway.signaling, address);
    clients.push(client);
    const startedAt = performance.now();
    const { result, error } = await client.request('login', { login, passwd });
    return { result, error, ms: performance.now() - startedAt };
  };

  test.each([
    ['alice', '127.0.2.1'],
    ['nobody', '127.0.2.2'],
  ])(
    'for %s, is judged five times; then refused at once in the same words, and not from elsewhere [LOGIN-3]',
    async (user, address) => {
      const wrong = { code: LOGIN_INCORRECT, message: wordsOfRefusal };
      const judged = [];
      for (let count = 0; count < 5; count += 1) judged.push(await guess(address, user, 'guess'));
      const locked = [];
      for (const password of ['guess', 'guess', user]) locked.push(await guess(address, user, password));
      expect([...judged, ...locked].map(({ error }) => error)).toEqual(Array(8).fill(wrong));
      // No slow hash is run for them.
      const quickest = (tries: { ms: number }[]) => Math.min(...tries.map(({ ms }) => ms));
      expect(quickest(locked)).toBeLessThan(quickest(judged) / 2);
      expect(await (await stranger()).enter('alice')).toMatch(/.{16,}/);
    },
  );

  test('leaves the one alone who is signed in at the same address', async () => {
    const address = '127.0.2.3';
    const alice = await openRawClient(gateway.signaling, address);
    clients.push(alice);
    await alice.enter('alice');
    for (let count = 0; count < 5; count += 1) await guess(address, 'alice', 'guess');
    expect((await guess(address, 'alice', 'alice')).error?.code).toBe(LOGIN_INCORRECT);
    expect(await alice.request('telnyx_rtc.ping')).toMatchObject({ result: { message: 'pong' } });
  });
});

describe('a login with a token', () => {
  test('that the gateway has given out, opens a session [LOGIN-2]', async () => {
    const client = await stranger();
    const { result, voice_sdk_id: voiceSdkId } = await client.request('login', { login_token: token });
    expect(result?.['sessid']).toMatch(/.{16,}/);
    expect(voiceSdkId, 'CONN-4').toMatch(/.{16,}/);
    await client.push('telnyx_rtc.clientReady');
  });

  test.each(forgeries)(
    'that %s, is refused with -32001 like a wrong password [LOGIN-3, LOGIN-4, LOGIN-5]',
    async (_name, forge) => {
      expect(await refusal(await stranger(), { login_token: await forge() })).toBe(wordsOfRefusal);
    },
  );

  test('that has expired, is refused with -32001 [LOGIN-3]', async () => {
    const expiresAt = new Date(Date.now() + 2_000);
    const brief = await administration.makeCredential({ expiresAt });
    const login_token = await administration.makeToken(brief);
    const early = await stranger();
    expect(await early.request('login', { login_token })).toMatchObject({ result: { message: 'logged in' } });
    await new Promise((resolve) => setTimeout(resolve, expiresAt.getTime() + 500 - Date.now()));
    await refusal(await stranger(), { login_token });
    await refusal(await stranger(), { login: brief.user, passwd: brief.password });
  });

  test('of a credential that was deleted, is refused with -32001, and its socket is closed with 4403 [LOGIN-3, CLOSE-3]', async () => {
    const gone = await administration.makeCredential();
    const login_token = await administration.makeToken(gone);
    const client = await stranger();
    await client.request('login', { login_token });
    await administration.deleteCredential(gone);
    await refusal(await stranger(), { login_token });
    await refusal(await stranger(), { login: gone.user, passwd: gone.password });
    expect((await client.closed).code).toBe(4403);
  });
});

describe('a login with more than credentials', () => {
  test.each(goldenToServer.login)('$name: is read whatever else it carries [LOGIN-2]', async ({ frame }) => {
    const client = await stranger();
    const { result } = await client.request('login', {
      ...Object(frame['params']),
      login: 'alice',
      passwd: 'alice',
    });
    expect(result?.['sessid']).toEqual(expect.any(String));
  });

  test('with the session id of another user, opens a session of its own [LOGIN-8, RESUME-8]', async () => {
    const alice = await stranger();
    const sessid = await alice.enter('alice');
    const { result, voice_sdk_id } = await alice.request('login', { login: 'alice', passwd: 'alice' });
    const mallory = await stranger();
    const claim = { login_token: token, sessid, reconnection: true };
    const answer = await mallory.request('login', claim);
    expect(answer.result?.['sessid']).toEqual(expect.any(String));
    expect(answer.result?.['sessid']).not.toBe(sessid);
    expect(answer.voice_sdk_id).not.toBe(voice_sdk_id);
    expect(result?.['sessid']).toBe(sessid);
    expect(await alice.request('telnyx_rtc.ping')).toMatchObject({ result: { message: 'pong' } });
  });

  test('that has reconnection but no session id, opens a fresh session [RESUME-8]', async () => {
    const client = await openRawClient(`${gateway.signaling}/?voice_sdk_id=VSDK-unknown`);
    clients.push(client);
    const { result } = await client.request('login', { login: 'alice', passwd: 'alice', reconnection: true });
    expect(result?.['sessid']).toEqual(expect.any(String));
  });

  test('for somebody else on a socket that is logged in, is refused, and the session goes on [LOGIN-9]', async () => {
    const alice = await stranger();
    await alice.enter('alice');
    const { error } = await alice.request('login', { login_token: token });
    expect(error?.code).toBe(LOGIN_INCORRECT);
    await refusal(alice, { login: 'alice', passwd: 'guess' });
    expect(await alice.request('telnyx_rtc.gatewayState')).toMatchObject({
      result: { params: { state: 'REGED' } },
    });
  });

  test('for an assistant that is not there, is refused with -32001', async () => {
    const client = await stranger();
    const { error }: Frame = await client.request('anonymous_login', {
      target_type: 'ai_assistant',
      target_id: 'assistant-1',
    });
    expect(error?.code).toBe(LOGIN_INCORRECT);
  });
});

test('neither passwords nor tokens stand in the log', () => {
  const secrets = [token, parts(token)[2] ?? '', carol.password, 'first guess'];
  const log = gateway.log.entries.join('\n');
  expect(log.length).toBeGreaterThan(100);
  expect(secrets.filter((secret) => log.includes(secret))).toEqual([]);
});
