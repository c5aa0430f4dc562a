import { setTimeout as delay } from 'node:timers/promises';
import type { Person } from '@parley/testkit';
import { afterEach, describe, expect, test } from 'vitest';

import { deleteCredential, issueToken, prolongCredential, renewToken } from './credentials.ts';
import { ALICE_TONE, BOB_TONE, establish, hangUpAll } from './parties.ts';
import { expectTone } from './tone.ts';
import { useStage } from './use-stage.ts';

const LOGIN_FAILED = 46_001;
const TOKEN_EXPIRING_SOON = 34_001;
const GAP_MS = 200;
/** The gateway's tokens hold as long as their credential. With this one the warning comes after some seconds. */
const SHORT_LIFE_MS = 127_000;

const stage = useStage();
afterEach(() => stage.clear());

/** Alice, whose client has nothing to log in with but what is given here. */
const enterWith = (options: object, register = true): Promise<Person> =>
  stage.enter('alice', {
    client: 'ours',
    register,
    options: { login: undefined, password: undefined, ...options },
  });

const loginsOf = ({ frames }: Person) =>
  frames.entries.filter(({ direction, text }) => direction === 'sent' && text.includes('"method":"login"'));

const codesOf = ({ events }: Person, event: string) =>
  events.entries.filter(({ name }) => name === event).map(({ code }) => code);

/** @param lifeMs default: the gateway's 24 hours */
const issue = (lifeMs?: number) => {
  const expiresAt = lifeMs && { expires_at: new Date(Date.now() + lifeMs).toISOString() };
  return issueToken(stage.gateway, { ...expiresAt });
};

/** The signature with another first letter. */
const altered = (token: string) =>
  token.replace(
    /\.([^.])([^.]*)$/,
    (_whole, first: string, rest: string) => `.${first === 'A' ? 'B' : 'A'}${rest}`,
  );

describe('A1: a token', () => {
  test('signs in, without a password in the login, and a call carries audio both ways', async () => {
    const { token } = await issue();
    const since = Date.now();
    const [alice, bob] = await Promise.all([
      enterWith({ login_token: token }),
      stage.enter('bob', { client: 'ours' }),
    ]);
    const ready = await alice.events.next(({ name }) => name === 'telnyx.ready', 'telnyx.ready');
    expect(ready.at - since).toBeGreaterThan(0);
    const [login, ...others] = loginsOf(alice);
    expect(others).toEqual([]);
    expect(login?.text).toContain(token);
    expect(login?.text).not.toMatch(/passw/);
    const { outgoing, incoming } = await establish(alice, bob);
    await expectTone(alice, BOB_TONE);
    await expectTone(bob, ALICE_TONE);
    await hangUpAll(outgoing, incoming);
  });

  test.each([
    ['is altered', async () => altered((await issue()).token)],
    [
      'has expired',
      async () => {
        const { token } = await issue(1_500);
        await delay(2_000);
        return token;
      },
    ],
    [
      'is of a credential that is gone',
      async () => {
        const { id, token } = await issue();
        await deleteCredential(stage.gateway, id);
        return token;
      },
    ],
  ])('control: that %s, one error 46001 within 5 s, never ready, no call', async (_what, token) => {
    const alice = await enterWith({ login_token: await token() }, false);
    const since = Date.now();
    await alice.connect();
    const refused = await alice.events.next(({ code }) => code === LOGIN_FAILED, 'error 46001');
    expect(refused.at - since).toBeLessThan(5_000);
    const call = await alice.dial('bob');
    await call.until('destroy');
    expect(codesOf(alice, 'telnyx.error').filter((code) => code === LOGIN_FAILED)).toHaveLength(1);
    expect(alice.events.entries.map(({ name }) => name)).not.toContain('telnyx.ready');
    expect(alice.frames.entries.filter(({ text }) => text.includes('telnyx_rtc.invite'))).toEqual([]);
  });
});

