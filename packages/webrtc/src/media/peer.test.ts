import { FakeMedia, fakeSdp, ManualClock, settle } from '@parley/testkit';
import { describe, expect, it } from 'vitest';

import { Stopped } from '../kernel/task-queue.ts';
import { NegotiationError, NoRelayError, Peer, type PeerOptions } from './peer.ts';

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
      noRelay: (error) => told.push(error.name),
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
    await offer;
    expect(peer).toMatchObject({ isDescribed: true, trickles: undefined });
    expect(peer.localDescription).toContain('typ relay');
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
    await peer.offer();
    expect(peer).toMatchObject({ isDescribed: true, trickles: true });
    connection.found(host);
    const passed: (string | undefined)[] = [];
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

describe('a description for relays alone', () => {
  const relayed = (trickle: boolean) =>
    open({ trickle, configuration: { ...SERVERS.configuration, iceTransportPolicy: 'relay' } });
  const behind = 'candidate:3 1 udp 1 192.0.2.1 4002 typ relay raddr 10.1.2.3 rport 5000 generation 0';

  it('has no address but those of relays, whatever the browser finds', async () => {
    const { peer, connection } = relayed(false);
    const offer = peer.offer();
    await settle();
    for (const found of [host, relay, behind]) connection.found(found);
    connection.gathered();
    await offer;
    expect(peer.localDescription?.match(/^a=candidate.*$/gm)).toEqual([
      `a=${relay}`,
      'a=candidate:3 1 udp 1 192.0.2.1 4002 typ relay raddr 0.0.0.0 rport 9 generation 0',
    ]);
  });

  it('is followed by candidates of relays alone', async () => {
    const { peer, connection, clock, told } = relayed(true);
    await peer.offer();
    const passed: (string | undefined)[] = [];
    peer.releaseCandidates({
      candidate: ({ candidate }) => passed.push(candidate),
      endOfCandidates: () => passed.push('end'),
    });
    for (const found of [host, behind]) connection.found(found);
    connection.gathered();
    expect(passed).toEqual([expect.stringContaining('typ relay raddr 0.0.0.0 rport 9'), 'end']);
    expect({ told, timers: clock.pending }).toEqual({ told: [], timers: 0 });
  });

  it('fails where no relay is found within 5 seconds, other candidates or not', async () => {
    const { peer, connection, clock, told } = relayed(false);
    const offer = peer.offer();
    await settle();
    connection.found(host);
    const refused = expect(offer).rejects.toBeInstanceOf(NoRelayError);
    await clock.advance(5_000);
    await refused;
    expect(told).toEqual(['none']);
  });

  it.each([
    { when: 'after 5 seconds', afterMs: 5_000 },
    { when: 'when the browser has no more', afterMs: 0 },
  ])('that has left is told to have no relay $when', async ({ afterMs }) => {
    const { peer, connection, clock, told } = relayed(true);
    await peer.offer();
    connection.found(host);
    if (afterMs === 0) connection.onicecandidate?.({ candidate: null });
    await clock.advance(afterMs);
    expect(told).toEqual(['none', 'NoRelayError']);
    peer.close();
    expect(clock.pending).toBe(0);
  });
});

describe('other ICE servers', () => {
  const configuration = { iceServers: [{ urls: 'stun:a' }], iceCandidatePoolSize: 1 };

  it('are set beside what the peer connection was made with', () => {
    const { peer, connection } = open({ configuration });
    peer.setIceServers([{ urls: 'stun:b' }]);
    expect(connection.configuration).toEqual({ ...configuration, iceServers: [{ urls: 'stun:b' }] });
  });

  it('that the browser refuses, change nothing', () => {
    const { peer, connection } = open({ configuration });
    peer.close();
    peer.setIceServers([{ urls: 'stun:b' }]);
    expect(connection.configuration).toBe(configuration);
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
