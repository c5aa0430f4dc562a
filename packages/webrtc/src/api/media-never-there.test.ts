import { CALL_ANSWERED, fakeSdp, LOGIN_OK, ScriptedGateway, settle } from '@parley/testkit';
import { beforeEach, describe, expect, it } from 'vitest';

import { Alice, NOTHING_LEFT } from './alice.fixture.ts';

let gateway: ScriptedGateway;

beforeEach(() => {
  gateway = new ScriptedGateway()
    .on('login', LOGIN_OK({ granted: ['recovery'] }))
    .on('telnyx_rtc.invite', CALL_ANSWERED);
});

const OUTLIVING = { hangupOnBeforeUnload: false };

describe('a call of another page, in a browser that makes no peer connection', () => {
  it('ends in the end', async () => {
    const before = await Alice.ready(gateway, OUTLIVING);
    const call = await before.talk();
    gateway.survivors = [call.id];
    before.page('pagehide');
    gateway.cut();
    const after = new Alice(gateway, OUTLIVING);
    after.storage = before.storage;
    (after.client.core().platform as { createPeerConnection: unknown }).createPeerConnection = () => {
      throw new Error('Too many');
    };
    let epoch = 0;
    gateway.on('parley.remake', (request, to) => {
      to.answer(request, {});
      to.push('telnyx_rtc.attach', { callID: call.id, sdp: fakeSdp('offer'), parley: { epoch: ++epoch } });
    });
    await after.client.connect();
    await settle();
    gateway.push('telnyx_rtc.attach', { callID: call.id, sdp: fakeSdp('offer'), parley: { epoch: ++epoch } });
    await settle();
    await after.clock.advance(250_000);
    expect(after.leftovers).toEqual(NOTHING_LEFT);
  });
});

describe('candidates before there is a description', () => {
  it('are kept, but not all that a server may send', async () => {
    gateway.on('telnyx_rtc.invite', (request, to) => {
      to.answer(request, {});
    });
    const alice = await Alice.ready(gateway);
    const call = await alice.dial();
    for (let n = 0; n < 5_000; n++)
      gateway.push('telnyx_rtc.candidate', { callID: call.id, candidate: `candidate:${n}`, sdpMid: '0' });
    await settle();
    let added = 0;
    const peer = alice.media.peers.at(-1) as unknown as { addIceCandidate: () => Promise<void> };
    peer.addIceCandidate = () => {
      added += 1;
      return Promise.resolve();
    };
    gateway.push('telnyx_rtc.answer', { callID: call.id, sdp: fakeSdp('answer') });
    await settle();
    expect(added).toBeLessThanOrEqual(100);
  });
});
