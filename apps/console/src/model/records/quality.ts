import { type CallFileLeg, type CallReportRow, type GatewayMediaSample, rate } from '@parley/protocol';
import { memberOf, numberOf, textOf } from '../members.ts';
import type { Span } from './span.ts';

/** How one side heard and was heard for an interval. Null: not known. Units are W3C's: seconds, bits, shares. */
export interface QualityPoint extends Span {
  roundTripTime: number | null;
  jitter: number | null;
  /** Of the packets to this side that were due. */
  loss: number | null;
  /** Packets to this side, and from it. */
  received: number | null;
  sent: number | null;
  inboundBitrate: number | null;
  outboundBitrate: number | null;
  /** From 0 to 1. */
  inboundLevel: number | null;
  outboundLevel: number | null;
  mos: number | null;
  /** What the microphone's track says of itself; empty where a client does not tell. */
  track: '' | 'live' | 'disabled' | 'muted' | 'ended';
  /** The name of its device; empty where it is not known. */
  microphone: string;
  /** Of the candidate pair; empty where it is not known. */
  pair: string;
}

/** What arrived at the gateway from one side for an interval, and left it towards that side. */
export interface GatewayPoint extends Span {
  received: number;
  lost: number;
  sent: number;
}

/** By the client's report, or, of a client that told nothing, by what the gateway counted. */
export function qualityOf(leg: CallFileLeg, start: number): readonly QualityPoint[] {
  const rows = rowsOf(leg);
  if (rows.length === 0) return pointsOfSamples(leg.media, start);
  const zero = start + (leg.clockOffsetMs ?? 0);
  return rows.map((row, index) => pointOfRow(row, rows[index - 1], zero));
}

/**
 * All intervals that the client told, once each: its debug stream tells those of its report, too, and an official
 * client tells some in two segments.
 */
export function rowsOf(leg: CallFileLeg): readonly CallReportRow[] {
  const told = [...(leg.debugRows ?? []), ...leg.reports.flatMap(({ stats }) => stats)];
  const byStart = new Map(told.map((row) => [Date.parse(row.intervalStartUtc), row] as const));
  return [...byStart].toSorted(([one], [other]) => one - other).map(([, row]) => row);
}

export function gatewayPoints(leg: CallFileLeg, start: number): readonly GatewayPoint[] {
  return pairs(leg.media).map(([before, after]) => ({
    from: (Date.parse(before.at) - start) / 1000,
    to: (Date.parse(after.at) - start) / 1000,
    received: grown(after.packetsReceived, before.packetsReceived),
    lost: Math.max(0, after.packetsLost - before.packetsLost),
    sent: grown(after.packetsSent, before.packetsSent),
  }));
}

function pointOfRow(row: CallReportRow, before: CallReportRow | undefined, zero: number): QualityPoint {
  const { inbound, outbound } = row.audio;
  const received = counted(inbound, before?.audio.inbound, 'packetsReceived');
  const jitterMs = numberOf(inbound, 'jitterAvg');
  const roundTripTime =
    numberOf(row.connection, 'roundTripTimeAvg') ??
    numberOf(row.connection, 'currentRoundTripTime') ??
    numberOf(row.remoteRtcp?.inbound, 'roundTripTime');
  const jitter = jitterMs === null ? numberOf(inbound, 'jitter') : jitterMs / 1000;
  const loss = row.quality?.loss ?? lossOf(row, before, received);
  const codec = textOf(memberOf(inbound, 'codec'), 'mimeType');
  return {
    from: (Date.parse(row.intervalStartUtc) - zero) / 1000,
    to: (Date.parse(row.intervalEndUtc) - zero) / 1000,
    roundTripTime,
    jitter,
    loss,
    received,
    sent: counted(outbound, before?.audio.outbound, 'packetsSent'),
    inboundBitrate: numberOf(inbound, 'bitrateAvg'),
    outboundBitrate: numberOf(outbound, 'bitrateAvg'),
    inboundLevel: numberOf(inbound, 'audioLevelAvg'),
    outboundLevel: numberOf(outbound, 'audioLevelAvg'),
    mos: row.quality?.mos ?? mosOfHeard(received, { codec, loss, roundTripTime, jitter }),
    track: trackOf(memberOf(outbound, 'localTrack')),
    microphone: textOf(memberOf(outbound, 'localTrack'), 'label'),
    pair: pairOf(row),
  };
}

