import { rate } from '@parley/protocol';

import { increase, numberOf, type Sample, type Stats } from './sample.ts';

/** Times in seconds, levels and shares from 0 to 1; undefined: not measured. */
export interface Measures {
  readonly roundTripTime: number | undefined;
  /** Of what arrives. */
  readonly jitter: number | undefined;
  /** Of what should have arrived, what did not. */
  readonly loss: number | undefined;
  /** What the far end says has not reached it. */
  readonly remoteLoss: number | undefined;
  readonly rFactor: number | undefined;
  readonly mos: number | undefined;
  /** Root mean square of what the microphone gives, and of what is played. */
  readonly outboundLevel: number | undefined;
  readonly inboundLevel: number | undefined;
  /** Bits a second. */
  readonly outboundBitrate: number | undefined;
  readonly inboundBitrate: number | undefined;
}

export interface Counts {
  readonly packetsReceived: number;
  readonly packetsLost: number;
  readonly packetsSent: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
}

/** How a call did between two samples. */
export interface Figures {
  /** Milliseconds of the epoch. */
  readonly from: number;
  readonly to: number;
  readonly measures: Measures;
  readonly counts: Counts;
  /** The pair of candidates in use. */
  readonly pairId: string | undefined;
}

export const NO_COUNTS: Counts = {
  packetsReceived: 0,
  packetsLost: 0,
  packetsSent: 0,
  bytesReceived: 0,
  bytesSent: 0,
};

/** @param before undefined for the first sample of a call */
export function figuresBetween(before: Sample | undefined, now: Sample): Figures {
  const from = before?.at ?? now.at;
  const pairId = now.pair?.['id'];
  const counts = countsBetween(before, now);
  return {
    from,
    to: now.at,
    measures: measuresBetween(before, now, counts, (now.at - from) / 1000),
    counts,
    pairId: typeof pairId === 'string' ? pairId : undefined,
  };
}

/** What is not measured is left out. */
export function meanOf(all: readonly Measures[]): Measures {
  const mean = (name: keyof Measures): number | undefined => {
    const values = all.map(({ [name]: value }) => value).filter((value) => value !== undefined);
    return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : undefined;
  };
  return {
    roundTripTime: mean('roundTripTime'),
    jitter: mean('jitter'),
    loss: mean('loss'),
    remoteLoss: mean('remoteLoss'),
    rFactor: mean('rFactor'),
    mos: mean('mos'),
    outboundLevel: mean('outboundLevel'),
    inboundLevel: mean('inboundLevel'),
    outboundBitrate: mean('outboundBitrate'),
    inboundBitrate: mean('inboundBitrate'),
  };
}

export function sumOf(one: Counts, other: Counts): Counts {
  return {
    packetsReceived: one.packetsReceived + other.packetsReceived,
    packetsLost: one.packetsLost + other.packetsLost,
    packetsSent: one.packetsSent + other.packetsSent,
    bytesReceived: one.bytesReceived + other.bytesReceived,
    bytesSent: one.bytesSent + other.bytesSent,
  };
}

function countsBetween(before: Sample | undefined, now: Sample): Counts {
  const counted = (kind: 'inbound' | 'outbound', name: string) =>
    increase(before?.[kind], now[kind], name) ?? 0;
  return {
    packetsReceived: counted('inbound', 'packetsReceived'),
    packetsLost: lostBetween(before?.inbound, now.inbound),
    packetsSent: counted('outbound', 'packetsSent'),
    bytesReceived: counted('inbound', 'bytesReceived'),
    bytesSent: counted('outbound', 'bytesSent'),
  };
}

function measuresBetween(before: Sample | undefined, now: Sample, counts: Counts, seconds: number): Measures {
  const roundTripTime =
    numberOf(now.pair, 'currentRoundTripTime') ?? numberOf(now.remoteInbound, 'roundTripTime');
  const jitter = numberOf(now.inbound, 'jitter');
  const heardLoss = heardLossBetween(before?.inbound, now.inbound, counts);
  const codec = isOpus(now.inboundCodec) ? 'opus' : 'g711';
  // Where nothing was due there is nothing to rate.
  const rating =
    heardLoss === undefined
      ? undefined
      : rate({ codec, loss: heardLoss, roundTripTime: roundTripTime ?? 0, jitter: jitter ?? 0 });
  const bitrate = (bytes: number) => (seconds > 0 ? (bytes * 8) / seconds : undefined);
  return {
    roundTripTime,
    jitter,
    loss: lossOf(counts),
    remoteLoss: numberOf(now.remoteInbound, 'fractionLost'),
    rFactor: rating?.rFactor,
    mos: rating?.mos,
    outboundLevel: levelBetween(before?.source, now.source),
    inboundLevel: levelBetween(before?.inbound, now.inbound),
    outboundBitrate: now.outbound && bitrate(counts.bytesSent),
    inboundBitrate: now.inbound && bitrate(counts.bytesReceived),
  };
}

function isOpus(codec: Stats | undefined): boolean {
  const { mimeType = 'audio/opus' } = codec ?? {};
  return typeof mimeType === 'string' && mimeType.toLowerCase() === 'audio/opus';
}

function lossOf({ packetsLost, packetsReceived }: Counts): number | undefined {
  const due = packetsReceived + packetsLost;
  return due === 0 ? undefined : packetsLost / due;
}

/** What in-band error correction has mended is not lost; what came too late to be played is (RFC 3611, section 4.7.1). */
function heardLossBetween(
  before: Stats | undefined,
  now: Stats | undefined,
  { packetsLost, packetsReceived }: Counts,
): number | undefined {
  const due = packetsReceived + packetsLost;
  if (due === 0) return undefined;
  const counted = (name: string) => increase(before, now, name) ?? 0;
  const mended = Math.max(0, counted('fecPacketsReceived') - counted('fecPacketsDiscarded'));
  return Math.min(1, (Math.max(0, packetsLost - mended) + counted('packetsDiscarded')) / due);
}

/** The browser takes back what it has counted as lost and comes late, or twice (RFC 3550, section 6.4.1). */
function lostBetween(before: Stats | undefined, now: Stats | undefined): number {
  const was = before?.['id'] === now?.['id'] ? numberOf(before, 'packetsLost') : undefined;
  return Math.max(0, (numberOf(now, 'packetsLost') ?? 0) - (was ?? 0));
}

/** Energy is counted without a gap; the level is what it was at one moment. */
function levelBetween(before: Stats | undefined, now: Stats | undefined): number | undefined {
  const energy = increase(before, now, 'totalAudioEnergy');
  const duration = increase(before, now, 'totalSamplesDuration');
  if (energy === undefined || duration === undefined) return numberOf(now, 'audioLevel');
  return duration > 0 ? Math.sqrt(energy / duration) : 0;
}
