import { CALL_ANSWERED, fakeSdp, LOGIN_OK, ScriptedGateway, settle } from '@parley/testkit';
import { beforeEach, describe, expect, it } from 'vitest';

import { Alice } from './alice.fixture.ts';

let gateway: ScriptedGateway;

beforeEach(() => {
  gateway = new ScriptedGateway()
    .on('login', LOGIN_OK({ granted: ['recovery'] }))
    .on('telnyx_rtc.invite', CALL_ANSWERED);
});

const OUTLIVING = { hangupOnBeforeUnload: false };
const tokenOf = (sub: string) => `e30.${btoa(JSON.stringify({ sub }))}.c2ln`;

describe('a call that ended while its page was in the background', () => {
  it('without a network, and then the page was ended without a word: stays ended in the next page', async () => {
    const before = await Alice.ready(gateway, OUTLIVING);
    const call = await before.talk();
    before.isVisible = false;
    before.page('visibilitychange');
    gateway.reachable = false;
    gateway.cut();
    await before.clock.advance(1_000);
    void call.hangup();
    await before.clock.advance(6_000);
    // The browser discards the page; another takes its place.
    gateway.reachable = true;
    gateway.survivors = [call.id];
    const after = new Alice(gateway, OUTLIVING);
    after.storage = before.storage;
    await after.client.connect();
    await settle();
    gateway.push('telnyx_rtc.attach', { callID: call.id, sdp: fakeSdp('offer'), parley: { epoch: 1 } });
    await settle();
    expect(after.client.calls).toEqual({});
    expect(after.media.asked).toEqual([]);
  });

  it('and was told to the server: the next page does not claim it', async () => {
    const before = await Alice.ready(gateway, OUTLIVING);
    const call = await before.talk();
    before.isVisible = false;
    before.page('visibilitychange');
    await call.hangup();
    before.page('pagehide');
    gateway.cut();
    const after = new Alice(gateway, OUTLIVING);
    after.storage = before.storage;
    await after.client.connect();
    await settle();
    expect(after.errorCodes).toEqual([]);
    expect(gateway.requests('login').at(-1)?.params).toMatchObject({ parley: { calls: [] } });
  });

  it('and she signed out: nothing of it stays in the tab', async () => {
    const before = await Alice.ready(gateway, OUTLIVING);
    await before.talk();
    before.isVisible = false;
    before.page('visibilitychange');
    await before.client.disconnect();
    expect(before.storage.size).toBe(0);
  });
});

describe('two users of one page who sign in by tokens', () => {
  it('the second does not get what the first has left', async () => {
    const one = await Alice.ready(gateway, {
      ...OUTLIVING,
      login: undefined,
      password: undefined,
      login_token: tokenOf('alice'),
    });
    await one.talk();
    one.page('pagehide');
    gateway.cut();
    const carol = new Alice(gateway, {
      ...OUTLIVING,
      login: undefined,
      password: undefined,
      login_token: tokenOf('carol'),
    });
    carol.storage = one.storage;
    await carol.client.connect();
    await settle();
    expect(gateway.requests('login').at(-1)?.params).toMatchObject({ reconnection: false });
    expect(carol.errorCodes).toEqual([]);
  });
});
