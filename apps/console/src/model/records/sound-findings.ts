import { type Finding, type Figure, lengthOf, median, recordsIn, stretchOf } from './finding.ts';
import type { CallView, LegView } from './leg-view.ts';
import type { QualityPoint } from './quality.ts';
import { type Span, overlaps, stretches } from './span.ts';

const LONG_GAP_SECONDS = 2.5;

/** Where nothing arrived that could be heard, and where it was lost. */
export function soundFindings(view: CallView, leg: LegView, explained: readonly Span[]): readonly Finding[] {
  const { talk } = leg;
  if (talk === null) return [];
  const told = leg.quality.filter((point) => point.received !== null && point.from >= talk.from - 0.5);
  if (told.length === 0) return uplinkFindings(leg);
  if (told.every(({ received }) => received === 0)) return [nothingEver(view, leg, told)];
  const end = talk.to;
  return stretches(told, (point) => point.received === 0)
    .filter((gap) => gap.to - gap.from >= LONG_GAP_SECONDS && !overlaps(explained, gap))
    .map((gap): Finding => {
      const { because, figures } = whereLost(view, leg, gap);
      return {
        kind: 'no-sound',
        weight: 'problem',
        sentence: `No sound reached ${leg.name} ${stretchOf(gap, end)}. ${because}`.trim(),
        evidence: {
          from: gap.from,
          to: gap.to,
          leg: leg.index,
          figures: [{ label: 'Length', value: lengthOf(gap.to - gap.from) }, ...figures],
          records: recordsIn(leg, gap, ({ category }) => category === 'media' || category === 'ice'),
        },
      };
    });
}

/** Of a client that told nothing it is known only what came from it. */
function uplinkFindings(leg: LegView): readonly Finding[] {
  const { talk } = leg;
  if (talk === null || leg.gateway.length === 0) return [];
  const told = leg.gateway.filter(({ from }) => from >= talk.from - 0.5);
  return stretches(told, ({ received }) => received === 0)
    .filter((gap) => gap.to - gap.from >= LONG_GAP_SECONDS)
    .map((gap) => ({
      kind: 'no-sound',
      weight: 'problem',
      sentence: `Nothing arrived at the gateway from ${leg.name} ${stretchOf(gap, talk.to)}.`,
      evidence: {
        from: gap.from,
        to: gap.to,
        leg: leg.index,
        figures: [{ label: 'Length', value: lengthOf(gap.to - gap.from) }],
        records: recordsIn(leg, gap, ({ category }) => category === 'media' || category === 'ice'),
      },
    }));
}

function nothingEver(view: CallView, leg: LegView, told: readonly QualityPoint[]): Finding {
  const span = { from: told[0]?.from ?? 0, to: told.at(-1)?.to ?? 0 };
  const { because, figures, isOneWay } = whereLost(view, leg, span);
  const others = othersOf(view, leg);
  return {
    kind: isOneWay ? 'one-way' : 'no-sound',
    weight: 'problem',
    sentence: isOneWay
      ? `The call went one way: ${leg.name} never heard ${others.map(({ name }) => name).join(' or ')}. ${because}`
      : `No sound ever reached ${leg.name}. ${because}`.trim(),
    evidence: {
      ...span,
      leg: leg.index,
      figures,
      records: recordsIn(leg, span, ({ category }) => category === 'ice' || category === 'media'),
    },
  };
}

function whereLost(view: CallView, leg: LegView, gap: Span) {
  const sentTo = countIn(leg, gap, 'sent');
  const others = othersOf(view, leg).filter(({ gateway }) => gateway.length > 0);
  const cameFrom = others.map((other) => countIn(other, gap, 'received') ?? 0);
  const figures: Figure[] = [
    ...(sentTo === null ? [] : [{ label: `Packets the gateway sent to ${leg.name}`, value: String(sentTo) }]),
    ...others.map(({ name }, index) => ({
      label: `Packets the gateway received from ${name}`,
      value: String(cameFrom[index]),
    })),
  ];
  const names = others.map(({ name }) => name).join(' and ');
  if (others.length > 0 && cameFrom.every((count) => count === 0)) {
    return { because: `Nothing came from ${names} either.`, figures, isOneWay: false };
  }
  if ((sentTo ?? 0) === 0) return { because: '', figures, isOneWay: others.length > 0 };
  const because =
    others.length > 0
      ? `The gateway received ${names} and sent it on: it was lost between the gateway and ${leg.name}.`
      : `The gateway sent it: it was lost between the gateway and ${leg.name}.`;
  return { because, figures, isOneWay: others.length > 0 };
}

function othersOf({ legs }: CallView, leg: LegView): readonly LegView[] {
  return legs.filter((other) => other.index !== leg.index && other.talk !== null);
}

function countIn(leg: LegView, { from, to }: Span, what: 'sent' | 'received'): number | null {
  const inside = leg.gateway.filter((point) => point.to > from + 0.5 && point.from < to - 0.5);
  return inside.length === 0 ? null : inside.reduce((sum, point) => sum + point[what], 0);
}

/** For how long in all nothing arrived within the span, by how many packets fewer came than usual. */
export function missingIn(leg: LegView, span: Span): number | null {
  const inside = leg.quality.filter((point) => point.to > span.from && point.from < span.to);
  const usual = usualRate(leg);
  if (inside.length === 0 || usual === 0) return null;
  return inside.reduce((sum, { received, from, to }) => {
    if (received === null) return sum;
    const length = to - from;
    const missing = length - received / usual;
    // A few packets more or fewer in an interval are its edges.
    return missing > 0.15 * length ? sum + missing : sum;
  }, 0);
}

/** Packets a second that come to this side when all is well. */
function usualRate(leg: LegView): number {
  const rates = leg.quality.flatMap(({ received, from, to }) =>
    received !== null && received > 0 && to > from ? [received / (to - from)] : [],
  );
  return median(rates);
}

/** The stretch without sound, or nearly, that is nearest to a moment of the span; null where there is none. */
export function gapNear(leg: LegView, moment: number, span: Span): Span | null {
  const usual = usualRate(leg);
  const gaps = stretches(
    leg.quality.filter((point) => point.to > span.from && point.from < span.to),
    ({ received, from, to }) => received !== null && received < 0.5 * usual * (to - from),
  );
  const away = ({ from, to }: Span) => Math.max(from - moment, moment - to, 0);
  const [nearest] = gaps.toSorted((one, other) => away(one) - away(other));
  return nearest === undefined ? null : { from: nearest.from, to: nearest.to };
}
