import { ANSWERS, CALL_ANSWERED, LOGIN_OK, REFUSES, ScriptedGateway, settle } from '@parley/testkit';
import { beforeEach, describe, expect, it } from 'vitest';

import { Alice } from './alice.fixture.ts';
import type { IClientOptions } from './options.ts';

const NOW = 1_700_000_000;
const DAY = 24 * 3_600;

let gateway: ScriptedGateway;

beforeEach(() => {
  gateway = new ScriptedGateway().on('telnyx_rtc.invite', CALL_ANSWERED);
});

/** @param seconds that are left when a test begins */
const jwt = (seconds: number, name = ''): string =>
  `h.${Buffer.from(JSON.stringify({ exp: NOW + seconds, name })).toString('base64url')}.s`;

const withToken = (options: IClientOptions): Promise<Alice> =>
  Alice.ready(gateway, { login: undefined, password: undefined, ...options });

const tokensSent = (): unknown[] => gateway.requests('login').map(({ params }) => params['login_token']);

describe('a token without a provider', () => {
  it('is told to end 120 s before, once', async () => {
    const alice = await withToken({ login_token: jwt(DAY) });
    await alice.clock.advance((DAY - 121) * 1000);
    expect(alice.warningCodes).toEqual([]);
    await alice.clock.advance(2_000);
    expect(alice.warningCodes).toEqual([34001]);
    await alice.clock.advance(10 * 60_000);
    expect(alice.warningCodes).toEqual([34001]);
    expect(alice.leftovers.timers).toBe(0);
  });

  it('is told to end by the clock of the server', async () => {
    gateway.on('login', LOGIN_OK({ granted: [], expiresIn: 600 }));
    const alice = await withToken({ login_token: jwt(-DAY) });
    await alice.clock.advance(479_000);
    expect(alice.warningCodes).toEqual([]);
    await alice.clock.advance(2_000);
    expect(alice.warningCodes).toEqual([34001]);
  });

  it('is replaced by login(), and then that one counts', async () => {
    const alice = await withToken({ login_token: jwt(150) });
    await alice.clock.advance(20_000);
    await alice.client.login({ creds: { login_token: jwt(DAY) } });
    await alice.clock.advance(60_000);
    expect(alice.warningCodes).toEqual([]);
  });

  it('starts no timer where nothing ends, nor after disconnect()', async () => {
    expect((await Alice.ready(gateway)).leftovers.timers).toBe(0);
    const alice = await withToken({ login_token: jwt(DAY) });
    await alice.client.disconnect();
    await settle();
    expect(alice.clock.pending).toBe(0);
  });
});

