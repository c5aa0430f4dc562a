import { RTCPeerConnection, RTCRtpCodecParameters, RtpHeader, RtpPacket } from 'werift';

import { makeCertificate } from './werift-peer.ts';

/** What a browser does at the other end of a leg, with the same library. The real browsers have tests of their own. */
export interface BrowserStandIn {
  connection: RTCPeerConnection;
  /** Every RTP packet that came. */
  received: RtpPacket[];
  offer(options?: { iceRestart: boolean }): Promise<string>;
  answer(offer: string): Promise<string>;
  accept(answer: string): Promise<void>;
  connected(): Promise<void>;
  /** Sends one packet of audio. */
  send(sequence: number, payload?: string): void;
  close(): Promise<void>;
}

export async function openBrowser(): Promise<BrowserStandIn> {
  const codec = (name: string, clockRate: number, payloadType: number, channels: number) =>
    new RTCRtpCodecParameters({ mimeType: `audio/${name}`, clockRate, channels, payloadType });
  const connection = new RTCPeerConnection({
    codecs: { audio: [codec('opus', 48_000, 109, 2), codec('telephone-event', 8000, 101, 1)], video: [] },
    iceServers: [],
    iceUseIpv4: false,
    iceUseIpv6: false,
    iceAdditionalHostAddresses: ['127.0.0.1'],
    bundlePolicy: 'max-bundle',
    certificates: [await makeCertificate()],
  });
  const transceiver = connection.addTransceiver('audio', { direction: 'sendrecv' });
  const { dtlsTransport } = transceiver;
  delete dtlsTransport.iceTransport.connection.stunServer;
  const received: RtpPacket[] = [];
  dtlsTransport.onRtp.subscribe((packet) => received.push(packet));
  // No browser switches an inactive section off, as the library does with a port of 0.
  const described = (): string =>
    (connection.localDescription?.sdp ?? '').replace('m=audio 0 ', 'm=audio 9 ');
  return {
    connection,
    received,
    offer: async (options) => {
      await connection.setLocalDescription(await connection.createOffer(options));
      return described();
    },
    answer: async (offer) => {
      await connection.setRemoteDescription({ type: 'offer', sdp: offer });
      if (offer.includes('a=setup:active')) dtlsTransport.role = 'server';
      await connection.setLocalDescription(await connection.createAnswer());
      return described();
    },
    accept: async (answer) => {
      await connection.setRemoteDescription({ type: 'answer', sdp: answer });
      const { iceTransport, state } = dtlsTransport;
      // A browser's checks begin again after a restart.
      if (state === 'connected' && iceTransport.state !== 'connected')
        void iceTransport.start().catch(() => undefined);
    },
    connected: async () => {
      while (transceiver.dtlsTransport.state !== 'connected')
        await transceiver.dtlsTransport.onStateChange.asPromise();
    },
    send: (sequence, payload = 'audio') => {
      const header = new RtpHeader({ sequenceNumber: sequence & 0xffff, timestamp: (sequence * 960) >>> 0 });
      void transceiver.sender.sendRtp(new RtpPacket(header, Buffer.from(payload)));
    },
    close: () => connection.close(),
  };
}
