import { FakeMedia, fakeSdp, ManualClock, settle } from '@parley/testkit';
import { describe, expect, it } from 'vitest';

import { Stopped } from '../kernel/task-queue.ts';
import { NegotiationError, Peer, type PeerOptions } from './peer.ts';

const OPTIONS: PeerOptions = {
  configuration: {},
  trickle: false,
  preferredCodecs: [],
  direction: 'sendrecv',
  microphone: undefined,
};
const SERVERS: Partial<PeerOptions> = { configuration: { iceServers: [{ urls: 'stun:a' }] } };

function open(options: Partial<PeerOptions> = {}) {
  const media = new FakeMedia();
  const clock = new ManualClock();
  const told: unknown[] = [];
  const peer = new Peer(
    { ...OPTIONS, ...options },
    { ...media.ports(), startTimer: clock.startTimer },
    {
      remoteStream: (stream) => told.push(stream.getTracks().length),
      connectionState: (state) => told.push(state),
      poorCandidates: (kinds) => told.push(kinds),
    },
  );
  const [connection] = media.peers;
  if (!connection) throw new Error('No peer connection');
  connection.gathersAtOnce = false;
  return { peer, connection, media, clock, told };
}

/** Whether a promise has settled by now. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  promise.then(
    () => (done = true),
    () => (done = true),
  );
  await settle();
  return done;
}

const host = 'candidate:1 1 udp 1 127.0.0.1 4000 typ host';
const relay = 'candidate:2 1 udp 1 192.0.2.1 4001 typ relay';

describe('a description without trickle', () => {
  it('is ready when nothing more is to be found', async () => {
    const { peer, connection, clock } = open(SERVERS);
    const offer = peer.offer();
    await settle();
    connection.found(relay);
    expect(await settled(offer)).toBe(false);
    connection.gathered();
    expect(await offer).toMatchObject({ sdp: expect.stringContaining('typ relay'), trickle: false });
    expect(clock.pending).toBe(0);
  });

  it('waits for servers a second from the first candidate on', async () => {
    const { peer, connection, clock, told } = open(SERVERS);
    const offer = peer.offer();
    await settle();
    await clock.advance(700);
    connection.found(host);
    await clock.advance(999);
    expect(await settled(offer)).toBe(false);
    await clock.advance(1);
    expect(await settled(offer)).toBe(true);
    expect(told).toEqual(['host-only']);
    expect(clock.pending).toBe(0);
  });

  it('waits 30 ms where there is no server to ask', async () => {
    const { peer, connection, clock, told } = open();
    const offer = peer.offer();
    await settle();
    connection.found(host);
    await clock.advance(29);
    expect(await settled(offer)).toBe(false);
    await clock.advance(1);
    expect(await settled(offer)).toBe(true);
    expect(told).toEqual([]);
  });

  it('leaves after 5 seconds where nothing is found at all, and says so', async () => {
    const { peer, clock, told } = open(SERVERS);
    const offer = peer.offer();
    await settle();
    await clock.advance(4_999);
    expect(await settled(offer)).toBe(false);
    await clock.advance(1);
    expect(await settled(offer)).toBe(true);
    expect(told).toEqual(['none']);
  });
});

describe('a description with trickle', () => {
  it('is ready at once; candidates wait until it was sent, and end once', async () => {
    const { peer, connection, clock } = open({ ...SERVERS, trickle: true });
    expect(await peer.offer()).toMatchObject({ trickle: true });
    connection.found(host);
    const passed: string[] = [];
    peer.releaseCandidates({
      candidate: ({ candidate }) => passed.push(candidate),
      endOfCandidates: () => passed.push('end'),
    });
    expect(passed).toEqual([host]);
    connection.found(relay);
    connection.onicecandidate?.({ candidate: { candidate: '' } });
    connection.onicecandidate?.({ candidate: null });
    expect(passed).toEqual([host, relay, 'end']);
    expect(clock.pending).toBe(0);
  });
});

describe('a peer', () => {
  it('answers the audio that is offered, in both directions, and nothing else', async () => {
    const { peer, connection, told } = open();
    connection.addTransceiver('video', { direction: 'recvonly' });
    connection.addTransceiver('audio', { direction: 'recvonly' });
    connection.addTransceiver('audio', { direction: 'recvonly' });
    connection.gathersAtOnce = true;
    await peer.answer(fakeSdp('offer'));
    expect(connection.transceivers.map(({ direction }) => direction)).toEqual([
      'inactive',
      'sendrecv',
      'inactive',
    ]);
    expect(told).toEqual([1, 1, 1]);
  });

  it('sends the track that it was given before it had a transceiver', async () => {
    const { peer, connection, media } = open();
    const stream = await media.ports().devices.getUserMedia({ audio: true });
    await peer.send(stream.getAudioTracks()[0]);
    connection.gathersAtOnce = true;
    await peer.offer();
    expect(connection.sending).toBe(stream.getAudioTracks()[0]);
    await peer.send(undefined);
    expect(connection.sending).toBeNull();
  });

  it('prefers the codecs of the application, as far as the browser has them', async () => {
    const { peer, connection } = open({
      preferredCodecs: [{ mimeType: 'audio/pcmu' }, { mimeType: 'audio/G722' }, { mimeType: 'audio/opus' }],
    });
    connection.gathersAtOnce = true;
    await peer.offer();
    expect(connection.transceivers[0]?.codecs.map(({ mimeType }) => mimeType)).toEqual([
      'audio/PCMU',
      'audio/opus',
    ]);
  });

  it.each(['createOffer', 'setLocalDescription'])(
    'names the step that the browser refused (%s)',
    async (step) => {
      const { peer, media } = open();
      media.beforeStep = (each) => {
        if (each === step) throw new DOMException('No', 'OperationError');
      };
      await expect(peer.offer()).rejects.toMatchObject({
        name: 'NegotiationError',
        step: step === 'createOffer' ? 'create-offer' : 'local-description',
      });
    },
  );

  it('refuses a description that is none', async () => {
    await expect(open().peer.answer('nonsense')).rejects.toBeInstanceOf(NegotiationError);
  });

  it('keeps candidates until it has a remote description, and survives bad ones', async () => {
    const { peer, connection, media } = open();
    media.beforeStep = (step) => {
      if (step === 'addIceCandidate') throw new DOMException('No', 'OperationError');
    };
    peer.addCandidate({ candidate: host });
    connection.gathersAtOnce = true;
    await peer.answer(fakeSdp('offer'));
    peer.addCandidate({ candidate: relay });
    await settle();
    expect(connection.remoteCandidates).toEqual([]);
  });

  it('closed while it works, rejects what is left and leaves no timer', async () => {
    const { peer, connection, clock } = open(SERVERS);
    const offer = peer.offer();
    const answer = peer.acceptAnswer(fakeSdp('answer'));
    await settle();
    expect(clock.pending).toBe(1);
    peer.close();
    await expect(offer).rejects.toBeInstanceOf(Stopped);
    await expect(answer).rejects.toBeInstanceOf(Stopped);
    expect(clock.pending).toBe(0);
    expect(connection.connectionState).toBe('closed');
  });
});