describe('a token provider', () => {
  it('is asked before the first login where there is no token', async () => {
    const alice = await withToken({ tokenProvider: () => Promise.resolve(jwt(DAY)) });
    expect(tokensSent()).toEqual([jwt(DAY)]);
    expect(alice.connection).toEqual(['open', 'ready']);
  });

  it('is asked before the first login where the token has ended, and opens no socket meanwhile', async () => {
    let give: (token: string) => void = () => undefined;
    const tokenProvider = (): Promise<string> =>
      new Promise((resolve) => {
        give = resolve;
      });
    await withToken({ login_token: jwt(-1), tokenProvider });
    expect(gateway.urls).toEqual([]);
    give(jwt(DAY));
    await settle();
    expect(tokensSent()).toEqual([jwt(DAY)]);
  });

  it('is asked 120 s before the end, and the new token is used on the open socket while a call goes on', async () => {
    const alice = await withToken({ login_token: jwt(300), tokenProvider: () => jwt(600) });
    const call = await alice.talk();
    await alice.clock.advance((300 - 119) * 1000);
    expect(tokensSent()).toEqual([jwt(300), jwt(600)]);
    expect(gateway.urls).toHaveLength(1);
    expect(call.state).toBe('active');
    expect(alice.warningCodes).toEqual([]);
    expect(alice.client.options.login_token).toBe(jwt(600));
  });

  it('that gives short tokens is asked again and again, with pauses', async () => {
    let asked = 0;
    gateway.on('login', LOGIN_OK({ granted: [], expiresIn: 40 }));
    const alice = await withToken({ tokenProvider: () => `token-${++asked}` });
    await alice.clock.advance(100_000);
    expect(asked).toBe(6);
  });

  it('is asked before a reconnection with a token that has ended meanwhile, and not with one that holds', async () => {
    let asked = 0;
    const alice = await withToken({ login_token: jwt(DAY), tokenProvider: () => jwt(++asked * 10 * DAY) });
    gateway.cut();
    await alice.clock.advance(1_000);
    expect(asked).toBe(0);
    gateway.reachable = false;
    gateway.cut();
    // The computer sleeps: its timers stand still.
    alice.clock.jump(2 * DAY * 1000);
    gateway.reachable = true;
    await alice.clock.advance(1_000);
    expect(tokensSent()).toEqual([jwt(DAY), jwt(DAY), jwt(10 * DAY)]);
    expect(alice.errorCodes).not.toContain(46001);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('offline');
      },
    ],
    ['rejects', () => Promise.reject(new Error('offline'))],
    ['gives nonsense', () => Promise.resolve({ token: 'x' })],
    ['hangs', () => new Promise(() => undefined)],
  ] as const)(
    'that %s, is told once by 34001, and is asked again until it gives a token',
    async (_how, fail) => {
      let works = false;
      const provider = (): unknown => (works ? jwt(DAY) : fail());
      const alice = await withToken({ tokenProvider: provider as () => string });
      await alice.clock.advance(60_000);
      expect(alice.warnings).toMatchObject([{ warning: { code: 34001 }, originalError: expect.any(Error) }]);
      expect(gateway.urls).toEqual([]);
      works = true;
      await alice.clock.advance(15_000);
      expect(tokensSent()).toEqual([jwt(DAY)]);
      expect(alice.errorCodes).toEqual([]);
      expect(alice.connection).toEqual(['open', 'ready']);
    },
  );

  it('whose token is refused on the open socket, is told so, and is asked again while the former one holds', async () => {
    let asked = 0;
    const tokenProvider = (): string => jwt(++asked * DAY);
    const alice = await withToken({ login_token: jwt(150), tokenProvider });
    const call = await alice.talk();
    gateway.on('login', REFUSES(-32001, 'Login incorrect'));
    await alice.clock.advance(31_000);
    expect(alice.errorCodes).toEqual([]);
    expect(alice.warningCodes).toEqual([34001]);
    expect([asked, call.state]).toEqual([1, 'active']);
    gateway.on('login', LOGIN_OK());
    await alice.clock.advance(31_000);
    expect(asked).toBe(2);
    expect(tokensSent().at(-1)).toBe(jwt(2 * DAY));
    expect(alice.warningCodes).toEqual([34001]);
  });

  it('is not asked again where the application leaves while a login is under way', async () => {
    let asked = 0;
    const tokenProvider = (): string => jwt(++asked * DAY);
    const alice = await withToken({ login_token: jwt(150), tokenProvider });
    gateway.on('login', () => undefined);
    await alice.clock.advance(31_000);
    await alice.client.disconnect();
    await alice.clock.advance(60_000);
    expect(asked).toBe(1);
    expect(alice.warningCodes).toEqual([]);
    expect(alice.clock.pending).toBe(0);
  });

  it('that answers after disconnect() changes nothing', async () => {
    let give: (token: string) => void = () => undefined;
    const tokenProvider = (): Promise<string> =>
      new Promise((resolve) => {
        give = resolve;
      });
    const alice = await withToken({ tokenProvider });
    await alice.client.disconnect();
    give(jwt(DAY));
    await alice.clock.advance(60_000);
    expect(gateway.urls).toEqual([]);
    expect(alice.client.options.login_token).toBeUndefined();
    expect(alice.clock.pending).toBe(0);
  });

  it('is not asked where login and password are there, too', async () => {
    let asked = 0;
    const alice = await Alice.ready(gateway, { tokenProvider: () => jwt(++asked) });
    await alice.clock.advance(60_000);
    expect(asked).toBe(0);
    expect(alice.console).toEqual([expect.stringMatching(/^warn .*token/)]);
  });
});

it('a server that says nonsense of the end of a login, changes nothing', async () => {
  for (const expiresIn of [-5, NaN, 'soon', null]) {
    gateway.on('login', ANSWERS({ message: 'logged in', sessid: 'S', parley: { granted: [], expiresIn } }));
    const alice = await withToken({ login_token: 'opaque' });
    expect(alice.warningCodes).toEqual([]);
  }
});
