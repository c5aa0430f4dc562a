import { CALL_ANSWERED, IGNORES, ScriptedGateway, settle } from '@parley/testkit';
import { beforeEach, describe, expect, it } from 'vitest';

import { Alice, NOTHING_LEFT } from './alice.fixture.ts';

let gateway: ScriptedGateway;

beforeEach(() => {
  gateway = new ScriptedGateway().on('telnyx_rtc.invite', CALL_ANSWERED);
});

/** The words of `telnyx.connection`, each with its reason. */
const told = ({ connections }: Alice): string[] =>
  connections.map(({ state, reason }) => `${state}: ${reason}`);

describe('a connection that is half open', () => {
  it('in a call is replaced within 8 s, and the call has not noticed', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    gateway.survivors = [call.id];
    gateway.on('telnyx_rtc.ping', IGNORES);
    await alice.clock.advance(8_000);
    expect(gateway.urls).toHaveLength(2);
    expect(alice.connection).toEqual(['open', 'ready', 'open', 'close', 'ready']);
    expect(alice.warnings).toMatchObject([{ warning: { code: 36003 }, reason: 'silent', source: 'probe' }]);
    expect(call.state).toBe('active');
    expect(alice.media.openPeers).toHaveLength(1);
    expect(told(alice)).toEqual([
      'connecting: requested',
      'connected: registration',
      'reconnecting: silent',
      'connected: registration',
    ]);
  });

  it('without a call is replaced within 15 s', async () => {
    const alice = await Alice.ready(gateway);
    gateway.on('telnyx_rtc.ping', IGNORES);
    await alice.clock.advance(13_000);
    expect(gateway.urls).toHaveLength(1);
    await alice.clock.advance(2_000);
    expect(gateway.urls).toHaveLength(2);
    expect(alice.connections.at(-1)?.state).toBe('connected');
  });

  it('and answers before the other one is open, is kept, with what was asked for meanwhile', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    gateway.on('telnyx_rtc.ping', IGNORES);
    gateway.hangs = true;
    await alice.clock.advance(7_600);
    expect(gateway.urls).toHaveLength(2);
    const held = call.hold();
    await settle();
    expect(gateway.requests('telnyx_rtc.modify')).toHaveLength(0);
    const [, asked] = gateway.requests('telnyx_rtc.ping').slice(-2);
    if (asked) gateway.answer(asked, {});
    await settle();
    expect(await held).toBe(true);
    expect(alice.connection).toEqual(['open', 'ready', 'close']);
    expect(gateway.requests('login')).toHaveLength(1);
    expect(told(alice).slice(-2)).toEqual(['reconnecting: silent', 'connected: heard']);
  });

  it('and closes while the other one is being opened, leaves that one in its place', async () => {
    const alice = await Alice.ready(gateway);
    gateway.on('telnyx_rtc.ping', IGNORES);
    gateway.hangs = true;
    await alice.clock.advance(14_000);
    gateway.hangs = false;
    gateway.cut();
    await settle();
    expect(gateway.urls).toHaveLength(2);
    expect(alice.connections.at(-1)?.state).toBe('reconnecting');
    await alice.clock.advance(7_000);
    expect(alice.connections.at(-1)?.state).toBe('connected');
    await alice.client.disconnect();
    await settle();
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it('at a server that cannot be reached any more is given up, and tried for again', async () => {
    const alice = await Alice.ready(gateway);
    gateway.on('telnyx_rtc.ping', IGNORES);
    gateway.hangs = true;
    await alice.clock.advance(14_000 + 5_000);
    expect(alice.errorCodes).toEqual([45002]);
    const { state, attempt, nextAttemptAt } = alice.connections.at(-1) ?? {};
    expect({ state, attempt }).toEqual({ state: 'reconnecting', attempt: 1 });
    expect(nextAttemptAt).toBeGreaterThanOrEqual(alice.clock.now());
    expect(alice.connection).toEqual(['open', 'ready', 'close', 'close']);
  });

  it('stays closed where the application wants no reconnection', async () => {
    const alice = await Alice.ready(gateway, { autoReconnect: false });
    gateway.on('telnyx_rtc.ping', IGNORES);
    await alice.clock.advance(20_000);
    expect(gateway.urls).toHaveLength(1);
    expect(alice.warnings).toMatchObject([{ warning: { code: 36005 }, reason: 'not-reconnecting' }]);
    expect(alice.connections.at(-1)?.state).toBe('disconnected');
  });
});

