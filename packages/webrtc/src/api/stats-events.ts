import { meanOf, type Measures } from '../quality/figures.ts';
import type { Sample } from '../quality/sample.ts';
import type { Totals } from '../quality/totals.ts';
import { durationOf, type CallTimes } from './call-summary.ts';
import type { Call } from './call.ts';
import type { ICallTimings, IStatsFigures, IStatsFrame, IStatsReport, StatsQuality } from './events.ts';

/** Bounds below which a call sounds worse, with no gap between two words. */
const QUALITIES: readonly (readonly [least: number, StatsQuality])[] = [
  [4.2, 'excellent'],
  [4, 'good'],
  [3.6, 'fair'],
  [3, 'poor'],
  [-Infinity, 'bad'],
];

function figuresOf(mean: Measures): IStatsFigures {
  const { jitter, loss, mos, roundTripTime: rtt } = mean;
  const figures = {
    rtt,
    jitter,
    rttMs: rtt === undefined ? undefined : rtt * 1000,
    jitterMs: jitter === undefined ? undefined : jitter * 1000,
    packetLoss: loss,
    mos,
    quality: mos === undefined ? undefined : QUALITIES.find(([least]) => mos > least)?.[1],
    inboundLevel: mean.inboundLevel,
    outboundLevel: mean.outboundLevel,
    inboundBitrate: mean.inboundBitrate,
    outboundBitrate: mean.outboundBitrate,
  };
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== undefined));
}

export function frameOf(callId: string, mean: Measures, sample: Sample, { counts }: Totals): IStatsFrame {
  return {
    callId,
    timestamp: sample.at,
    ...figuresOf(mean),
    ...counts,
    inboundAudio: sample.inbound ?? null,
    outboundAudio: sample.outbound ?? null,
    remoteInboundAudio: sample.remoteInbound ?? null,
    remoteOutboundAudio: sample.remoteOutbound ?? null,
  };
}

export function reportOf(call: Call, times: CallTimes, timings: ICallTimings, totals: Totals): IStatsReport {
  const { counts, frames, paths, worst } = totals;
  return {
    callId: call.id,
    direction: call.direction,
    cause: call.cause,
    causeCode: call.causeCode,
    startedAt: times.startedAt,
    answeredAt: times.answeredAt,
    endedAt: times.endedAt,
    durationSeconds: durationOf(times),
    timings,
    frames: frames.length,
    mean: figuresOf(meanOf(frames)),
    worst,
    totals: counts,
    paths: paths.map(({ at, local = null, remote = null }) => ({ at, local, remote })),
    [Symbol.iterator]: () => frames.map(figuresOf)[Symbol.iterator](),
  };
}
