import {
  type Finding,
  type FindingKind,
  type Figure,
  lengthOf,
  median,
  milliseconds,
  percent,
  recordsIn,
  stretchOf,
} from './finding.ts';
import type { CallView, LegView } from './leg-view.ts';
import type { QualityPoint } from './quality.ts';
import { type Span, overlaps, stretches } from './span.ts';

/** A share of lost packets that concealment does not hide (ITU-T G.113: Opus at 3 % is heard). */
const BURST_LOSS = 0.03;
const HEAVY_LOSS = 0.1;
/** Of the whole call. */
const STEADY_LOSS = 0.01;
/** ITU-T G.114: over 400 ms one way nobody can talk; half of it, people begin to interrupt each other. */
const LONG_ROUND_TRIP = 0.4;
const HIGH_JITTER = 0.03;
/** A second: packets have 20 ms of sound. */
const USUAL_PACKETS = 50;
/** Shorter breaks do not end a stretch. */
const BREAK_SECONDS = 4;

/** Loss on the way to this side; its own way to the gateway where that lost as much. */
export function lossFindings(view: CallView, leg: LegView, explained: readonly Span[]): readonly Finding[] {
  const talk = inTalk(leg);
  const bursts = stretches(talk, ({ loss }) => (loss ?? 0) >= BURST_LOSS, BREAK_SECONDS)
    .map((burst) => trimmed(leg, burst))
    .filter(({ points }) => points.length >= 2 || points.some(({ loss }) => (loss ?? 0) >= HEAVY_LOSS))
    .filter((burst) => !overlaps(explained, burst));
  const findings = bursts.map((burst) => lossFinding(view, leg, burst, shareOf(burst.points)));
  if (findings.length > 0) return findings;
  const share = shareOf(talk);
  const whole = { from: talk[0]?.from ?? 0, to: talk.at(-1)?.to ?? 0, points: talk };
  return share < STEADY_LOSS || overlaps(explained, whole) ? [] : [lossFinding(view, leg, whole, share)];
}

interface Burst extends Span {
  points: readonly QualityPoint[];
}

function lossFinding(view: CallView, leg: LegView, burst: Burst, share: number): Finding {
  const packets = Math.round(burst.points.reduce((sum, point) => sum + lostIn(point), 0));
  const uplinks = view.legs
    .filter((other) => other.index !== leg.index && other.gateway.length > 0)
    .map((other) => ({ other, lost: lostAtGateway(other, burst) }));
  // The gateway passes the gaps on: what is lost before it is missing behind it.
  const origin = uplinks.find(({ lost }) => lost > 0 && lost >= 0.6 * packets);
  const when = stretchOf(burst, leg.talk?.to ?? 0);
  const lost = percent(share);
  const sentence =
    origin === undefined
      ? `${lost} of the sound was lost on its way to ${leg.name} ${when}.`
      : `${lost} of what ${origin.other.name} said did not reach ${leg.name} ${when}: it was lost between ${origin.other.name} and the gateway.`;
  const figures: Figure[] = [
    { label: `Packets that did not reach ${leg.name}`, value: String(packets) },
    ...uplinks.map(({ other, lost: before }) => ({
      label: `Lost between ${other.name} and the gateway`,
      value: String(before),
    })),
  ];
  return {
    kind: 'loss',
    weight: share >= HEAVY_LOSS ? 'problem' : 'warning',
    sentence,
    evidence: {
      from: burst.from,
      to: burst.to,
      leg: leg.index,
      figures,
      records: recordsIn(leg, burst, ({ category }) => category === 'quality'),
    },
  };
}

/** Of what a client told nothing of, as many as are due in the time. */
function lostIn({ loss, received, from, to }: QualityPoint): number {
  if (loss === null) return 0;
  return received === null
    ? loss * (to - from) * USUAL_PACKETS
    : (received * loss) / Math.max(0.01, 1 - loss);
}

function lostAtGateway(leg: LegView, { from, to }: Span): number {
  return leg.gateway
    .filter((point) => point.to > from && point.from < to)
    .reduce((sum, { lost }) => sum + lost, 0);
}

function shareOf(points: readonly QualityPoint[]): number {
  const weights = points.flatMap(({ loss, received }) =>
    loss === null ? [] : [{ loss, due: received === null ? 1 : received / Math.max(0.01, 1 - loss) }],
  );
  const due = weights.reduce((sum, one) => sum + one.due, 0);
  return due === 0 ? 0 : weights.reduce((sum, one) => sum + one.loss * one.due, 0) / due;
}

export function delayFindings(leg: LegView): readonly Finding[] {
  return lasting(leg, ({ roundTripTime }) => (roundTripTime ?? 0) > LONG_ROUND_TRIP).map((span) => {
    const values = span.points.flatMap(({ roundTripTime }) => roundTripTime ?? []);
    return worse(leg, span, 'delay', {
      sentence: `${leg.name} heard and was heard late ${stretchOf(span, leg.talk?.to ?? 0)}: packets took ${milliseconds(median(values))} to the gateway and back.`,
      figures: [{ label: 'Longest round trip', value: milliseconds(Math.max(...values)) }],
    });
  });
}

export function jitterFindings(leg: LegView): readonly Finding[] {
  return lasting(leg, ({ jitter }) => (jitter ?? 0) > HIGH_JITTER).map((span) => {
    const values = span.points.flatMap(({ jitter }) => jitter ?? []);
    return worse(leg, span, 'jitter', {
      sentence: `Sound arrived unevenly at ${leg.name} ${stretchOf(span, leg.talk?.to ?? 0)}: packets came ${milliseconds(median(values))} early or late on average.`,
      figures: [{ label: 'Highest jitter', value: milliseconds(Math.max(...values)) }],
    });
  });
}

function lasting(leg: LegView, isHigh: (point: QualityPoint) => boolean) {
  return stretches(inTalk(leg), isHigh, BREAK_SECONDS)
    .map((stretch) => trimmed(leg, stretch))
    .filter(({ points }) => points.length >= 3);
}

function worse(
  leg: LegView,
  span: Span,
  kind: FindingKind,
  told: { sentence: string; figures: readonly Figure[] },
): Finding {
  return {
    kind,
    weight: 'warning',
    sentence: told.sentence,
    evidence: {
      from: span.from,
      to: span.to,
      leg: leg.index,
      figures: [{ label: 'Length', value: lengthOf(span.to - span.from) }, ...told.figures],
      records: recordsIn(leg, span, ({ category }) => category === 'quality'),
    },
  };
}

function inTalk({ talk, quality }: LegView): readonly QualityPoint[] {
  return talk === null ? [] : quality.filter(({ from, to }) => to > talk.from && from < talk.to);
}

function trimmed<S extends Span>({ talk }: LegView, span: S): S {
  return { ...span, from: Math.max(span.from, talk?.from ?? 0) };
}