describe('a page that comes back', () => {
  it('from a sleep of a minute connects at once, not when a timer thinks so', async () => {
    const alice = await Alice.ready(gateway);
    gateway.on('telnyx_rtc.ping', IGNORES);
    alice.clock.jump(60_000);
    alice.page('resume');
    await settle();
    expect(alice.connection).toEqual(['open', 'ready', 'open', 'close', 'ready']);
  });

  it('to the front asks whether the server is there, and keeps the connection where it is', async () => {
    const alice = await Alice.ready(gateway);
    await alice.clock.advance(3_000);
    alice.page('visibilitychange');
    await settle();
    expect(gateway.requests('telnyx_rtc.ping')).toHaveLength(1);
    await alice.clock.advance(1_600);
    expect(gateway.urls).toHaveLength(1);
    alice.isVisible = false;
    alice.page('visibilitychange');
    expect(gateway.requests('telnyx_rtc.ping')).toHaveLength(1);
  });

  it('does not dial twice because of it', async () => {
    gateway.hangs = true;
    const alice = await Alice.ready(gateway);
    alice.page('visibilitychange');
    expect(gateway.urls).toHaveLength(1);
  });
});

describe('a network that is away', () => {
  it('and is back, is used at once, whatever was to be waited for', async () => {
    const alice = await Alice.ready(gateway);
    alice.random = 0.99;
    gateway.reachable = false;
    alice.isOnline = false;
    alice.page('offline');
    gateway.cut();
    await alice.clock.advance(60_000);
    expect(alice.connections.at(-1)).toMatchObject({ state: 'offline', reason: 'socket-closed' });
    gateway.reachable = true;
    alice.isOnline = true;
    alice.page('online');
    await settle();
    expect(alice.connections.slice(-2)).toMatchObject([
      { state: 'reconnecting', reason: 'retried' },
      { state: 'connected', attempt: expect.any(Number) as number },
    ]);
    expect(alice.errorCodes[0]).toBe(48001);
  });

  it('leaves no attempt behind that was made without it', async () => {
    gateway.hangs = true;
    const alice = await Alice.ready(gateway);
    gateway.hangs = false;
    alice.page('online');
    await settle();
    expect(alice.connection).toEqual(['close', 'open', 'ready']);
  });
});

describe('a server that restarts', () => {
  it('and says for how long it wants to be left alone, is', async () => {
    const alice = await Alice.ready(gateway);
    gateway.cut(1012, 'restarting, retry-after=7');
    await settle();
    const { nextAttemptAt = 0 } = alice.connections.at(-1) ?? {};
    expect(nextAttemptAt - alice.clock.now()).toBe(7_700);
    await alice.clock.advance(6_999);
    expect(gateway.urls).toHaveLength(1);
    await alice.clock.advance(1_401);
    expect(alice.connection.at(-1)).toBe('ready');
  });
});

describe('a login', () => {
  it('names this run of the client, and calls that have ended meanwhile', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    gateway.reachable = false;
    gateway.cut();
    await alice.clock.advance(1_000);
    void call.hangup();
    await alice.clock.advance(6_000);
    gateway.reachable = true;
    await alice.clock.advance(20_000);
    const [first, second] = gateway.requests('login').map(({ params }) => params['parley']);
    expect(second).toMatchObject({ ended: [call.id] });
    expect(first).not.toHaveProperty('ended');
    const instances = [first, second].map((each) => (each as { instance: string }).instance);
    expect(instances[0]).toBe(instances[1]);
    expect((await Alice.ready(gateway)).client.uuid).not.toBe(instances[0]);
  });

  it('names a call as ended whose bye waits for the socket', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    gateway.survivors = [call.id];
    gateway.cut();
    await settle();
    void call.hangup();
    await alice.clock.advance(300);
    expect(gateway.requests('login').at(-1)?.params).toMatchObject({
      parley: { ended: [call.id], calls: [] },
    });
    expect(gateway.requests('telnyx_rtc.bye')).toHaveLength(1);
  });
});

describe('a bye that overtakes its invite', () => {
  it('lets nothing ring', async () => {
    const alice = await Alice.ready(gateway);
    gateway.push('telnyx_rtc.bye', { callID: 'late', cause: 'ORIGINATOR_CANCEL', causeCode: 487 });
    gateway.invite('late');
    await settle();
    expect(alice.incoming).toEqual([]);
    expect(gateway.requests('telnyx_rtc.bye')).toHaveLength(1);
  });
});
