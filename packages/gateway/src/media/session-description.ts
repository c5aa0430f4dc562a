import { MediaError } from './media-plane.ts';

/**
 * What goes through here is small on purpose: one audio section with Opus and telephone-event. Everything else that
 * a browser writes (other codecs, header extensions, feedback, candidates that cannot be used) is left out before the
 * media library sees it, so that nothing of it is mirrored in the answer.
 */

const OPUS_FORMAT = 'minptime=10;useinbandfec=1';

/** A remote description that was understood. */
export interface RemoteDescription {
  /** The part of it that is used, in the form that the media library wants. */
  sdp: string;
  /** Tells peer connections of a browser apart: a browser makes a certificate for each. */
  fingerprint: string;
  /** Who starts DTLS: RFC 8842 §5. */
  setup: string;
  /** Its media sections in order. An answer has as many (RFC 3264 §6), of which the refused ones have port 0. */
  sections: readonly ('audio' | RefusedSection)[];
}

/** Video, data, a second audio: what a client may offer beside, and does not get. */
export interface RefusedSection {
  /** The first line, from `m=` on. */
  media: string;
  mid: string | undefined;
}

/** @throws MediaError `bad-sdp` with a sentence that says what is missing */
export function readRemoteDescription(sdp: string): RemoteDescription {
  const lines = sdp.split(/\r?\n/).filter((line) => line !== '');
  if (lines[0] !== 'v=0') throw refusal('It does not begin with "v=0".');
  const starts = lines.flatMap((line, index) => (line.startsWith('m=') ? [index] : []));
  const [first] = starts;
  if (first === undefined) throw refusal('It has no media section; an audio section is needed.');
  const sections = starts.map((start, index) => lines.slice(start, starts[index + 1]));
  const audio =
    sections.find(([media]) => media?.startsWith('m=audio ') && !media.startsWith('m=audio 0 ')) ??
    sections.find(([media]) => media?.startsWith('m=audio '));
  if (audio === undefined) throw refusal('It has no audio section; only audio is carried.');
  return {
    ...readAudio(lines.slice(0, first), audio),
    sections: sections.map((section) => (section === audio ? 'audio' : refused(section))),
  };
}

function refused(section: readonly string[]): RefusedSection {
  return { media: section[0] ?? '', mid: attribute(section, 'mid') };
}

function readAudio(
  session: readonly string[],
  media: readonly string[],
): Omit<RemoteDescription, 'sections'> {
  const [, port, protocol, ...formats] = media[0]?.slice(2).split(' ') ?? [];
  if (port === '0') throw refusal('Its audio section is switched off (port 0).');
  if (protocol !== 'UDP/TLS/RTP/SAVPF')
    throw refusal(`Its audio section is ${protocol ?? 'of no kind'}; only UDP/TLS/RTP/SAVPF is spoken.`);
  const all = [...session, ...media];
  if (attribute(all, 'ice-ufrag') === undefined || attribute(all, 'ice-pwd') === undefined)
    throw refusal('It has no ICE credentials (a=ice-ufrag and a=ice-pwd).');
  const fingerprint = attribute(all, 'fingerprint');
  if (fingerprint === undefined) throw refusal('It has no certificate fingerprint (a=fingerprint).');
  if (!/^\S+ \S+$/.test(fingerprint)) throw refusal('Its certificate fingerprint is not readable.');
  const setup = attribute(all, 'setup');
  if (setup === undefined) throw refusal('It does not say who starts DTLS (a=setup).');
  if (!media.includes('a=rtcp-mux'))
    throw refusal('It does not send RTP and RTCP over one port (a=rtcp-mux).');
  const mid = attribute(media, 'mid') ?? '0';
  const codecs = readCodecs(media, formats);
  const kept = media
    .slice(1)
    .map(usable)
    .filter((line) => line !== undefined);
  return {
    sdp: [
      ...session
        .filter((line) => !line.startsWith('a=extmap'))
        .map((line) => (line.startsWith('a=group:BUNDLE ') ? `a=group:BUNDLE ${mid}` : line)),
      `m=audio ${port ?? '9'} UDP/TLS/RTP/SAVPF ${codecs.map((codec) => codec.payloadType).join(' ')}`,
      ...kept,
      ...codecs.flatMap((codec) => codec.lines),
      '',
    ].join('\r\n'),
    fingerprint,
    setup,
  };
}

interface Codec {
  payloadType: string;
  lines: string[];
}

