import { CALL_ANSWERED, LOGIN_OK, REFUSES, ScriptedGateway, settle } from '@parley/testkit';
import { beforeEach, describe, expect, it } from 'vitest';

import { Alice, NOTHING_LEFT } from './alice.fixture.ts';

/** Longer than any delay before an attempt. */
const A_WHILE = 600;
/** As long as calls outlive a session that nothing brings back. */
const HOLD = 190_000;

let gateway: ScriptedGateway;

beforeEach(() => {
  gateway = new ScriptedGateway().on('telnyx_rtc.invite', CALL_ANSWERED);
});

describe('a session that nothing brings back', () => {
  it('as its login is refused after a loss, ends its calls in the end, and until then takes another login', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    gateway.on('login', REFUSES(-32001));
    gateway.cut();
    await alice.clock.advance(A_WHILE);
    gateway.cut(4401);
    await alice.clock.advance(HOLD / 2);
    expect(alice.errorCodes).toEqual([46001]);
    expect(call.state).toBe('active');

    gateway.on('login', LOGIN_OK());
    gateway.survivors = [call.id];
    await alice.client.login({ creds: { login: 'alice', password: 'new' } });
    await settle();
    expect(alice.connection.at(-1)).toBe('ready');
    expect(call.state).toBe('active');

    gateway.on('login', REFUSES(-32001));
    gateway.cut();
    await alice.clock.advance(A_WHILE);
    gateway.cut(4401);
    await alice.clock.advance(HOLD);
    expect(call).toMatchObject({ state: 'destroy', causeCode: 41 });
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it('as the application wants no reconnection, from the moment it says so, ends its calls in the end', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    alice.client.options.autoReconnect = false;
    gateway.cut();
    await alice.clock.advance(A_WHILE);
    expect(alice.warningCodes).toEqual([36005]);
    expect(call.state).toBe('active');
    await alice.clock.advance(HOLD);
    expect(call).toMatchObject({ state: 'destroy', causeCode: 41 });
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it('as the application has made its address unusable, says so, ends its calls, and works again once mended', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    alice.client.options.env = 'no address';
    gateway.cut();
    await alice.clock.advance(A_WHILE);
    expect(alice.errorCodes).toEqual([45001]);
    expect(call.state).toBe('destroy');
    alice.client.options.env = 'ws://gateway.test/';
    await alice.client.connect();
    await settle();
    expect(alice.connection.at(-1)).toBe('ready');
  });
});

describe('a refreshed login', () => {
  it('whose result says nothing of grants, keeps them; that of another session does not', async () => {
    const iceServers = [{ urls: 'turn:turn.test', username: 'u', credential: 'c' }];
    gateway.on('login', LOGIN_OK({ granted: ['iceServers', 'preAnswer'], iceServers }));
    const alice = await Alice.ready(gateway);
    gateway.on('login', LOGIN_OK());
    await alice.client.login({ creds: { login: 'alice', password: 'new' } });
    expect(alice.client.iceServers).toEqual(iceServers);

    gateway.on('login', (request, to) => {
      to.answer(request, { message: 'logged in', sessid: 'another' });
    });
    await alice.client.login();
    expect(alice.client.iceServers).toEqual([]);
  });
});

describe('a call', () => {
  it('whose hold went unanswered may be held, so that unhold is asked of the server', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    gateway.on('telnyx_rtc.modify', () => undefined);
    const held = call.hold();
    await alice.clock.advance(10_000);
    expect(await held).toBe(false);
    gateway.on('telnyx_rtc.modify', (request, to) => {
      to.answer(request, { holdState: 'active' });
    });
    expect(await call.unhold()).toBe(true);
    expect(gateway.requests('telnyx_rtc.modify').map(({ params }) => params['action'])).toEqual([
      'hold',
      'unhold',
    ]);
    expect(await call.unhold()).toBe(true);
    expect(gateway.requests('telnyx_rtc.modify')).toHaveLength(2);
  });

  it('is held although the socket was already dead when that was asked', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    gateway.on('telnyx_rtc.modify', () => undefined);
    const held = call.hold();
    await settle();
    gateway.survivors = [call.id];
    gateway.on('telnyx_rtc.modify', (request, to) => {
      to.answer(request, { holdState: 'held' });
    });
    gateway.cut();
    await alice.clock.advance(A_WHILE);
    expect(await held).toBe(true);
    expect(call.state).toBe('held');
    expect(gateway.requests('telnyx_rtc.modify')).toHaveLength(2);
  });

  it('hung up without the server, ends with the cause that was given', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    await call.hangup({ cause: 'USER_BUSY', causeCode: 17 }, false);
    expect(call).toMatchObject({ state: 'destroy', cause: 'USER_BUSY', causeCode: 17 });
    expect(gateway.requests('telnyx_rtc.bye')).toEqual([]);
  });
});
