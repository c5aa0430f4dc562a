import { CALL_ANSWERED, LOGIN_OK, ScriptedGateway, settle } from '@parley/testkit';
import { beforeEach, describe, expect, it } from 'vitest';

import { Alice, NOTHING_LEFT } from './alice.fixture.ts';

const turn = (credential: string) => [{ urls: 'turn:turn.test', username: 'u', credential }];

let gateway: ScriptedGateway;

beforeEach(() => {
  gateway = new ScriptedGateway()
    .on('login', LOGIN_OK({ granted: ['iceServers'], iceServers: turn('old') }))
    .on('telnyx_rtc.invite', CALL_ANSWERED);
});

describe('a client that may ask ICE servers', () => {
  it('does so before there is a call, which then uses what was found', async () => {
    const alice = await Alice.ready(gateway);
    const [spare] = alice.media.openPeers;
    expect(spare?.configuration).toMatchObject({ iceServers: turn('old'), iceCandidatePoolSize: 1 });
    const call = await alice.talk();
    expect(call.peer?.instance).toBe(spare);
    expect(alice.media.openPeers).toHaveLength(1);
    await call.hangup();
    expect(alice.media.openPeers).toHaveLength(1);
    await alice.client.disconnect();
    await settle();
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it.each([
    ['prefetchIceCandidates is false', { prefetchIceCandidates: false }],
    ['there are none to ask', { iceServers: [] }],
  ])('does not where %s', async (_why, options) => {
    const alice = await Alice.ready(gateway, options);
    expect(alice.media.peers).toEqual([]);
  });

  it('lets go what was found where it may lead nowhere: after a while, without its socket, with other credentials', async () => {
    const alice = await Alice.ready(gateway);
    gateway.push('parley.iceServers', { iceServers: turn('new') });
    await settle();
    expect(alice.media.openPeers.map(({ configuration }) => configuration.iceServers)).toEqual([turn('new')]);
    gateway.reachable = false;
    gateway.cut();
    await settle();
    expect(alice.media.openPeers).toEqual([]);
    gateway.reachable = true;
    await alice.clock.advance(20_000);
    expect(alice.media.openPeers).toHaveLength(1);
    await alice.clock.advance(300_000);
    expect(alice.media.openPeers).toEqual([]);
  });

  it('does not use it for a call with servers of its own', async () => {
    const alice = await Alice.ready(gateway);
    alice.client.newCall({ destinationNumber: 'bob', iceServers: turn('own') });
    await settle();
    expect(alice.media.openPeers.map(({ configuration }) => configuration.iceServers)).toEqual([turn('own')]);
  });
});
