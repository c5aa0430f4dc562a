import { expect, test } from 'vitest';

import { readRemoteDescription, toBrowserDescription, usableCandidate } from './session-description.ts';

const OFFER = [
  'v=0',
  'o=- 1 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0',
  'a=extmap-allow-mixed',
  'm=audio 60301 UDP/TLS/RTP/SAVPF 0 126 111 63',
  'c=IN IP4 127.0.0.1',
  'a=candidate:1 1 udp 2122260223 192.0.2.7 60301 typ host generation 3 ufrag aAeH network-id 1',
  'a=candidate:2 1 udp 2122260222 0f3c-11.local 60302 typ host generation 3',
  'a=candidate:3 1 tcp 1518280447 192.0.2.7 9 typ host tcptype active generation 3',
  'a=candidate:4 2 udp 2122260221 192.0.2.7 60303 typ host generation 3',
  'a=end-of-candidates',
  'a=ice-ufrag:aAeH',
  'a=ice-pwd:knRQsjjLc3CWMvmXsYi7eDuN',
  'a=fingerprint:sha-256 11:12',
  'a=setup:actpass',
  'a=mid:0',
  'a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level',
  'a=sendrecv',
  'a=rtcp-mux',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:126 telephone-event/8000',
  'a=rtpmap:111 OPUS/48000/2',
  'a=rtcp-fb:111 transport-cc',
  'a=fmtp:111 minptime=10;useinbandfec=1;stereo=1',
  'a=rtpmap:63 red/48000/2',
  'a=ssrc:2047131312 cname:x',
  '',
];
const without = (pattern: RegExp): string => OFFER.filter((line) => !pattern.test(line)).join('\r\n');
const changed = (from: string | RegExp, to: string): string => OFFER.join('\r\n').replace(from, to);

test('of an offer, Opus with error correction, telephone-event and the usable candidates are left', () => {
  const { sdp, fingerprint, setup } = readRemoteDescription(OFFER.join('\r\n'));
  expect({ fingerprint, setup }).toEqual({ fingerprint: 'sha-256 11:12', setup: 'actpass' });
  expect(sdp.split('\r\n')).toEqual([
    ...OFFER.slice(0, 5),
    'm=audio 60301 UDP/TLS/RTP/SAVPF 111 126',
    'c=IN IP4 127.0.0.1',
    'a=candidate:1 1 udp 2122260223 192.0.2.7 60301 typ host ufrag aAeH network-id 1',
    ...OFFER.slice(13, 18),
    'a=sendrecv',
    'a=rtcp-mux',
    'a=ssrc:2047131312 cname:x',
    'a=rtpmap:111 OPUS/48000/2',
    'a=fmtp:111 minptime=10;useinbandfec=1',
    'a=rtpmap:126 telephone-event/8000',
    'a=fmtp:126 0-15',
    '',
  ]);
});

test('video that is offered beside audio is refused alone, in its place', () => {
  const video = ['m=video 9 UDP/TLS/RTP/SAVPF 96 97', 'a=mid:1', 'a=rtpmap:96 VP8/90000', ''];
  const offer = [...OFFER.slice(0, -1), ...video].join('\r\n').replace('BUNDLE 0', 'BUNDLE 0 1');
  const { sdp, sections } = readRemoteDescription(offer);
  expect(sdp).toBe(readRemoteDescription(OFFER.join('\r\n')).sdp);
  const local = ['v=0', 'a=group:BUNDLE 0', 'm=audio 9 UDP/TLS/RTP/SAVPF 111', 'a=mid:0', ''];
  const refusal = ['m=video 0 UDP/TLS/RTP/SAVPF 96 97', 'c=IN IP4 0.0.0.0', 'a=mid:1', 'a=inactive', ''];
  expect(toBrowserDescription(local.join('\r\n'), sections).split('\r\n')).toEqual([
    ...local.slice(0, -1),
    ...refusal,
  ]);
});

test('line ends without carriage returns are understood', () => {
  expect(readRemoteDescription(OFFER.join('\n'))).toEqual(readRemoteDescription(OFFER.join('\r\n')));
});

test.each([
  ['nothing', '', /begin with "v=0"/],
  ['no media section', OFFER.slice(0, 5).join('\r\n'), /no media section/],
  ['data instead of audio', changed('m=audio', 'm=application'), /no audio section/],
  ['audio that is switched off', changed('m=audio 60301', 'm=audio 0'), /switched off/],
  ['unencrypted audio', changed('UDP/TLS/RTP/SAVPF', 'RTP/AVP'), /RTP\/AVP/],
  ['no Opus', changed('OPUS/48000/2', 'speex/16000'), /no Opus/],
  ['Opus that the section does not list', changed('0 126 111 63', '0 126'), /no Opus/],
  ['no ICE credentials', without(/ice-pwd/), /ICE credentials/],
  ['no fingerprint', without(/fingerprint/), /no certificate fingerprint/],
  ['a fingerprint without a hash', changed('sha-256 11:12', 'sha-256'), /fingerprint is not readable/],
  ['no DTLS role', without(/setup/), /a=setup/],
  ['no multiplexing', without(/rtcp-mux/), /rtcp-mux/],
])('an offer with %s is refused with a sentence', (_, sdp, sentence) => {
  expect(() => readRemoteDescription(sdp)).toThrow(
    expect.objectContaining({ failure: 'bad-sdp', message: expect.stringMatching(sentence) }),
  );
});

test.each([
  ['a name', 'candidate:1 1 udp 1 0f3c.local 6 typ host'],
  ['TCP', 'candidate:1 1 tcp 1 192.0.2.7 9 typ host tcptype active'],
  ['a second component', 'candidate:1 2 udp 1 192.0.2.7 6 typ host'],
  ['an end of candidates', ''],
  ['rubbish', 'candidate:1 1 udp x 192.0.2.7 y typ host'],
])('a candidate with %s is not used', (_, candidate) => {
  expect(usableCandidate(candidate)).toBeUndefined();
});

test('an IPv6 candidate is used, and loses its generation', () => {
  const candidate = 'candidate:1 1 udp 1 2001:db8::7 6 typ host';
  expect(usableCandidate(`${candidate} generation 2 ufrag x`)).toBe(`${candidate} ufrag x`);
});

test('a description for a browser starts DTLS, hides ICE lite, and leaves an inactive section alive', () => {
  const local = ['v=0', 'm=audio 0 UDP/TLS/RTP/SAVPF 111', 'a=ice-lite', 'a=setup:actpass', 'a=inactive', ''];
  const expected = ['v=0', 'm=audio 9 UDP/TLS/RTP/SAVPF 111', 'a=setup:active', 'a=inactive', ''];
  expect(toBrowserDescription(local.join('\r\n'))).toBe(expected.join('\r\n'));
});
