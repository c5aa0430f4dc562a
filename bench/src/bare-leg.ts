import {
  type RTCDtlsTransport,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  RtpHeader,
  RtpPacket,
} from 'werift';

/** A peer connection as werift makes it, for one stream of audio each way. */
export interface BareLeg {
  offer(): Promise<string>;
  answer(offer: string): Promise<string>;
  acceptAnswer(answer: string): Promise<void>;
  /** Sends on to the other leg whatever comes in from now on. */
  feeds(other: BareLeg): void;
  send(packet: RtpPacket): void;
  onPacket(listener: (packet: RtpPacket) => void): void;
  close(): Promise<void>;
}

export function makeBareLeg(): BareLeg {
  const connection = new RTCPeerConnection({
    codecs: { audio: [opus()], video: [] },
    iceServers: [],
    iceUseIpv4: false,
    iceUseIpv6: false,
    iceAdditionalHostAddresses: ['127.0.0.1'],
  });
  const { sender, dtlsTransport } = connection.addTransceiver('audio', { direction: 'sendrecv' });
  // Where no ICE server is named, werift asks a public one.
  delete dtlsTransport.iceTransport.connection.stunServer;
  greetOnce(dtlsTransport);
  const described = () => connection.localDescription?.sdp ?? '';
  const leg: BareLeg = {
    offer: async () => {
      await connection.setLocalDescription(await connection.createOffer());
      return described();
    },
    answer: async (sdp) => {
      await connection.setRemoteDescription({ type: 'offer', sdp });
      await connection.setLocalDescription(await connection.createAnswer());
      return described();
    },
    acceptAnswer: (sdp) => connection.setRemoteDescription({ type: 'answer', sdp }),
    feeds: (other) => {
      leg.onPacket(({ header, payload }) => {
        other.send(
          new RtpPacket(
            new RtpHeader({
              sequenceNumber: header.sequenceNumber,
              timestamp: header.timestamp,
              marker: header.marker,
            }),
            payload,
          ),
        );
      });
    },
    send: (packet) => {
      if (dtlsTransport.state === 'connected') void sender.sendRtp(packet);
    },
    onPacket: (listener) => {
      connection.onTrack.subscribe((track) => {
        track.onReceiveRtp.subscribe(listener);
      });
    },
    close: () => connection.close(),
  };
  return leg;
}

/**
 * werift begins DTLS with an exchange of cookies, and fails for good where either half of it is repeated: after half a
 * second in which a busy process did not answer. Browsers do not, so it must not count for or against anybody.
 */
function greetOnce(dtls: RTCDtlsTransport): void {
  const { onData } = dtls.iceTransport.connection;
  const pass = onData.execute;
  const greeted = new Set<number>();
  onData.execute = (data: Buffer) => {
    const greeting = dtls.state === 'connecting' ? greetingOf(data) : undefined;
    if (greeting !== undefined && greeted.has(greeting)) return;
    if (greeting !== undefined) greeted.add(greeting);
    pass(data);
  };
}

const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const HELLO_VERIFY_REQUEST = 3;

/** A ClientHello that has no cookie yet, or the request for one (RFC 6347 §4.2). */
function greetingOf(data: Buffer): number | undefined {
  const type = data[0] === HANDSHAKE ? data[13] : undefined;
  if (type !== CLIENT_HELLO) return type === HELLO_VERIFY_REQUEST ? type : undefined;
  // Behind two headers, the version and the random value: the session id, then the cookie, each with its length.
  const cookieLength = data[60 + (data[59] ?? 0)];
  return cookieLength === 0 ? type : undefined;
}

function opus(): RTCRtpCodecParameters {
  return new RTCRtpCodecParameters({
    mimeType: 'audio/opus',
    clockRate: 48_000,
    channels: 2,
    payloadType: 111,
    parameters: 'minptime=10;useinbandfec=1',
  });
}
