import { fakeSdp, IGNORES, LOGIN_OK, REFUSES, ScriptedGateway, settle } from '@parley/testkit';
import { beforeEach, describe, expect, it } from 'vitest';

import { Alice, NOTHING_LEFT } from './alice.fixture.ts';
import type { Call } from './call.ts';
import type { IClientOptions } from './options.ts';

let gateway: ScriptedGateway;

beforeEach(() => {
  gateway = new ScriptedGateway();
});

const GRANTS = LOGIN_OK({ granted: ['preAnswer', 'earlyMedia'] });

async function ringing(options?: IClientOptions): Promise<{ alice: Alice; call: Call }> {
  const alice = await Alice.ready(gateway, options);
  gateway.invite('in-1', { dialogParams: { custom_headers: [{ name: 'X-Ticket', value: '7' }] } });
  await settle();
  const [call] = alice.incoming;
  if (!call) throw new Error('Nothing rings');
  return { alice, call };
}

describe('alice is called by bob', () => {
  it('and it rings, without a microphone and without a peer connection [OFFER-2, EXT-2]', async () => {
    const alice = await Alice.ready(gateway, { ringtoneFile: 'ring.mp3' });
    const id = gateway.invite('in-1', { client_state: 'Zm9v' });
    await settle();
    const [call] = alice.incoming;
    expect(call).toMatchObject({
      id: 'in-1',
      direction: 'inbound',
      state: 'ringing',
      prevState: 'new',
      options: {
        remoteCallerName: 'Bob',
        remoteCallerNumber: 'bob',
        destinationNumber: 'alice',
        callerNumber: 'alice',
        clientState: 'Zm9v',
        telnyxLegId: 'leg',
      },
    });
    expect(gateway.acknowledgements(id)).toMatchObject([{ result: { method: 'telnyx_rtc.invite' } }]);
    expect(alice.media.sounds).toMatchObject([{ src: 'ring.mp3', loop: true, paused: false }]);
    expect(alice.leftovers).toMatchObject({ tracks: 0, peers: 0 });
    expect(alice.client.calls['in-1']).toBe(call);
    expect(gateway.requests('parley.preAnswer')).toEqual([]);
  });

  it('and answers', async () => {
    const iceServers = [{ urls: 'stun:stun.test' }];
    const { alice, call } = await ringing({ ringtoneFile: 'ring.mp3', iceServers });
    await call.answer();
    expect(alice.statesOf(call)).toEqual(['new', 'ringing', 'answering', 'active']);
    const [peer] = alice.media.openPeers;
    expect(gateway.requests('telnyx_rtc.answer').map(({ params }) => params)).toEqual([
      {
        sessid: 'S',
        sdp: peer?.localDescription?.sdp,
        'User-Agent': 'Web-2.28.0',
        dialogParams: expect.objectContaining({
          callID: 'in-1',
          custom_headers: [{ name: 'X-Ticket', value: '7' }],
        }),
      },
    ]);
    expect(peer?.sending).toBe(alice.media.liveTracks[0]);
    expect(peer?.transceivers).toMatchObject([{ direction: 'sendrecv' }]);
    expect(peer?.configuration).toMatchObject({ iceServers, iceCandidatePoolSize: 0 });
    expect(alice.media.elements.get('remote')?.srcObject).toBe(call.remoteStream);
    expect(alice.media.sounds).toMatchObject([{ paused: true }]);
    await call.hangup();
    await alice.client.disconnect();
    await settle();
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it('and answers with headers, elements and a stream of her own', async () => {
    const { alice, call } = await ringing();
    const own = alice.media.element('own');
    call.options.localStream = await alice.media.ports().devices.getUserMedia({ audio: true });
    await call.answer({ customHeaders: [{ name: 'X-Reply', value: '8' }], remoteElement: 'own' });
    expect(gateway.requests('telnyx_rtc.answer')).toMatchObject([
      { params: { dialogParams: { custom_headers: [{ name: 'X-Reply', value: '8' }] } } },
    ]);
    expect(own.srcObject).toBe(call.remoteStream);
    expect(alice.media.peers[0]?.sending).toBe(call.options.localStream.getAudioTracks()[0]);
  });

  it('and answers twice: the second time is told to be needless', async () => {
    const { alice, call } = await ringing();
    await Promise.all([call.answer(), call.answer()]);
    expect(alice.warningCodes).toEqual([33006]);
    expect(gateway.requests('telnyx_rtc.answer')).toHaveLength(1);
  });

  it('and rejects', async () => {
    const { alice, call } = await ringing({ ringtoneFile: 'ring.mp3' });
    await call.hangup();
    expect(gateway.requests('telnyx_rtc.bye')).toMatchObject([
      { params: { cause: 'USER_BUSY', causeCode: 17, dialogParams: { callID: 'in-1' } } },
    ]);
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it('and bob gives up: answering then opens nothing', async () => {
    const { alice, call } = await ringing();
    gateway.push('telnyx_rtc.bye', { callID: 'in-1', cause: 'ORIGINATOR_CANCEL', causeCode: 487 });
    await settle();
    expect(call).toMatchObject({ state: 'destroy', cause: 'ORIGINATOR_CANCEL', causeCode: 487 });
    await call.answer();
    expect(alice.media.asked).toEqual([]);
    expect(gateway.requests('telnyx_rtc.answer')).toEqual([]);
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it('and has no microphone: the call ends for both', async () => {
    const { alice, call } = await ringing();
    alice.media.inputs = [];
    await call.answer();
    await settle();
    expect(alice.errors).toMatchObject([{ error: { code: 42002 }, callId: 'in-1' }]);
    expect(gateway.requests('telnyx_rtc.answer')).toEqual([]);
    expect(gateway.requests('telnyx_rtc.bye')).toHaveLength(1);
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it('and the server refuses the answer, or never confirms it', async () => {
    gateway.on('telnyx_rtc.answer', REFUSES(-32003, 'No such call'));
    const refused = await ringing();
    await refused.call.answer();
    await settle();
    expect(refused.alice.errorCodes).toEqual([40005]);
    expect(gateway.requests('telnyx_rtc.bye')).toEqual([]);
    expect(refused.alice.leftovers).toEqual(NOTHING_LEFT);

    gateway = new ScriptedGateway().on('telnyx_rtc.answer', IGNORES);
    const ignored = await ringing();
    const answered = ignored.call.answer();
    await ignored.alice.clock.advance(10_000);
    await answered;
    expect(ignored.alice.errorCodes).toEqual([40005]);
    expect(gateway.requests('telnyx_rtc.bye')).toHaveLength(1);
    expect(ignored.alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it('and never decides about the microphone: it ends after a minute', async () => {
    const { alice, call } = await ringing();
    alice.media.beforeStep = (step) => (step === 'getUserMedia' ? new Promise(() => undefined) : undefined);
    const answered = call.answer();
    await alice.clock.advance(60_000);
    await answered;
    expect(call.state).toBe('destroy');
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it('by the same invite twice, while it rings and in the call, which stays one call [OFFER-3]', async () => {
    const { alice, call } = await ringing();
    const id = gateway.invite('in-1');
    await settle();
    expect(alice.incoming).toEqual([call]);
    expect(gateway.acknowledgements(id)).toHaveLength(1);

    await call.answer();
    gateway.invite('in-1');
    await settle();
    expect(alice.client.calls['in-1']).toBe(call);
    expect(alice.statesOf(call)).toEqual(['new', 'ringing', 'answering', 'active']);
    expect(alice.media.peers).toHaveLength(1);
  });

  it('in a call that she has ended, which stays ended', async () => {
    const { alice, call } = await ringing();
    await call.hangup();
    gateway.invite('in-1');
    await settle();
    expect(alice.incoming).toEqual([call]);
    expect(gateway.requests('telnyx_rtc.bye')).toHaveLength(2);
  });

  it('while her listener of the new call hangs up at once', async () => {
    const alice = await Alice.ready(gateway, { ringtoneFile: 'ring.mp3' });
    alice.client.on('telnyx.notification', ({ call }) => {
      if (call?.state === 'new') void call.hangup();
    });
    gateway.invite('in-1');
    await settle();
    expect(gateway.requests('telnyx_rtc.bye')).toHaveLength(1);
    expect(alice.media.sounds).toEqual([]);
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it('while her listener of the new call answers at once', async () => {
    const alice = await Alice.ready(gateway, { ringtoneFile: 'ring.mp3' });
    alice.client.on('telnyx.notification', ({ call }) => {
      if (call?.state === 'ringing') void call.answer();
    });
    gateway.invite('in-1');
    await settle();
    expect(alice.incoming[0]?.state).toBe('active');
    expect(alice.media.sounds).toEqual([]);
    expect(alice.media.peers).toHaveLength(1);
  });
});

describe('alice, whose server takes an answer in advance, is called by bob', () => {
  it('and readies it while it rings, without a microphone and without a sound', async () => {
    gateway.on('login', GRANTS);
    const { alice, call } = await ringing();
    const [peer] = alice.media.peers;
    expect(gateway.requests('parley.preAnswer').map(({ params }) => params)).toEqual([
      {
        sessid: 'S',
        sdp: peer?.localDescription?.sdp,
        'User-Agent': 'Web-2.28.0',
        dialogParams: { callID: 'in-1' },
      },
    ]);
    expect(peer?.transceivers).toMatchObject([{ direction: 'sendrecv' }]);
    expect(alice.media.asked).toEqual([]);
    expect(call.remoteStream).toBeNull();
    expect(alice.media.elements.get('remote')?.srcObject).toBeNull();

    await call.answer();
    expect(gateway.requests('telnyx_rtc.answer').map(({ params }) => params)).toEqual([
      { sessid: 'S', dialogParams: expect.objectContaining({ callID: 'in-1' }) },
    ]);
    expect(alice.media.peers).toHaveLength(1);
    expect(peer?.sending).toBe(alice.media.liveTracks[0]);
    expect(alice.media.elements.get('remote')?.srcObject).toBe(call.remoteStream);
  });

  it('and answers by the common way where the server does not take it after all', async () => {
    gateway.on('login', GRANTS).on('parley.preAnswer', REFUSES(-32601));
    const { alice, call } = await ringing();
    await call.answer();
    expect(gateway.requests('telnyx_rtc.answer')).toMatchObject([
      { params: { sdp: alice.media.peers[0]?.localDescription?.sdp } },
    ]);
    expect(call.state).toBe('active');
    expect(alice.errors).toEqual([]);
  });

  it('and answers by the common way where the browser could not ready it', async () => {
    gateway.on('login', GRANTS);
    const alice = await Alice.ready(gateway);
    let broken = true;
    alice.media.beforeStep = (step) => {
      if (broken && step === 'createAnswer') throw new DOMException('No', 'OperationError');
    };
    gateway.invite('in-1');
    await settle();
    broken = false;
    const [call] = alice.incoming;
    await call?.answer();
    expect(call?.state).toBe('active');
    expect(alice.media.openPeers).toHaveLength(1);
    await call?.hangup();
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it('and rejects: nothing is left of what was readied', async () => {
    gateway.on('login', GRANTS);
    const { alice, call } = await ringing();
    await call.hangup();
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });
});

describe('a server that offers a call anew', () => {
  async function talking(): Promise<{ alice: Alice; call: Call }> {
    const { alice, call } = await ringing();
    await call.answer();
    alice.media.peers[0]?.become('connected');
    return { alice, call };
  }

  it('gets an answer from another peer connection, and the call is the same object', async () => {
    const { alice, call } = await talking();
    const before = call.remoteStream;
    call.muteAudio();
    const id = gateway.push('telnyx_rtc.attach', { callID: 'in-1', sdp: fakeSdp('offer') });
    await settle();
    expect(gateway.acknowledgements(id)).toMatchObject([{ result: { method: 'telnyx_rtc.attach' } }]);
    expect(gateway.requests('telnyx_rtc.attach')).toMatchObject([
      {
        params: {
          sdp: alice.media.peers[1]?.localDescription?.sdp,
          dialogParams: { callID: 'in-1', attach: true, recoveredCallId: 'in-1' },
        },
      },
    ]);
    expect(alice.statesOf(call).slice(-2)).toEqual(['recovering', 'active']);
    expect(alice.client.calls['in-1']).toBe(call);
    expect(new Set(alice.notifications.map(({ call: told }) => told))).toEqual(new Set([call]));
    expect(call.direction).toBe('inbound');
    expect(alice.media.tracks).toHaveLength(1);
    expect(alice.media.peers.map(({ sending }) => sending)).toEqual([
      alice.media.tracks[0],
      alice.media.tracks[0],
    ]);

    // Make before break: the old connection is heard until the new one is there.
    expect(alice.media.openPeers).toHaveLength(2);
    expect(alice.media.elements.get('remote')?.srcObject).toBe(before);
    alice.media.peers[1]?.become('connected');
    expect(alice.media.openPeers).toEqual([alice.media.peers[1]]);
    expect(alice.media.elements.get('remote')?.srcObject).toBe(call.remoteStream);
    expect(call.remoteStream).not.toBe(before);
    expect(call.isAudioMuted).toBe(true);
    await call.hangup();
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it('leaves a held call held', async () => {
    const { alice, call } = await talking();
    await call.hold();
    gateway.push('telnyx_rtc.attach', { callID: 'in-1', sdp: fakeSdp('offer') });
    await settle();
    expect(alice.statesOf(call).slice(-3)).toEqual(['held', 'recovering', 'held']);
  });

  it('twice in a row, leaves one peer connection', async () => {
    const { alice, call } = await talking();
    gateway.push('telnyx_rtc.attach', { callID: 'in-1', sdp: fakeSdp('offer') });
    gateway.push('telnyx_rtc.attach', { callID: 'in-1', sdp: fakeSdp('offer') });
    await settle();
    expect(call.state).toBe('active');
    alice.media.peers[2]?.become('connected');
    expect(alice.media.openPeers).toEqual([alice.media.peers[2]]);
  });

  it('while it rings, rings on and is answered by the new offer', async () => {
    const { alice, call } = await ringing();
    const sdp = fakeSdp('second offer');
    gateway.push('telnyx_rtc.attach', { callID: 'in-1', sdp });
    await settle();
    expect(call.state).toBe('ringing');
    expect(alice.media.asked).toEqual([]);
    await call.answer();
    expect(alice.media.openPeers.map(({ remoteDescription }) => remoteDescription?.sdp)).toEqual([sdp]);
  });

  it('while she answers, is answered by the new offer, in advance or not', async () => {
    for (const grants of [LOGIN_OK(), GRANTS]) {
      gateway = new ScriptedGateway().on('login', grants);
      const { alice, call } = await ringing();
      const answered = call.answer();
      const sdp = fakeSdp('second offer');
      gateway.push('telnyx_rtc.attach', { callID: 'in-1', sdp });
      alice.media.beforeStep = () => settle();
      await answered;
      expect(call.state).toBe('active');
      expect(alice.media.openPeers.map(({ remoteDescription }) => remoteDescription?.sdp)).toContain(sdp);
      await call.hangup();
      expect(alice.leftovers).toEqual(NOTHING_LEFT);
    }
  });

  it('that is not here, gets a bye, and no microphone [ATTACH-1]', async () => {
    const alice = await Alice.ready(gateway);
    const id = gateway.push('telnyx_rtc.attach', { callID: 'never-seen', sdp: fakeSdp('offer') });
    await settle();
    expect(gateway.acknowledgements(id)).toHaveLength(1);
    expect(gateway.requests('telnyx_rtc.bye')).toMatchObject([
      { params: { dialogParams: { callID: 'never-seen' } } },
    ]);
    expect(alice.warnings).toMatchObject([
      { warning: { code: 35002 }, params: expect.objectContaining({ callID: 'never-seen' }) },
    ]);
    expect(alice.media.asked).toEqual([]);
    expect(alice.incoming).toEqual([]);
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });
});
