import {
  CALL_ANSWERED,
  CALL_CREATED,
  fakeSdp,
  IGNORES,
  LOGIN_OK,
  REFUSES,
  ScriptedGateway,
  settle,
  type WireFrame,
} from '@parley/testkit';
import { beforeEach, describe, expect, it } from 'vitest';

import { Alice, NOTHING_LEFT } from './alice.fixture.ts';
import type { Call } from './call.ts';

let gateway: ScriptedGateway;

beforeEach(() => {
  gateway = new ScriptedGateway().on('telnyx_rtc.invite', CALL_ANSWERED);
});

/** Longer than any delay before an attempt, shorter than anything else. */
const A_WHILE = 600;

describe('alice, whose connection is lost in a call', () => {
  it('is back soon, and the call has not noticed', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    const { instance } = call.peer ?? {};
    gateway.survivors = [call.id];
    gateway.cut();
    await settle();
    expect(alice.client.connected).toBe(false);
    expect(call.state).toBe('active');
    await alice.clock.advance(200);
    expect(alice.connection).toEqual(['open', 'ready', 'close', 'open', 'ready']);
    expect(alice.statesOf(call).at(-1)).toBe('active');
    expect(call.peer?.instance).toBe(instance);
    expect(alice.media.openPeers).toHaveLength(1);
    expect(alice.errors).toEqual([]);
    expect(gateway.requests('login').at(-1)?.params).toMatchObject({ reconnection: true, sessid: 'S' });
    expect(gateway.urls).toEqual(['ws://gateway.test/', 'ws://gateway.test/?voice_sdk_id=V1']);

    expect(await call.hold()).toBe(true);
    await call.hangup();
    await alice.clock.advance(5_000);
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it('is told of each call that the server has lost, and keeps the others [READY-3]', async () => {
    const alice = await Alice.ready(gateway);
    const [kept, lost] = [await alice.talk(), await alice.talk()];
    gateway.survivors = [kept.id, 'another'];
    gateway.cut();
    await alice.clock.advance(A_WHILE);
    expect(kept.state).toBe('active');
    expect(lost).toMatchObject({
      state: 'destroy',
      cause: 'NORMAL_TEMPORARY_FAILURE',
      causeCode: 41,
    });
    expect(alice.errors).toMatchObject([{ callId: lost.id, error: { code: 48501 } }]);
    expect(gateway.requests('telnyx_rtc.bye')).toEqual([]);
    expect(alice.leftovers).toMatchObject({ tracks: 1, peers: 1, calls: 1 });
  });

  it('keeps every call where the server does not tell which it holds [READY-3]', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    gateway.survivors = undefined;
    gateway.cut();
    await alice.clock.advance(A_WHILE);
    expect(call.state).toBe('active');
  });

  it('answers the offer of a server that has to make the media anew', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    gateway.survivors = [call.id];
    gateway.on('telnyx_rtc.gatewayState', (request, to) => {
      to.push('telnyx_rtc.attach', { callID: call.id, sdp: fakeSdp('offer') });
      to.answer(request, { params: { state: 'REGED' } });
    });
    gateway.cut();
    await alice.clock.advance(A_WHILE);
    expect(alice.statesOf(call).slice(-2)).toEqual(['recovering', 'active']);
    expect(gateway.requests('telnyx_rtc.attach').at(-1)).toMatchObject({
      params: { dialogParams: { callID: call.id } },
    });
  });

  it('and who leaves meanwhile: the server is told where it is back within 5 s, and she stays away', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    gateway.survivors = [call.id];
    gateway.cut();
    await settle();
    const left = alice.client.disconnect();
    expect(alice.leftovers).toMatchObject({ tracks: 0, peers: 0 });
    await alice.clock.advance(A_WHILE);
    await left;
    expect(gateway.requests('telnyx_rtc.bye')).toMatchObject([
      { params: { dialogParams: { callID: call.id } } },
    ]);
    expect(alice.client.connected).toBe(false);
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it('and who leaves for good while there is no network: she is not kept for longer than 5 s', async () => {
    const alice = await Alice.ready(gateway);
    await alice.talk();
    gateway.reachable = false;
    gateway.cut();
    await settle();
    const left = alice.client.disconnect();
    await alice.clock.advance(5_000);
    await left;
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it('and who hangs up meanwhile: the server is told when it is back, and the call stays ended [RESUME-6]', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    gateway.survivors = [call.id];
    gateway.reachable = false;
    gateway.cut();
    await alice.clock.advance(1_000);
    const ended = call.hangup();
    expect(alice.leftovers).toMatchObject({ tracks: 0, peers: 0 });
    await alice.clock.advance(5_000);
    await ended;
    expect(call.state).toBe('destroy');

    gateway.reachable = true;
    await alice.clock.advance(20_000);
    expect(alice.client.connected).toBe(true);
    expect(gateway.requests('telnyx_rtc.bye')).toMatchObject([
      { params: { cause: 'NORMAL_CLEARING', dialogParams: { callID: call.id } } },
    ]);

    gateway.push('telnyx_rtc.attach', { callID: call.id, sdp: fakeSdp('offer') });
    gateway.push('telnyx_rtc.answer', { callID: call.id, sdp: fakeSdp('answer') });
    gateway.invite(call.id);
    gateway.cut();
    await alice.clock.advance(20_000);
    expect(alice.client.calls).toEqual({});
    expect(alice.incoming).toEqual([]);
    expect(alice.statesOf(call).at(-1)).toBe('destroy');
    expect(alice.media.asked).toHaveLength(1);
    await alice.clock.advance(5_000);
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it('and who calls meanwhile: the invite leaves when she is back', async () => {
    const alice = await Alice.ready(gateway);
    gateway.cut();
    const call = await alice.dial();
    await alice.clock.advance(A_WHILE);
    expect(call.state).toBe('active');
    expect(gateway.requests('telnyx_rtc.invite')).toHaveLength(1);
  });

  it.each([
    ['she hangs up', (call: Call) => void call.hangup()],
    ['the server ends it', ({ id: callID }: Call) => gateway.push('telnyx_rtc.bye', { callID })],
  ])('and who calls before the login is answered: once %s, no invite is sent', async (_how, end) => {
    const alice = await Alice.ready(gateway);
    const logins: WireFrame[] = [];
    gateway.on('login', (request) => logins.push(request));
    gateway.cut();
    await alice.clock.advance(A_WHILE);
    const call = await alice.dial();
    await alice.clock.advance(A_WHILE);
    expect(call.state).toBe('requesting');
    end(call);
    for (const login of logins) LOGIN_OK()(login, gateway);
    await alice.clock.advance(A_WHILE);
    expect(alice.connection.at(-1)).toBe('ready');
    expect(gateway.requests('telnyx_rtc.invite')).toEqual([]);
    expect(call.state).toBe('destroy');
  });

  it('and who calls meanwhile for too long: the call ends after 10 seconds', async () => {
    const alice = await Alice.ready(gateway);
    gateway.reachable = false;
    gateway.cut();
    const call = await alice.dial();
    await alice.clock.advance(10_000);
    expect(call.state).toBe('hangup');
    await alice.clock.advance(5_000);
    expect(call.state).toBe('destroy');
    expect(gateway.requests('telnyx_rtc.invite')).toEqual([]);
  });

  it.each([
    ['again, where the server does not hold it', [], 2],
    ['once, where the server holds it', ['uuid-5'], 1],
  ])('with an invite on the way, which is sent %s [READY-3]', async (_how, survivors, times) => {
    gateway.on('telnyx_rtc.invite', IGNORES);
    const alice = await Alice.ready(gateway);
    const call = alice.client.newCall({ destinationNumber: 'bob', id: 'uuid-5' });
    await settle();
    gateway.survivors = survivors;
    gateway.on('telnyx_rtc.invite', CALL_CREATED);
    gateway.cut();
    await alice.clock.advance(A_WHILE);
    expect(gateway.requests('telnyx_rtc.invite')).toHaveLength(times);
    expect(call.state).toBe('trying');
  });

  it('with a call that rings, which stops where the caller has gone', async () => {
    const alice = await Alice.ready(gateway);
    gateway.invite('in-1');
    await settle();
    gateway.cut();
    await alice.clock.advance(A_WHILE);
    expect(alice.incoming[0]?.state).toBe('destroy');
    expect(alice.leftovers).toMatchObject({ tracks: 0, peers: 0, calls: 0 });
  });

  it('and whose login is refused then: the call goes on, and nothing is tried again', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    gateway.on('login', REFUSES(-32001, 'Token expired'));
    gateway.cut();
    await alice.clock.advance(60_000);
    expect(gateway.requests('login')).toHaveLength(2);
    expect(alice.errorCodes).toEqual([46001]);
    expect(call.state).toBe('active');

    gateway.on('login', LOGIN_OK());
    gateway.survivors = [call.id];
    let told = '';
    await alice.client.login({
      creds: { login_token: 'fresh' },
      onSuccess: () => {
        told = 'success';
      },
    });
    await settle();
    expect(told).toBe('success');
    expect(gateway.requests('login').at(-1)?.params).toMatchObject({ login_token: 'fresh' });
    expect(gateway.requests('login').at(-1)?.params).not.toHaveProperty('passwd');
    expect(call.state).toBe('active');
  });

  it('and who wants no reconnection: she is told so', async () => {
    const alice = await Alice.ready(gateway, { autoReconnect: false });
    gateway.cut();
    await alice.clock.advance(60_000);
    expect(alice.warnings).toMatchObject([{ warning: { code: 36005 }, reason: 'not-reconnecting' }]);
    expect(gateway.urls).toHaveLength(1);
    void alice.client.connect();
    await settle();
    expect(alice.client.connected).toBe(true);
  });

  it('and who allows three attempts: then the call ends, and she is told so', async () => {
    const alice = await Alice.ready(gateway, { maxReconnectAttempts: 3 });
    const call = await alice.talk();
    gateway.reachable = false;
    gateway.cut();
    await alice.clock.advance(60_000);
    expect(gateway.urls).toHaveLength(4);
    expect(alice.errorCodes.filter((code) => code !== 45002)).toEqual([45003]);
    expect(call.state).toBe('destroy');
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });
});

describe('a server that ends the session', () => {
  it('ends the calls, without a bye', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    const id = gateway.push('telnyx_rtc.punt', {});
    await settle();
    expect(gateway.acknowledgements(id)).toMatchObject([{ result: { method: 'telnyx_rtc.punt' } }]);
    expect(call.state).toBe('destroy');
    expect(gateway.requests('telnyx_rtc.bye')).toEqual([]);
    expect(alice.warningCodes).toEqual([36005]);
    await alice.clock.advance(60_000);
    expect(gateway.urls).toHaveLength(1);
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it('ends no call whose media flows, where the application wants that', async () => {
    const alice = await Alice.ready(gateway, { keepConnectionAliveOnSocketClose: true });
    const call = await alice.talk();
    gateway.survivors = [call.id];
    gateway.push('telnyx_rtc.punt', {});
    await alice.clock.advance(A_WHILE);
    expect(call.state).toBe('active');
    expect(alice.connection.filter((event) => event === 'ready')).toHaveLength(2);
  });

  it.each([
    ['another has taken it over', 4409, 'displaced', 'displaced'],
    ['its credential is revoked', 4403, 'dismissed', 'revoked'],
  ])('because %s, is not called again', async (_why, closeCode, warned, reason) => {
    const alice = await Alice.ready(gateway);
    gateway.cut(closeCode);
    await alice.clock.advance(60_000);
    expect(gateway.urls).toHaveLength(1);
    expect(alice.warnings).toMatchObject([{ warning: { code: 36005 }, reason: warned }]);
    expect(alice.connections.at(-1)).toMatchObject({ state: 'disconnected', reason, closeCode });
  });
});

describe('a network that is away for five minutes', () => {
  it('is found again at once by an application that does not want to wait', async () => {
    const alice = await Alice.ready(gateway);
    alice.random = 0.99;
    gateway.reachable = false;
    gateway.cut();
    await alice.clock.advance(60_000);
    expect(alice.connections.at(-1)?.nextAttemptAt).toBeGreaterThan(alice.clock.now());
    gateway.reachable = true;
    await alice.client.connect();
    await settle();
    expect(alice.connection.at(-1)).toBe('ready');
  });

  it('is found again within 20 seconds of its return', async () => {
    const alice = await Alice.ready(gateway);
    alice.random = 0.99;
    gateway.reachable = false;
    gateway.cut();
    await alice.clock.advance(300_000);
    expect(gateway.urls.length).toBeGreaterThan(1 + 10);
    expect(gateway.urls.length).toBeLessThan(25);
    gateway.reachable = true;
    await alice.clock.advance(20_000);
    expect(alice.connection.at(-1)).toBe('ready');
    expect(alice.errorCodes.every((code) => code === 45002)).toBe(true);
  });
});
