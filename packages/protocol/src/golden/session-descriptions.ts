/** Session descriptions (RFC 8866) of the kinds that travel: whole ones, and one without candidates for trickle. */

const lines = (...parts: readonly string[]): string => `${parts.join('\r\n')}\r\n`;

const candidates = [
  'a=candidate:2605368937 1 udp 2122194687 192.0.2.2 46680 typ host generation 0 network-id 1',
  'a=candidate:1853887674 1 udp 1685987071 198.51.100.7 46680 typ srflx raddr 192.0.2.2 rport 46680 generation 0',
];

const browser = (setup: 'actpass' | 'active', found: readonly string[]): string =>
  lines(
    'v=0',
    'o=- 4611731400430051336 2 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    'a=msid-semantic: WMS',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111 0 8 126',
    'c=IN IP4 0.0.0.0',
    'a=rtcp:9 IN IP4 0.0.0.0',
    ...found,
    'a=ice-ufrag:nHB9',
    'a=ice-pwd:3tFgqVRyRnTMhAnJvkZsgPBE',
    'a=ice-options:trickle',
    `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => 'AB').join(':')}`,
    `a=setup:${setup}`,
    'a=mid:0',
    'a=sendrecv',
    'a=rtcp-mux',
    'a=rtpmap:111 opus/48000/2',
    'a=fmtp:111 minptime=10;useinbandfec=1',
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:8 PCMA/8000',
    'a=rtpmap:126 telephone-event/8000',
    'a=ssrc:1001 cname:golden',
  );

const gateway = (setup: 'actpass' | 'passive'): string =>
  lines(
    'v=0',
    'o=parley 1 1 IN IP4 203.0.113.9',
    's=-',
    't=0 0',
    'a=ice-lite',
    'm=audio 40000 UDP/TLS/RTP/SAVPF 111',
    'c=IN IP4 203.0.113.9',
    'a=candidate:1 1 udp 2130706431 203.0.113.9 40000 typ host',
    'a=end-of-candidates',
    'a=ice-ufrag:gwuf',
    'a=ice-pwd:gatewaygatewaygatewayga',
    `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => 'CD').join(':')}`,
    `a=setup:${setup}`,
    'a=mid:0',
    'a=sendrecv',
    'a=rtcp-mux',
    'a=rtpmap:111 opus/48000/2',
  );

export const browserOffer = browser('actpass', candidates);
export const browserOfferWithoutCandidates = browser('actpass', []);
export const browserAnswer = browser('active', candidates);
export const gatewayOffer = gateway('actpass');
export const gatewayAnswer = gateway('passive');
