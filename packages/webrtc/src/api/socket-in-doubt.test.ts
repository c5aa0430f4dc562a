import { CALL_ANSWERED, IGNORES, LOGIN_OK, ScriptedGateway, settle } from '@parley/testkit';
import { beforeEach, describe, expect, it } from 'vitest';

import { Alice } from './alice.fixture.ts';

let gateway: ScriptedGateway;

beforeEach(() => {
  gateway = new ScriptedGateway()
    .on('login', LOGIN_OK({ granted: ['recovery'] }))
    .on('telnyx_rtc.invite', CALL_ANSWERED);
});

describe('a socket that is doubted', () => {
  it.each([4403, 4409])('and closes with %i: the client does not log in again [CLOSE-1]', async (code) => {
    const alice = await Alice.ready(gateway);
    await alice.talk();
    gateway.on('telnyx_rtc.ping', IGNORES);
    gateway.hangs = true;
    await alice.clock.advance(7_600);
    expect(gateway.urls).toHaveLength(2);
    gateway.hangs = false;
    gateway.cut(code);
    await alice.clock.advance(10_000);
    expect(gateway.requests('login')).toHaveLength(1);
    expect(alice.connections.at(-1)?.state).toBe('disconnected');
  });
});

describe('a network that is back while a login is under way on a socket of the one before', () => {
  it.each(['online', 'resume'] as const)('%s: another socket is taken at once', async (happening) => {
    const alice = await Alice.ready(gateway);
    gateway.on('login', IGNORES);
    gateway.cut();
    await alice.clock.advance(300);
    expect(gateway.requests('login')).toHaveLength(2);
    gateway.on('login', LOGIN_OK({ granted: ['recovery'] }));
    alice.clock.jump(60_000);
    alice.page(happening);
    await alice.clock.advance(2_000);
    expect(alice.connections.at(-1)?.state).toBe('connected');
  });
});

describe('a server that wants to be left alone', () => {
  it('is, though the page comes to the front meanwhile', async () => {
    const alice = await Alice.ready(gateway);
    gateway.cut(1013, 'try again later; retry-after=30');
    await settle();
    alice.page('visibilitychange');
    await alice.clock.advance(29_000);
    expect(gateway.urls).toHaveLength(1);
  });
});

describe('a computer that slept, idle, whose browser tells nothing', () => {
  it('is ready within 2 s', async () => {
    const alice = await Alice.ready(gateway);
    await alice.clock.advance(1_000);
    alice.clock.jump(60_000);
    gateway.on('telnyx_rtc.ping', IGNORES);
    await alice.clock.advance(2_000);
    expect(alice.connection.filter((event) => event === 'ready')).toHaveLength(2);
  });
});

describe('a server that registers before it says what survived', () => {
  it('is believed when it says it: the calls that it has lost end [READY-3]', async () => {
    const alice = await Alice.ready(gateway);
    const [kept, lost] = [await alice.talk(), await alice.talk()];
    gateway.on('login', (request, to) => {
      to.answer(request, { message: 'logged in', sessid: 'S' });
    });
    gateway.on('telnyx_rtc.gatewayState', (request, to) => {
      to.answer(request, { params: { state: 'REGED' } });
      to.push('telnyx_rtc.clientReady', { reattached_sessions: [kept.id] });
    });
    gateway.cut();
    await alice.clock.advance(600);
    expect(kept.state).toBe('active');
    expect(lost.state).toBe('destroy');
  });
});

describe('a hold that is asked for while the socket is gone', () => {
  it('settles within 15 s', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    gateway.on('telnyx_rtc.modify', IGNORES);
    gateway.survivors = [call.id];
    let settled = false;
    void call.hold().then(() => (settled = true));
    await alice.clock.advance(7_000);
    gateway.reachable = false;
    gateway.cut();
    await alice.clock.advance(8_000);
    gateway.reachable = true;
    await alice.clock.advance(400);
    expect(settled).toBe(true);
  });
});
