import {
  CipherContext,
  HashAlgorithm,
  MediaStream,
  NamedCurveAlgorithm,
  RTCCertificate,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  type RtcpPacket,
  RtcpRrPacket,
  RtcpSrPacket,
  RtpHeader,
  RtpPacket,
  SignatureAlgorithm,
} from 'werift';

import { MediaError } from './media-plane.ts';
import type { RtpStamp } from './outgoing-stream.ts';
import { toBrowserDescription, usableCandidate, type RemoteDescription } from './session-description.ts';
import {
  allowFullRestart,
  correctPacketIndex,
  followNomination,
  giveInOnConflict,
  keepFormerPair,
  knowStream,
  requireIntegrity,
  restartIce,
  startDtlsAtOnce,
  usePorts,
  withoutStunServer,
} from './werift-reach.ts';

/** One peer connection with a browser. No type of werift leaves this file and `werift-reach.ts`. */
export interface Peer {
  /** Answers a first offer, or one that renegotiates or restarts ICE. */
  answer(offer: RemoteDescription): Promise<string>;
  offer(): Promise<string>;
  acceptAnswer(answer: RemoteDescription): Promise<void>;
  addCandidate(candidate: string): Promise<void>;
  /** Whether what is sent reaches the network. */
  isReady(): boolean;
  sendAudio(stamp: RtpStamp, payload: Uint8Array): void;
  /** The clock rate of telephone-event, where the browser negotiated it. */
  telephoneEventClockRate(): number | undefined;
  sendTelephoneEvent(stamp: RtpStamp, payload: Uint8Array): void;
  /** What the browser says of what it receives; undefined before it has. */
  remoteReport(): RemoteReport | undefined;
  close(): Promise<void>;
}

export interface RemoteReport {
  packetsLost: number;
  jitterMs: number;
  roundTripMs?: number;
}

export interface PeerEvents {
  /** ICE has a pair and DTLS is up; again after each restart. */
  connected(): void;
  /** An authentic packet came, RTP or RTCP. */
  alive(): void;
  audio(packet: ReceivedPacket): void;
  telephoneEvent(packet: ReceivedPacket): void;
}

export interface ReceivedPacket {
  ssrc: number;
  sequence: number;
  timestamp: number;
  payload: Uint8Array;
}

/** At most one address of each family. */
export interface BoundAddresses {
  udp4?: string;
  udp6?: string;
}

export interface PeerOptions {
  addresses: readonly string[];
  /** As many as addresses; absent: any free ones. */
  ports?: readonly number[];
  /** What sockets are bound to; absent: every address of the machine. */
  boundTo?: BoundAddresses;
  certificate: PeerCertificate;
  /** Who makes the first offer. */
  offerer: 'browser' | 'gateway';
}

/** A DTLS certificate with its key; opaque to everybody else. */
export type PeerCertificate = RTCCertificate;

/** Costs some 10 ms. A browser continues its DTLS session where it sees the same certificate again. */
export async function makeCertificate(): Promise<PeerCertificate> {
  const { keyPem, certPem, signatureHash } = await CipherContext.createSelfSignedCertificateWithKey(
    { signature: SignatureAlgorithm.ecdsa_3, hash: HashAlgorithm.sha256_4 },
    NamedCurveAlgorithm.secp256r1_23,
  );
  return new RTCCertificate(keyPem, certPem, signatureHash);
}

const STREAM_ID = 'parley';
/** Of Opus in RTP (RFC 7587 §4.1). */
const CLOCK_RATE = 48_000;

