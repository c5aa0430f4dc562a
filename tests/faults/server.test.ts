import {
  type Balance,
  callIdOf,
  type ClientKind,
  IGNORES,
  LOGIN_OK,
  type Person,
  REFUSES,
  ScriptedGateway,
  STATE,
  wait,
} from '@parley/testkit';
import { beforeEach, describe, expect, test } from 'vitest';

import { useStage } from '../browser/use-stage.ts';
import { expectWithin } from '../figures.ts';

// Servers that do what ours does not: a real browser meets a server that does what a test tells it.

const stage = useStage();
let server: ScriptedGateway;
let url: string;

beforeEach(async () => {
  server = new ScriptedGateway();
  const listening = await server.listen();
  ({ url } = listening);
  return async () => {
    await stage.clear();
    await listening.close();
  };
});

function enter(register = true, client: ClientKind = 'ours'): Promise<Person> {
  return stage.enter('alice', { client, signaling: url, register });
}

const balance = ({ page }: Person): Promise<Balance> => page.evaluate(() => window.phone.ledger.balance());
const byes = (): string[] => server.requests('telnyx_rtc.bye').map(callIdOf);
const codes = ({ events }: Person): number[] => events.entries.flatMap(({ code }) => code ?? []);
const connection = ({ events }: Person): string[] => events.entries.flatMap((each) => each.connection ?? []);

/** What a gateway might offer: a description that a browser can answer. */
function offerOf({ page }: Person): Promise<string> {
  return page.evaluate(async () => {
    const connection = new RTCPeerConnection();
    connection.addTransceiver('audio');
    const { sdp = '' } = await connection.createOffer();
    connection.close();
    return sdp;
  });
}

describe('a login that is refused', () => {
  test.each([-32_001, -32_000, -32_003, -32_602, 403])(
    'with %d: the application hears of it once, and nobody asks again',
    async (code) => {
      server.on('login', REFUSES(code, 'No'));
      const alice = await enter(false);
      await alice.connect();
      await alice.events.next((event) => event.code === 46_001, '46001');
      await wait(2_000);
      expect(server.requests('login')).toHaveLength(1);
      expect(codes(alice)).toEqual([46_001]);
      expect(connection(alice).at(-1)).toBe('disconnected: login-refused');
    },
  );
});

describe('a server that fails at a login, and closes with 1011', () => {
  test.each<ClientKind>(['ours', 'official'])('%s: comes back by itself', async (client) => {
    server.on('login', () => {
      server.on('login', LOGIN_OK());
      server.cut(1011);
    });
    const alice = await enter(false, client);
    const since = Date.now();
    await alice.register();
    expect(server.requests('login')).toHaveLength(2);
    expectWithin(`the server fails at a login, ${client}`, { ready: Date.now() - since }, { ready: 6_000 });
  });
});

describe('a server that closes', () => {
  test.each([
    [4409, 'displaced'],
    [4403, 'revoked'],
  ])('with %d: the client stays away, and says that it is %s', async (code, reason) => {
    const alice = await enter();
    server.cut(code);
    await alice.events.next((event) => event.connection === `disconnected: ${reason}`, reason);
    await wait(2_000);
    expect(server.urls).toHaveLength(1);
    expect(codes(alice)).toEqual([36_005]);
  });

  test('the session, in a call: the call ends, nothing stays open, and the client stays away', async () => {
    const alice = await enter();
    const call = await alice.dial('bob');
    await call.until('trying');
    server.push('telnyx_rtc.punt', {});
    await alice.events.next((event) => event.connection === 'disconnected: ended-by-server', 'its end');
    await call.until('destroy');
    await wait(2_000);
    expect(server.urls).toHaveLength(1);
    expect(codes(alice)).toEqual([36_005]);
    expect(await balance(alice)).toMatchObject({ liveTracks: 0, peerConnections: 0, openSockets: 0 });
  });

  test('with 1013 and a time: it is left alone for so long, and not much longer', async () => {
    const alice = await enter();
    const since = Date.now();
    const from = alice.events.entries.length;
    server.cut(1013, 'no room, retry-after=2');
    const { at } = await alice.events.next(({ name }) => name === 'telnyx.ready', 'telnyx.ready', { from });
    expect(at - since).toBeGreaterThanOrEqual(2_000);
    expectWithin('try again in 2 s', { ready: at - since }, { ready: 5_000 });
  });

  test('with 1012: the client is back within the 3 s over which clients spread', async () => {
    const alice = await enter();
    const since = Date.now();
    server.cut(1012);
    const { at } = await alice.events.next(
      (event) => event.name === 'telnyx.ready' && event.at > since,
      'telnyx.ready',
    );
    expectWithin('the server restarts', { ready: at - since }, { ready: 6_000 });
  });
});

