import { memberOf, textOf } from '../members.ts';
import { type Figure, type Finding, lengthOf, momentOf, recordsIn } from './finding.ts';
import type { LegView } from './leg-view.ts';
import type { Occurrence } from './occurrence.ts';
import { rowsOf } from './quality.ts';
import { gapNear, missingIn } from './sound-findings.ts';
import { type Span, joined, overlaps, stretches } from './span.ts';

/** What belongs to one change of the network comes within this time. */
const ONE_CHANGE_SECONDS = 12;
/** ICE settles on its pair in the first moments. */
const SETTLING_SECONDS = 3;

/** The path of the sound was changed or repaired in the middle of the call. */
export function networkFindings(leg: LegView): readonly Finding[] {
  const { talk } = leg;
  if (talk === null) return [];
  const changes = pairChanges(leg);
  const repairs = leg.happened.filter(isRepair);
  const begin = Math.max(talk.from, leg.quality.find(({ pair }) => pair !== '')?.from ?? talk.from);
  const moments = [
    ...changes,
    ...repairs.map(({ at }) => ({ from: at, to: at })),
    ...leg.happened.filter(isPair).map(({ at }) => ({ from: at, to: at })),
  ].filter(({ from, to }) => from > begin + SETTLING_SECONDS && to <= talk.to);
  return joined(moments, ONE_CHANGE_SECONDS).map((change) => networkFinding(leg, change, changes, repairs));
}

function networkFinding(
  leg: LegView,
  change: Span,
  changes: readonly PairChange[],
  repairs: readonly Occurrence[],
): Finding {
  const span = { from: change.from - ONE_CHANGE_SECONDS, to: change.to + ONE_CHANGE_SECONDS };
  const gap = gapNear(leg, change.from, span);
  // Sound stopped and began again within the intervals beside it.
  const missing = missingIn(leg, gap === null ? change : { from: gap.from - 0.5, to: gap.to + 0.5 });
  const at = Math.min(change.from, gap?.from ?? change.from);
  const moved = changes.find(({ from }) => from >= change.from && from <= change.to);
  const isMoved = moved !== undefined && moved.before.split(':')[0] !== moved.after.split(':')[0];
  const what = isMoved
    ? `${leg.name}’s network changed at ${momentOf(at)}`
    : `The path of ${leg.name}’s sound had to be renewed at ${momentOf(at)}`;
  const repair = repairs.filter((one) => one.at >= span.from && one.at <= span.to);
  return {
    kind: 'network-change',
    weight: (missing ?? 0) >= 0.5 ? 'problem' : 'warning',
    sentence: `${what}; ${backSentence(missing)}.`,
    evidence: {
      from: at,
      to: Math.max(change.to, gap?.to ?? change.to),
      leg: leg.index,
      figures: [
        ...(missing === null ? [] : [{ label: 'Sound that is missing', value: lengthOf(missing) }]),
        ...(moved === undefined
          ? []
          : [
              { label: 'Before', value: moved.before },
              { label: 'After', value: moved.after },
            ]),
      ],
      records: [
        ...new Set([
          ...repair.map(({ id }) => id),
          ...recordsIn(leg, change, ({ category }) => category === 'ice' || category === 'media', 4),
        ]),
      ],
    },
  };
}

function backSentence(missing: number | null): string {
  if (missing === null) return 'whether sound was missing is not known';
  return missing < 0.2 ? 'sound went on without a break' : `sound was back after ${lengthOf(missing)}`;
}

interface PairChange extends Span {
  before: string;
  after: string;
}

function pairChanges(leg: LegView): readonly PairChange[] {
  const known = leg.quality.filter(({ pair }) => pair !== '');
  return known.flatMap((point, index) => {
    const before = known[index - 1];
    if (before === undefined || before.pair === point.pair) return [];
    return [{ from: point.from, to: point.from, before: before.pair, after: point.pair }];
  });
}

const REPAIRS: ReadonlySet<string> = new Set(['restarted', 'remade', 'lost', 'recovery']);
const BROKEN: ReadonlySet<string> = new Set(['interrupted', 'recovering']);

/** A client's restart of ICE is known by what it asks for, too, where it tells nothing itself. */
function isRepair({ category, event, record }: Occurrence): boolean {
  if (category === 'signaling') return textOf(record.context, 'action') === 'updateMedia';
  if (category !== 'media') return false;
  return REPAIRS.has(event) || (event === 'state' && BROKEN.has(textOf(record.context, 'state')));
}

function isPair({ category, event }: Occurrence): boolean {
  return category === 'ice' && event === 'pair';
}

/** The connection to the gateway was away, which a call survives. */
export function connectionFindings(leg: LegView, explained: readonly Span[]): readonly Finding[] {
  const { talk } = leg;
  if (talk === null) return [];
  return leg.offline
    .filter(({ from, to }) => to > talk.from && from < talk.to - 0.5)
    .map((span): Finding => {
      const length = lengthOf(span.to - span.from);
      const lost = `${leg.name}’s connection to the gateway was lost at ${momentOf(span.from)}`;
      const around = { from: span.from - 1, to: span.to + 1 };
      const missing = overlaps(explained, around) ? null : missingIn(leg, around);
      return {
        kind: 'connection-lost',
        weight: span.over && (missing ?? 0) < 0.5 ? 'warning' : 'problem',
        sentence: span.over
          ? `${lost} for ${length}; the call went on${soundMeanwhile(missing)}.`
          : `${lost} and did not come back.`,
        evidence: {
          from: span.from,
          to: span.to,
          leg: leg.index,
          figures: closeCode(leg, span, length),
          records: recordsIn(leg, span, ({ category }) => category === 'connection'),
        },
      };
    });
}

function soundMeanwhile(missing: number | null): string {
  if (missing === null) return '';
  return missing < 0.5 ? ', and its sound too' : `, but ${lengthOf(missing)} of sound are missing`;
}

function closeCode(leg: LegView, span: Span, length: string): readonly Figure[] {
  const closed = leg.happened.find(
    ({ category, event, at }) =>
      category === 'connection' && event === 'closed' && Math.abs(at - span.from) < 2,
  );
  const code = memberOf(closed?.record.context, 'code');
  return [
    { label: 'Length', value: length },
    ...(typeof code === 'number' ? [{ label: 'Close code', value: String(code) }] : []),
  ];
}

/** A relay costs time, and by TCP loses no packet but delays those behind it. */
export function relayFindings(leg: LegView): readonly Finding[] {
  const relayed = rowsOf(leg.leg).filter(
    ({ ice }) => textOf(memberOf(ice, 'local'), 'candidateType') === 'relay',
  );
  const [first] = relayed;
  if (first === undefined) return [];
  const local = memberOf(first.ice, 'local');
  const protocol = (textOf(local, 'relayProtocol') || textOf(local, 'protocol')).toUpperCase();
  const byTcp = protocol === 'TCP' || protocol === 'TLS';
  const points = stretches(leg.quality, ({ pair }) => pair !== '');
  return [
    {
      kind: 'relay',
      weight: 'hint',
      sentence: byTcp
        ? `${leg.name}’s sound went through a relay (TURN) by ${protocol}: the network lets no UDP out, which makes delays longer when packets are lost.`
        : `${leg.name}’s sound went through a relay (TURN): no direct path to the gateway was found.`,
      evidence: {
        from: points[0]?.from ?? 0,
        to: points.at(-1)?.to ?? 0,
        leg: leg.index,
        figures: [
          { label: 'Relay', value: textOf(local, 'url') || 'not told' },
          { label: 'Protocol', value: protocol || 'not told' },
        ],
        records: [],
      },
    },
  ];
}
