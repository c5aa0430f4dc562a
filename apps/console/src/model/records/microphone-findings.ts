import { textOf } from '../members.ts';
import { type Finding, lengthOf, momentOf, recordsIn, stretchOf } from './finding.ts';
import type { LegView } from './leg-view.ts';
import type { Occurrence } from './occurrence.ts';
import type { QualityPoint } from './quality.ts';
import { type Span, joined, overlaps, stretches } from './span.ts';

/** No microphone in the world is as quiet: zeros come from a device that is off, or from software. */
const ZERO_LEVEL = 1e-5;
const ZERO_SECONDS = 4;
/** The level below which the SDKs call it silence; a person who listens is as quiet for a while. */
const QUIET_LEVEL = 0.001;
const QUIET_SECONDS = 30;

/** The microphone delivered nothing, though nobody had muted it. */
export function silenceFindings(leg: LegView): readonly Finding[] {
  const quiet = (limit: number, seconds: number) =>
    stretches(leg.quality, (point) => isOpen(leg, point) && (point.outboundLevel ?? 1) <= limit).filter(
      ({ from, to }) => to - from >= seconds,
    );
  const spans = joined([...quiet(ZERO_LEVEL, ZERO_SECONDS), ...quiet(QUIET_LEVEL, QUIET_SECONDS)], 1);
  const end = leg.talk?.to ?? 0;
  return spans.map((span): Finding => {
    const inside = leg.quality.filter(({ from, to }) => from >= span.from && to <= span.to);
    const isBlocked = inside.some(({ track }) => track === 'muted');
    const what = isBlocked
      ? `${leg.name}’s microphone was silenced by the computer or the browser`
      : `${leg.name}’s microphone delivered silence`;
    const peak = inside.reduce((most, { outboundLevel }) => Math.max(most, outboundLevel ?? 0), 0);
    return {
      kind: 'silence',
      weight: 'problem',
      sentence: `${what} ${stretchOf(span, end)}.`,
      evidence: {
        ...span,
        leg: leg.index,
        figures: [
          { label: 'Highest level', value: peak.toFixed(4) },
          { label: 'Length', value: lengthOf(span.to - span.from) },
        ],
        records: recordsIn(leg, span, isSilence),
      },
    };
  });
}

function isOpen(leg: LegView, point: QualityPoint): boolean {
  const inTalk = leg.talk !== null && point.from >= leg.talk.from - 0.5;
  return inTalk && point.track !== 'disabled' && point.track !== 'ended' && !isPaused(leg, point);
}

/** Muted or on hold: silence is as it should be. */
function isPaused(leg: LegView, span: Span): boolean {
  return overlaps(leg.muted, span) || overlaps(leg.held, span);
}

function isSilence({ category, event, record }: Occurrence): boolean {
  if (category === 'media') return event === 'silent' || event === 'heard';
  return category === 'quality' && textOf(record.context, 'name').includes('audio');
}

const LONG_PAUSE_SECONDS = 3;

/** What people did, and may have forgotten: nobody heard them. */
export function pauseFindings(leg: LegView): readonly Finding[] {
  return [
    ...pauses(leg, 'muted', leg.muted, `${leg.name} was muted`),
    ...pauses(leg, 'held', leg.holds, `${leg.name} had the call on hold`),
  ];
}

function pauses(
  leg: LegView,
  kind: 'muted' | 'held',
  all: readonly Span[],
  what: string,
): readonly Finding[] {
  const long = all.filter(({ from, to }) => to - from >= LONG_PAUSE_SECONDS);
  const [first] = long;
  const last = long.at(-1);
  if (first === undefined || last === undefined) return [];
  const length = lengthOf(long.reduce((sum, { from, to }) => sum + to - from, 0));
  const sentence =
    long.length === 1
      ? `${what} ${stretchOf(first, leg.talk?.to ?? 0)}.`
      : `${what} ${long.length} times, ${length} in all.`;
  return [
    {
      kind,
      weight: 'hint',
      sentence,
      evidence: {
        from: first.from,
        to: last.to,
        leg: leg.index,
        figures: [{ label: 'Length', value: length }],
        records: leg.happened
          .filter(({ category, event }) => category === 'call' && PAUSES.has(event))
          .map(({ id }) => id),
      },
    },
  ];
}

const PAUSES: ReadonlySet<string> = new Set(['muted', 'unmuted', 'held', 'unheld']);

/** What became of the microphone as a device. */
export function deviceFindings(leg: LegView): readonly Finding[] {
  const told = leg.happened.filter(
    (one) =>
      one.category === 'device' && (one.event === 'lost' || one.event === 'failed') && isMicrophone(one),
  );
  const findings = told.map((one) => deviceFinding(leg, one));
  if (findings.length > 0) return findings;
  const [gone] = stretches(leg.quality, ({ track }) => track === 'ended');
  if (gone === undefined) return [];
  return [
    {
      kind: 'device',
      weight: 'problem',
      sentence: `${leg.name}’s microphone was unplugged or taken away at ${momentOf(gone.from)}.`,
      evidence: { from: gone.from, to: gone.to, leg: leg.index, figures: [], records: [] },
    },
  ];
}

function deviceFinding(leg: LegView, one: Occurrence): Finding {
  const label = textOf(one.record.context, 'label') || microphoneBefore(leg, one.at);
  const name = label === '' ? `${leg.name}’s microphone` : `${leg.name}’s microphone “${label}”`;
  const next = nextMicrophone(leg, one);
  const replaced =
    next === undefined
      ? ''
      : ` ${next.label === '' ? 'Another microphone' : `“${next.label}”`} took its place after ${lengthOf(next.at - one.at)}.`;
  const lost = one.event === 'lost';
  return {
    kind: 'device',
    weight: lost && next !== undefined ? 'warning' : 'problem',
    sentence: lost
      ? `${name} was unplugged or taken away at ${momentOf(one.at)}.${replaced}`
      : `${leg.name}’s browser could not open the microphone at ${momentOf(one.at)}.${replaced}`,
    evidence: {
      from: one.at,
      to: next?.at ?? one.at,
      leg: leg.index,
      figures: label === '' ? [] : [{ label: 'Device', value: label }],
      records: [one.id, ...(next?.records ?? [])],
    },
  };
}

/** As the client tells, or, where it does not, as the name of its track changes. */
function nextMicrophone(leg: LegView, lost: Occurrence) {
  const told = leg.happened.find(
    (one) => one.category === 'device' && one.event === 'changed' && one.at >= lost.at && isMicrophone(one),
  );
  if (told !== undefined) {
    return { at: told.at, label: textOf(told.record.context, 'label'), records: [told.id] };
  }
  const before = microphoneBefore(leg, lost.at);
  const after = leg.quality.find(
    ({ to, track, microphone }) =>
      to > lost.at && track === 'live' && microphone !== '' && microphone !== before,
  );
  return after === undefined || before === ''
    ? undefined
    : { at: Math.max(after.from, lost.at), label: after.microphone, records: [] };
}

function microphoneBefore({ quality }: LegView, at: number): string {
  return quality.findLast(({ from, microphone }) => from <= at && microphone !== '')?.microphone ?? '';
}

function isMicrophone({ record }: Occurrence): boolean {
  const kind = textOf(record.context, 'kind');
  return kind === '' || kind === 'audioinput' || kind === 'microphone';
}
