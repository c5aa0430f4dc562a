import { CALL_ANSWERED, IGNORES, LOGIN_OK, ScriptedGateway, settle } from '@parley/testkit';
import { beforeEach, describe, expect, it } from 'vitest';

import { Alice } from './alice.fixture.ts';

let gateway: ScriptedGateway;

beforeEach(() => {
  gateway = new ScriptedGateway()
    .on('login', LOGIN_OK({ granted: ['recovery'] }))
    .on('telnyx_rtc.invite', CALL_ANSWERED);
});

const OUTLIVING = { hangupOnBeforeUnload: false };

describe('disconnect', () => {
  it('while the socket is being replaced, tells the server that the call is over', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    gateway.survivors = [call.id];
    gateway.cut();
    await settle();
    void alice.client.disconnect();
    await alice.clock.advance(5_000);
    const told = [
      ...gateway.requests('telnyx_rtc.bye'),
      ...gateway.requests('login').filter(({ params }) => (params['parley'] as { ended?: string[] }).ended),
    ];
    expect(told).not.toEqual([]);
  });

  it('while the socket is doubted, tells the server that the call is over', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    gateway.survivors = [call.id];
    gateway.on('telnyx_rtc.ping', IGNORES);
    gateway.hangs = true;
    await alice.clock.advance(7_600);
    expect(alice.connections.at(-1)?.state).toBe('reconnecting');
    void alice.client.disconnect();
    await alice.clock.advance(5_000);
    expect(gateway.requests('telnyx_rtc.bye')).toHaveLength(1);
  });

  it('of a page that waits for its calls, tells the server that they are over', async () => {
    const before = await Alice.ready(gateway, OUTLIVING);
    const call = await before.talk();
    gateway.survivors = [call.id];
    before.page('pagehide');
    gateway.cut();
    const after = new Alice(gateway, OUTLIVING);
    after.storage = before.storage;
    await after.client.connect();
    await settle();
    void after.client.disconnect();
    await after.clock.advance(5_000);
    expect(gateway.requests('telnyx_rtc.bye')).toHaveLength(1);
  });
});