describe('A1b: a token that ends soon', () => {
  test('is told of 120 s before, and replaced by login() in a call that goes on; a new one is not told of', async () => {
    const { id, token } = await issue(SHORT_LIFE_MS);
    const endsAt = expiryOf(token);
    const [alice, bob] = await Promise.all([
      enterWith({ login_token: token }),
      stage.enter('bob', { client: 'ours' }),
    ]);
    const { outgoing, incoming } = await establish(alice, bob);
    await expectTone(bob, ALICE_TONE);
    const since = Date.now();
    const warning = await alice.events.next(({ code }) => code === TOKEN_EXPIRING_SOON, '34001', {
      withinMs: 15_000,
    });
    expect(endsAt - warning.at).toBeGreaterThan(110_000);
    expect(endsAt - warning.at).toBeLessThan(130_000);
    await prolongCredential(stage.gateway, id);
    const renewed = await renewToken(stage.gateway, id);
    await alice.invoke('login', { creds: { login_token: renewed } });
    await delay(1_000);
    expect(loginsOf(alice).map(({ socket, text }) => [socket, text.includes(renewed)])).toEqual([
      [1, false],
      [1, true],
    ]);
    expect(codesOf(alice, 'telnyx.warning')).toEqual([TOKEN_EXPIRING_SOON]);
    expect(Math.max(0, ...(await bob.ear.silences(since)).map(({ ms }) => ms))).toBeLessThan(GAP_MS);
    expect(outgoing.states().at(-1)).toBe('active');
    await hangUpAll(outgoing, incoming);
  });

  test('ends in a call, and nobody replaces it: the call goes on, and no login is tried with it', async () => {
    const [alice, bob] = await Promise.all([
      enterWith({ login_token: (await issue()).token }, false),
      stage.enter('bob', { client: 'ours' }),
    ]);
    // The browser may take longer to start than the token lives.
    const { token } = await issue(6_000);
    await alice.page.evaluate((options) => window.phone.open(options), {
      env: stage.gateway.signaling,
      login_token: token,
    });
    await alice.register();
    const { outgoing, incoming } = await establish(alice, bob);
    await delay(Math.max(0, expiryOf(token) + 2_000 - Date.now()));
    await expectTone(alice, BOB_TONE);
    await expectTone(bob, ALICE_TONE);
    expect(outgoing.states().at(-1)).toBe('active');
    expect(loginsOf(alice)).toHaveLength(1);
    expect(codesOf(alice, 'telnyx.error')).toEqual([]);
    await hangUpAll(outgoing, incoming);
  });

  test('is replaced by the provider in a call that goes on, on the same socket, and nothing is told', async () => {
    const { id, token } = await issue(SHORT_LIFE_MS);
    await prolongCredential(stage.gateway, id);
    const [alice, bob] = await Promise.all([
      enterWith({ login_token: token }, false),
      stage.enter('bob', { client: 'ours' }),
    ]);
    await alice.page.exposeFunction('fetchToken', () => renewToken(stage.gateway, id));
    await alice.page.evaluate(
      (options) => {
        const provider: unknown = Reflect.get(window, 'fetchToken');
        window.phone.open({ ...options, tokenProvider: provider });
      },
      { env: stage.gateway.signaling, login_token: token },
    );
    await alice.register();
    const { outgoing, incoming } = await establish(alice, bob);
    await expectTone(bob, ALICE_TONE);
    const since = Date.now();
    const isSecond = ({ direction, text }: { direction: string; text: string }) =>
      direction === 'sent' && text.includes('"method":"login"') && !text.includes(token);
    await alice.frames.next(isSecond, 'login with another token', { withinMs: 15_000 });
    await delay(1_000);
    expect(loginsOf(alice).map(({ socket }) => socket)).toEqual([1, 1]);
    expect(codesOf(alice, 'telnyx.warning')).toEqual([]);
    expect(codesOf(alice, 'telnyx.error')).toEqual([]);
    expect(Math.max(0, ...(await bob.ear.silences(since)).map(({ ms }) => ms))).toBeLessThan(GAP_MS);
    await hangUpAll(outgoing, incoming);
  });
});

test('A2: login and password sign in, and the user is rung at this socket', async () => {
  const [alice, bob] = await Promise.all([
    stage.enter('alice', { client: 'ours' }),
    stage.enter('bob', { client: 'ours' }),
  ]);
  expect(loginsOf(alice)[0]?.text).toMatch(/"login":"alice","passwd":"alice"/);
  const outgoing = await bob.dial('alice');
  const incoming = await alice.ringing();
  expect((await incoming.snapshot()).state).toBe('ringing');
  await hangUpAll(outgoing);
  await incoming.until('destroy');
});

describe('A2, control', () => {
  test('a wrong password, 46001', async () => {
    const alice = await stage.enter('alice', {
      client: 'ours',
      register: false,
      options: { password: 'wrong' },
    });
    await alice.connect();
    await alice.events.next(({ code }) => code === LOGIN_FAILED, 'error 46001');
    expect(alice.events.entries.map(({ name }) => name)).not.toContain('telnyx.ready');
  });

  test.each([
    [{ login: 'alice' }, /^Invalid init options: .*password/],
    [{ password: 'alice' }, /^Invalid init options: .*login/],
    [{ tokenProvider: 'https://tokens.test' }, /^Invalid init options: .*tokenProvider/],
    [{}, /^Invalid init options: .*login/],
  ])('only %j, the constructor refuses it and names what is wrong', async (options, refusal) => {
    const alice = await stage.enter('alice', { client: 'ours', register: false });
    expect(await alice.page.evaluate((given) => window.phone.open(given), options)).toMatch(refusal);
  });
});

describe('A3: a password', () => {
  test('is in the login, and in nothing that is printed, stored, requested or reported', async () => {
    const password = 'hunter2-never-to-be-seen';
    await stage.gateway.createUser({ sip_username: 'dora', sip_password: password });
    const dora = await stage.enter('dora', {
      client: 'ours',
      register: false,
      options: { password, debug: true, debugOutput: 'file', enableCallReports: true },
    });
    const seen: string[] = [];
    dora.page.on('console', (message) => seen.push(message.text()));
    const bodies: Promise<string | undefined>[] = [];
    dora.page.on('request', (request) => {
      seen.push(request.url(), JSON.stringify(request.headers()));
      if (request.hasPostData()) bodies.push(request.fetchPostData());
    });
    const devtools = await dora.page.createCDPSession();
    await devtools.send('Network.enable');
    devtools.on('Network.webSocketCreated', ({ url }) => seen.push(url));
    await dora.register();
    const call = await dora.dial('echo');
    await call.until('active');
    await delay(1_000);
    await hangUpAll(call);
    await delay(500);
    const stored = () =>
      [sessionStorage, localStorage].map((storage) => JSON.stringify(Object.entries(storage)));
    seen.push(...(await dora.page.evaluate(stored)), ...(await Promise.all(bodies)).map(String));
    expect(seen.filter((text) => text.includes(password))).toEqual([]);
    // The control: what was searched is what was meant, and the password did travel.
    expect(seen.some((text) => text.includes('→ login'))).toBe(true);
    expect(seen.some((text) => text.startsWith('ws://'))).toBe(true);
    expect(loginsOf(dora).every(({ text }) => text.includes(password))).toBe(true);
  });
});

function expiryOf(token: string): number {
  const { exp }: { exp: number } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  return exp * 1000;
}