describe('a server that says what it should not', () => {
  test('offers a call that nobody knows: it gets a bye, and no microphone opens', async () => {
    const alice = await enter();
    server.push('telnyx_rtc.attach', { callID: 'stranger', sdp: 'v=0' });
    await expect.poll(() => server.requests('telnyx_rtc.bye').length, { timeout: 5_000 }).toBe(1);
    await wait(300);
    expect(await balance(alice)).toMatchObject({ liveTracks: 0, peerConnections: 0 });
    expect(codes(alice)).toEqual([35_002]);
  });

  test('offers a call again that she ended while away: it gets a bye, and no microphone opens', async () => {
    const alice = await enter();
    const call = await alice.dial('bob');
    await call.until('trying');
    server.reachable = false;
    server.cut();
    await alice.events.next((event) => event.connection?.startsWith('reconnecting') === true, 'reconnecting');
    void call.invoke('hangup');
    await call.until('destroy');
    expect(byes()).toEqual([]);

    const from = alice.events.entries.length;
    server.survivors = [call.id];
    server.reachable = true;
    await alice.events.next(({ name }) => name === 'telnyx.ready', 'ready again', { from });
    await expect.poll(byes, { timeout: 5_000 }).toEqual([call.id]);
    server.push('telnyx_rtc.attach', { callID: call.id, sdp: await offerOf(alice) });
    await expect.poll(byes, { timeout: 5_000 }).toEqual([call.id, call.id]);
    await wait(300);
    expect(server.requests('telnyx_rtc.attach')).toEqual([]);
    expect(call.states().at(-1)).toBe('destroy');
    expect(await balance(alice)).toMatchObject({ liveTracks: 0, peerConnections: 0 });
  });

  test('what is no message: nothing throws, rings or breaks', async () => {
    const alice = await enter();
    for (const text of [
      'null',
      '[]',
      '7',
      '"text"',
      '{',
      '{"jsonrpc":"2.0","id":1,"result":null}',
      '{"jsonrpc":"2.0","method":"telnyx_rtc.invite"}',
      '{"jsonrpc":"2.0","id":1,"method":"telnyx_rtc.invite","params":null}',
      '{"jsonrpc":"2.0","id":1,"method":"telnyx_rtc.bye","params":{"callID":"__proto__"}}',
      '{"jsonrpc":"2.0","id":1,"method":"telnyx_rtc.answer","params":{"callID":"constructor","sdp":"v=0"}}',
      '{"jsonrpc":"2.0","id":1,"method":"telnyx_rtc.event","params":{"eventChannel":7}}',
      `${'['.repeat(30_000)}${']'.repeat(30_000)}`,
      JSON.stringify({ jsonrpc: '2.0', method: 'telnyx_rtc.info', params: { text: 'x'.repeat(900_000) } }),
    ]) {
      server.raw(text);
    }
    expect(await alice.invoke('getIsRegistered')).toBe(true);
    expect(alice.uncaught.entries).toEqual([]);
    expect(await alice.invoke('hasActiveCall')).toBe(false);
  });
});

describe('a server that does not answer', () => {
  test('an invite: the call ends after 10 s with a cause, and nothing stays open', async () => {
    server.on('telnyx_rtc.invite', IGNORES);
    const alice = await enter();
    const since = Date.now();
    const call = await alice.dial('bob');
    const { at, call: ended } = await call.until('destroy', 30_000);
    expect(ended.cause).toBe('RECOVERY_ON_TIMER_EXPIRE');
    expectWithin('an invite is not answered', { ended: at - since }, { ended: 17_000 });
    expect(await balance(alice)).toMatchObject({ liveTracks: 0, peerConnections: 0 });
  });

  test('a bye: the microphone closes at once, and the call ends within 5 s', async () => {
    server.on('telnyx_rtc.bye', IGNORES);
    const alice = await enter();
    const call = await alice.dial('bob');
    await call.until('trying');
    const since = Date.now();
    void call.invoke('hangup');
    await call.until('hangup');
    expect(await balance(alice)).toMatchObject({ liveTracks: 0, peerConnections: 0 });
    const { at } = await call.until('destroy');
    expectWithin('a bye is not answered', { ended: at - since }, { ended: 8_000 });
  });

  test('a login: the client tries again, and says so', async () => {
    server.on('login', IGNORES);
    const alice = await enter(false);
    await alice.connect();
    await expect.poll(() => server.requests('login').length, { timeout: 20_000 }).toBe(2);
    server.on('login', LOGIN_OK());
    expect(codes(alice)).toContain(45_002);
  });

  test('for the registration with anything useful: the application hears of it after five questions', async () => {
    server.on('telnyx_rtc.gatewayState', STATE('NOREG'));
    const alice = await enter(false);
    await alice.connect();
    await alice.events.next((event) => event.code === 46_001, '46001', { withinMs: 50_000 });
    expect(connection(alice).at(-1)).toMatch(/^disconnected/);
  });
});