interface Heard {
  codec: string;
  loss: number | null;
  roundTripTime: number | null;
  jitter: number | null;
}

/** Nothing is heard where nothing arrived: there is nothing to rate. */
function mosOfHeard(received: number | null, { codec, loss, roundTripTime, jitter }: Heard): number | null {
  if (received === null || received === 0 || loss === null) return null;
  return rate({
    codec: /pcm[au]/i.test(codec) ? 'g711' : 'opus',
    loss,
    roundTripTime: roundTripTime ?? 0,
    jitter: jitter ?? 0,
  }).mos;
}

function lossOf(row: CallReportRow, before: CallReportRow | undefined, received: number | null) {
  const lost = counted(row.audio.inbound, before?.audio.inbound, 'packetsLost', true);
  if (received === null || lost === null || received + lost === 0) return null;
  return lost / (received + lost);
}

/**
 * What a counter grew by; of the first interval, and after a connection was remade, what it has. `may shrink`: a packet
 * that comes late takes back a loss.
 */
function counted(now: unknown, before: unknown, name: string, mayShrink = false): number | null {
  const value = numberOf(now, name);
  if (value === null) return null;
  const last = numberOf(before, name) ?? 0;
  return mayShrink ? Math.max(0, value - last) : grown(value, last);
}

function grown(value: number, last: number): number {
  return value < last ? value : value - last;
}

function trackOf(track: unknown): QualityPoint['track'] {
  if (track === undefined) return '';
  if (textOf(track, 'readyState') === 'ended') return 'ended';
  if (memberOf(track, 'enabled') === false) return 'disabled';
  return memberOf(track, 'muted') === true ? 'muted' : 'live';
}

function pairOf({ ice }: CallReportRow): string {
  const local = memberOf(ice, 'local');
  const address = textOf(local, 'address');
  const end = address === '' ? textOf(local, 'id') : `${address}:${numberOf(local, 'port') ?? ''}`;
  return end === '' ? '' : `${end} ${textOf(local, 'networkType').replace(/^unknown$/, '')}`.trim();
}

function pointsOfSamples(samples: readonly GatewayMediaSample[], start: number): readonly QualityPoint[] {
  return pairs(samples).map(([before, after]) => {
    const from = (Date.parse(before.at) - start) / 1000;
    const to = (Date.parse(after.at) - start) / 1000;
    const due = grown(after.packetsSent, before.packetsSent);
    const lost = Math.max(0, (after.remote?.packetsLost ?? 0) - (before.remote?.packetsLost ?? 0));
    const loss = after.remote === undefined || due === 0 ? null : Math.min(1, lost / due);
    const roundTripTime = after.remote?.roundTripMs === undefined ? null : after.remote.roundTripMs / 1000;
    const jitter = after.remote === undefined ? null : after.remote.jitterMs / 1000;
    const bitrate = (bytes: number) => (to > from ? (bytes * 8) / (to - from) : null);
    return {
      from,
      to,
      roundTripTime,
      jitter,
      loss,
      received: null,
      sent: grown(after.packetsReceived, before.packetsReceived),
      inboundBitrate: bitrate(grown(after.bytesSent, before.bytesSent)),
      outboundBitrate: bitrate(grown(after.bytesReceived, before.bytesReceived)),
      inboundLevel: null,
      outboundLevel: null,
      mos: mosOfHeard(due, { codec: '', loss, roundTripTime, jitter }),
      track: '',
      microphone: '',
      pair: '',
    };
  });
}

function pairs<T>(list: readonly T[]): readonly (readonly [T, T])[] {
  return list.slice(1).flatMap((after, index) => {
    const before = list[index];
    return before === undefined ? [] : [[before, after] as const];
  });
}