/** @throws Error where a port could not be bound */
export async function createPeer(options: PeerOptions, events: PeerEvents): Promise<Peer> {
  const connection = new RTCPeerConnection({
    codecs: { audio: offeredCodecs(), video: [] },
    iceServers: [],
    // The list of addresses is the whole truth: without this, every interface of the machine is added.
    iceUseIpv4: false,
    iceUseIpv6: false,
    iceAdditionalHostAddresses: [...options.addresses],
    ...(options.boundTo && { iceInterfaceAddresses: { ...options.boundTo } }),
    // Towards a browser that offers, ICE lite connects soonest: the browser checks and nominates, and the gateway has
    // no checks of its own to lose. A lite offer would make the browser lose a round trip to a role conflict.
    iceLite: options.offerer === 'browser',
    bundlePolicy: 'max-bundle',
    certificates: [options.certificate],
  });
  const transceiver = connection.addTransceiver('audio', {
    direction: 'sendrecv',
    streams: [new MediaStream({ id: STREAM_ID })],
  });
  const dtls = transceiver.dtlsTransport;
  const ice = dtls.iceTransport;
  const link = ice.connection;

  /** Something came since the last description of the browser's. */
  let isHeard = false;

  withoutStunServer(link);
  if (options.ports !== undefined) usePorts(link, options.ports);
  requireIntegrity(link);
  followNomination(link);
  giveInOnConflict(link);
  keepFormerPair(link, () => isHeard);
  startDtlsAtOnce(dtls);
  correctPacketIndex(dtls);

  await ice.gather();
  if (link.localCandidates.length < options.addresses.length) {
    await connection.close();
    throw new Error(`No UDP socket could be opened for ${options.addresses.join(', ')}.`);
  }

  const isReady = (): boolean => dtls.state === 'connected';
  dtls.onStateChange.subscribe((state) => {
    if (state === 'connected') events.connected();
  });
  ice.onStateChange.subscribe((state) => {
    if (state === 'connected' && isReady()) events.connected();
  });
  const hear = (): void => {
    isHeard = true;
    events.alive();
  };
  let report: { packetsLost: number; jitter: number } | undefined;
  dtls.onRtcp.subscribe((packet) => {
    hear();
    report = reportOn(transceiver.sender.ssrc, packet) ?? report;
  });
  dtls.onRtp.subscribe((packet) => receive(packet));

  const receive = (packet: RtpPacket): void => {
    hear();
    knowStream(connection, packet.header.ssrc);
    const codec = transceiver.codecs.find(({ payloadType }) => payloadType === packet.header.payloadType);
    if (codec === undefined) return;
    const received = {
      ssrc: packet.header.ssrc,
      sequence: packet.header.sequenceNumber,
      timestamp: packet.header.timestamp,
      payload: packet.payload,
    };
    if (isTelephoneEvent(codec)) events.telephoneEvent(received);
    else events.audio(received);
  };

  const packetOf = (stamp: RtpStamp, payload: Uint8Array): RtpPacket =>
    new RtpPacket(
      new RtpHeader({
        sequenceNumber: stamp.sequence,
        timestamp: stamp.timestamp,
        marker: stamp.marker,
        ssrc: transceiver.sender.ssrc,
      }),
      Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength),
    );
  const telephoneEvent = (): RTCRtpCodecParameters | undefined => {
    const codecs = transceiver.codecs.filter(isTelephoneEvent);
    return codecs.find(({ clockRate }) => clockRate === 48_000) ?? codecs[0];
  };
  const applyRemote = async (type: 'offer' | 'answer', { sdp }: RemoteDescription): Promise<void> => {
    try {
      await connection.setRemoteDescription({ type, sdp });
    } catch (error) {
      throw new MediaError('bad-sdp', `The session description could not be applied: ${sentence(error)}`, {
        cause: error,
      });
    }
    allowFullRestart(ice);
  };

  return {
    answer: async (offer) => {
      isHeard = false;
      const connectedBefore = isReady();
      const { generation, iceControlling } = link;
      await applyRemote('offer', offer);
      // The role is for the life of the DTLS session. A client that starts at once is up a round trip sooner than a
      // server, which spends one on a cookie.
      if (dtls.role === 'auto') dtls.role = offer.setup === 'active' ? 'server' : 'client';
      await connection.setLocalDescription(await connection.createAnswer());
      if (connectedBefore && link.generation !== generation) restartIce(ice, iceControlling);
      return described(connection, offer.sections);
    },
    offer: async () => {
      await connection.setLocalDescription(await connection.createOffer());
      return described(connection);
    },
    acceptAnswer: async (answer) => {
      if (connection.signalingState !== 'have-local-offer')
        throw new MediaError('wrong-state', 'An answer came for a leg that has no offer open.');
      await applyRemote('answer', answer);
    },
    addCandidate: async (candidate) => {
      const usable = usableCandidate(candidate);
      if (usable === undefined || connection.signalingState === 'closed') return;
      await connection.addIceCandidate({ candidate: usable, sdpMLineIndex: 0 });
    },
    isReady,
    sendAudio: (stamp, payload) => {
      if (isReady()) void transceiver.sender.sendRtp(packetOf(stamp, payload));
    },
    telephoneEventClockRate: () => telephoneEvent()?.clockRate,
    sendTelephoneEvent: (stamp, payload) => {
      const codec = telephoneEvent();
      if (codec === undefined || !isReady()) return;
      // The sender would label it as Opus.
      const packet = packetOf(stamp, payload);
      packet.header.payloadType = codec.payloadType;
      void dtls.sendRtp(packet.payload, packet.header);
    },
    remoteReport: () =>
      report && {
        packetsLost: report.packetsLost,
        jitterMs: Math.round((report.jitter / CLOCK_RATE) * 100_000) / 100,
        ...roundTripOf(transceiver.sender.collectStats(0)),
      },
    close: () => connection.close(),
  };
}

function reportOn(ssrc: number, packet: RtcpPacket): { packetsLost: number; jitter: number } | undefined {
  if (!(packet instanceof RtcpRrPacket || packet instanceof RtcpSrPacket)) return undefined;
  return packet.reports.find((report) => report.ssrc === ssrc);
}

function roundTripOf(stats: readonly { type: string }[]): { roundTripMs?: number } {
  const remote = stats.find(({ type }) => type === 'remote-inbound-rtp');
  const seconds: unknown = remote && Reflect.get(remote, 'roundTripTime');
  return typeof seconds === 'number' && seconds >= 0 ? { roundTripMs: Math.round(seconds * 1000) } : {};
}

function offeredCodecs(): RTCRtpCodecParameters[] {
  const codec = (name: string, clockRate: number, payloadType: number, parameters: string, channels = 1) =>
    new RTCRtpCodecParameters({ mimeType: `audio/${name}`, clockRate, channels, payloadType, parameters });
  return [
    codec('opus', 48_000, 111, 'minptime=10;useinbandfec=1', 2),
    codec('telephone-event', 48_000, 110, '0-15'),
    codec('telephone-event', 8000, 126, '0-15'),
  ];
}

function isTelephoneEvent(codec: RTCRtpCodecParameters): boolean {
  return codec.mimeType.toLowerCase() === 'audio/telephone-event';
}

function described(connection: RTCPeerConnection, sections?: RemoteDescription['sections']): string {
  const sdp = connection.localDescription?.sdp;
  if (sdp === undefined) throw new Error('There is no local description.');
  return toBrowserDescription(sdp, sections);
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