/** Opus first: the media library sends with the first codec of the list. */
function readCodecs(media: readonly string[], formats: readonly string[]): [Codec, ...Codec[]] {
  const mapped = media.flatMap((line) => {
    const match = /^a=rtpmap:(\d+) (\S+)$/.exec(line);
    const payloadType = match?.[1];
    const name = match?.[2];
    if (payloadType === undefined || name === undefined || !formats.includes(payloadType)) return [];
    return [{ payloadType, name: name.toLowerCase(), line }];
  });
  const opus = mapped.find(({ name }) => name === 'opus/48000/2');
  if (opus === undefined) throw refusal('It has no Opus (opus/48000/2), the codec that is carried.');
  const events = mapped.filter(({ name }) => name.startsWith('telephone-event/'));
  return [
    { payloadType: opus.payloadType, lines: [opus.line, `a=fmtp:${opus.payloadType} ${OPUS_FORMAT}`] },
    ...events.map(({ payloadType, line }) => ({ payloadType, lines: [line, `a=fmtp:${payloadType} 0-15`] })),
  ];
}

/** @returns the line as it may be kept, or undefined */
function usable(line: string): string | undefined {
  if (/^a=(rtpmap|fmtp|rtcp-fb|extmap|ssrc-group|rid|simulcast|end-of-candidates)\b/.test(line))
    return undefined;
  if (!line.startsWith('a=candidate:')) return line;
  const candidate = usableCandidate(line.slice('a='.length));
  return candidate === undefined ? undefined : `a=${candidate}`;
}

/**
 * Only UDP candidates with a numeric address can be checked: a `.local` name (RFC 8828) can be resolved only on the
 * browser's own network. Its address is learned from the browser's checks instead, as a peer-reflexive candidate.
 *
 * The `generation` attribute is taken away: the media library takes it for its own count of restarts and never
 * nominates a candidate whose number differs.
 *
 * @returns the candidate as it may be used, or undefined
 */
export function usableCandidate(candidate: string): string | undefined {
  const bits = candidate.trim().split(/\s+/);
  const [foundation, component, transport, priority, address, port, typ] = bits;
  if (!foundation?.startsWith('candidate:') || typ !== 'typ' || component !== '1') return undefined;
  if (transport?.toLowerCase() !== 'udp') return undefined;
  if (!/^\d+$/.test(priority ?? '') || !/^\d+$/.test(port ?? '')) return undefined;
  if (address === undefined || !/^[\d.]+$|^[\da-fA-F:.]+$/.test(address)) return undefined;
  return bits.join(' ').replace(/ generation \d+/, '');
}

/**
 * A local description as a browser should get it. `a=ice-lite` goes: at the media level it says nothing to a browser,
 * and at the session level it costs an answer a round trip, because the browser then nominates in a separate check.
 * A port of 0, which the library writes for an inactive section, would switch the section off for ever. And an offer
 * takes the part of the DTLS client for the gateway: a leg is up a round trip and more sooner than with the choice left
 * to the browser.
 *
 * @param sections those of the offer, where it is an answer
 */
export function toBrowserDescription(
  sdp: string,
  sections: RemoteDescription['sections'] = ['audio'],
): string {
  const lines = adapted(sdp);
  const start = lines.findIndex((line) => line.startsWith('m='));
  const audio = lines.slice(start).filter((line) => line !== '');
  const described = sections.flatMap((section) => (section === 'audio' ? audio : refusalOf(section)));
  return [...lines.slice(0, start), ...described, ''].join('\r\n');
}

function refusalOf({ media, mid }: RefusedSection): string[] {
  const switchedOff = media.replace(/^(m=\S+) \S+/, '$1 0');
  return [switchedOff, 'c=IN IP4 0.0.0.0', ...(mid === undefined ? [] : [`a=mid:${mid}`]), 'a=inactive'];
}

function adapted(sdp: string): string[] {
  return sdp
    .split('\r\n')
    .filter((line) => line !== 'a=ice-lite')
    .map((line) => line.replace(/^m=audio 0 /, 'm=audio 9 '))
    .map((line) => (line === 'a=setup:actpass' ? 'a=setup:active' : line))
    .map((line) => (line.startsWith('a=candidate:') ? line.replace(/ generation \d+/, '') : line));
}

function attribute(lines: readonly string[], name: string): string | undefined {
  const prefix = `a=${name}:`;
  const line = lines.findLast((candidate) => candidate.startsWith(prefix));
  const value = line?.slice(prefix.length).trim();
  return value === '' ? undefined : value;
}

function refusal(reason: string): MediaError {
  return new MediaError('bad-sdp', `The session description cannot be used. ${reason}`);
}
