import {
  CipherContext,
  DtlsClient,
  HashAlgorithm,
  type IceConnection,
  MediaStream,
  NamedCurveAlgorithm,
  RTCCertificate,
  type RTCDtlsTransport,
  type RTCIceTransport,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  RtpHeader,
  RtpPacket,
  RtpRouter,
  SignatureAlgorithm,
} from 'werift';

import { MediaError } from './media-plane.ts';
import type { RtpStamp } from './outgoing-stream.ts';
import { toBrowserDescription, usableCandidate, type RemoteDescription } from './session-description.ts';

/**
 * One peer connection with a browser. This file alone knows werift, and it reaches into what werift does not document:
 * each such place says why. The version is pinned exactly, and `werift-peer.test.ts` fails where one stops working.
 */
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
  close(): Promise<void>;
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

export interface PeerOptions {
  addresses: readonly string[];
  /** As many as addresses; absent: any free ones. */
  ports?: readonly number[];
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

/** @throws Error where a port could not be bound */
export async function createPeer(options: PeerOptions, events: PeerEvents): Promise<Peer> {
  const connection = new RTCPeerConnection({
    codecs: { audio: offeredCodecs(), video: [] },
    iceServers: [],
    // The list of addresses is the whole truth: without this, every interface of the machine is added.
    iceUseIpv4: false,
    iceUseIpv6: false,
    iceAdditionalHostAddresses: [...options.addresses],
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

  withoutStunServer(link);
  if (options.ports !== undefined) usePorts(link, options.ports);
  keepFormerPair(link);
  startDtlsAtOnce(dtls);
  replayEarlyDtls(dtls);

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
  dtls.onRtcp.subscribe(() => events.alive());
  dtls.onRtp.subscribe((packet) => receive(packet));

  const receive = (packet: RtpPacket): void => {
    events.alive();
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
    // An inactive section makes werift take the next ICE restart for a mere renomination, which keeps the local
    // credentials; a browser then ignores the restart.
    Reflect.set(ice, 'renominating', false);
  };

  return {
    answer: async (offer) => {
      const connectedBefore = isReady();
      const { generation, iceControlling } = link;
      await applyRemote('offer', offer);
      // Fixed by the first answer: the browser may not see the roles change while the DTLS session lives.
      if (dtls.role === 'auto') dtls.role = 'client';
      await connection.setLocalDescription(await connection.createAnswer());
      if (connectedBefore && link.generation !== generation) restartIce(ice, iceControlling);
      return described(connection);
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
    close: () => connection.close(),
  };
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

function described(connection: RTCPeerConnection): string {
  const sdp = connection.localDescription?.sdp;
  if (sdp === undefined) throw new Error('There is no local description.');
  return toBrowserDescription(sdp);
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** An empty list of ICE servers makes werift ask a public STUN server of its own choice. */
function withoutStunServer(link: IceConnection): void {
  delete link.stunServer;
}

/**
 * werift looks for a free port from the range's beginning for each socket, and two that look at the same time end in
 * an uncaught error. So each socket is given a range of its own with one port, in the order in which they are asked for.
 */
function usePorts(link: IceConnection, ports: readonly number[]): void {
  const left = [...ports];
  Object.defineProperty(link.options, 'portRange', {
    get: () => {
      const port = left.shift();
      return port === undefined ? undefined : [port, port];
    },
  });
}

/**
 * With DTLS up, werift does not start ICE again by itself after a restart. And it takes the answerer's role, where both
 * sides are to keep their roles (RFC 8445 §6.1.1): Firefox does not get over the conflict in half of the cases.
 */
function restartIce(ice: RTCIceTransport, wasControlling: boolean): void {
  ice.connection.iceControlling = wasControlling;
  void ice.start().catch(() => undefined);
}

/** In an ICE restart the pair is forgotten at once. Until another is nominated, the former one carries on. */
function keepFormerPair(link: IceConnection): void {
  const send = link.send.bind(link);
  let former: IceConnection['nominated'];
  link.send = async (data) => {
    if (link.nominated !== undefined) {
      former = link.nominated;
      await send(data);
    } else if (former !== undefined) {
      await former.protocol.sendData(data, former.remoteAddr);
    }
  };
}

/** As DTLS client werift waits 100 ms before its first message. It may go at once. */
function startDtlsAtOnce(dtls: RTCDtlsTransport): void {
  dtls.onStateChange.subscribe((state) => {
    if (state !== 'connecting') return;
    queueMicrotask(() => {
      const client = dtls.dtls;
      if (!(client instanceof DtlsClient)) return;
      const started = client.connect();
      client.connect = () => started;
    });
  });
}

/**
 * As DTLS server werift does not listen before its own side of ICE is done, and loses what a faster browser sent until
 * then; the browser would repeat it only after its retransmission timer.
 */
function replayEarlyDtls(dtls: RTCDtlsTransport): void {
  const early: Buffer[] = [];
  const link = dtls.iceTransport.connection;
  const { unSubscribe } = link.onData.subscribe((data) => {
    if (dtls.state === 'new' && isDtls(data) && early.length < MOST_EARLY) early.push(data);
  });
  dtls.onStateChange.subscribe((state) => {
    if (state !== 'connecting') return;
    unSubscribe();
    queueMicrotask(() => {
      for (const data of early.splice(0)) link.onData.execute(data);
    });
  });
}

const MOST_EARLY = 16;

/** RFC 7983 §7: the first byte tells the protocols on a port apart. */
function isDtls(data: Uint8Array): boolean {
  const first = data[0] ?? 0;
  return first >= 20 && first <= 63;
}

/** Reports about a stream go out only if the router knows its SSRC, which a description need not name. */
function knowStream(connection: RTCPeerConnection, ssrc: number): void {
  const router: unknown = Reflect.get(connection, 'router');
  const receiver = connection.getReceivers()[0];
  if (router instanceof RtpRouter && receiver !== undefined && router.ssrcTable[ssrc] === undefined)
    router.ssrcTable[ssrc] = receiver;
}
