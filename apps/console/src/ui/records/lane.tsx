import { type PointerEvent, memo, useMemo } from 'react';
import { type Finding, momentOf } from '../../model/records/finding.ts';
import type { LegView } from '../../model/records/leg-view.ts';
import type { Span } from '../../model/records/span.ts';
import { type Cursor, useCursor } from './cursor.ts';

export interface LaneProps {
  leg: LegView;
  findings: readonly Finding[];
  range: Span;
  cursor: Cursor;
  onPick: (at: number) => void;
}

/** One side of the call as a strip: when it was muted, held or without a connection, and a tick for all that happened. */
export const Lane = memo(function Lane({ leg, findings, range, cursor, onPick }: LaneProps) {
  const bars = barsOf(leg, findings).filter(({ from, to }) => to >= range.from && from <= range.to);
  const momentUnder = (event: PointerEvent) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    return range.from + ((event.clientX - left) / width) * (range.to - range.from);
  };
  return (
    <figure className="lane" data-leg={leg.index % 2}>
      <figcaption>
        <span className="leg-name" data-leg={leg.index % 2}>
          {leg.name}
        </span>
        <span className="lane-role">{leg.leg.role === 'caller' ? 'called' : 'was called'}</span>
      </figcaption>
      <div
        className="lane-strip"
        role="img"
        aria-label={laneText(leg, bars)}
        onPointerMove={(event) => cursor.set(momentUnder(event))}
        onPointerLeave={() => cursor.set(null)}
        onPointerUp={(event) => onPick(momentUnder(event))}
      >
        {leg.talk !== null && <i className="lane-talk" style={placeOf(leg.talk, range)} />}
        {bars.map(({ kind, from, to, label }) => (
          <i
            key={`${kind} ${from} ${label}`}
            className="lane-bar"
            data-kind={kind}
            style={placeOf({ from, to }, range)}
          >
            {(to - from) / (range.to - range.from) > 0.06 && label}
          </i>
        ))}
        <Ticks leg={leg} range={range} />
        <CursorLine cursor={cursor} range={range} />
      </div>
    </figure>
  );
});

interface Bar extends Span {
  kind: 'muted' | 'held' | 'offline' | 'problem' | 'warning';
  label: string;
}

function barsOf(leg: LegView, findings: readonly Finding[]): readonly Bar[] {
  const own = findings.filter(({ evidence, kind }) => evidence.leg === leg.index && kind !== 'end');
  return [
    ...leg.muted.map((span): Bar => ({ ...span, kind: 'muted', label: 'muted' })),
    ...leg.held.map((span): Bar => ({ ...span, kind: 'held', label: 'on hold' })),
    ...leg.offline.map(({ from, to }): Bar => ({ from, to, kind: 'offline', label: 'no connection' })),
    ...own.flatMap(({ weight, evidence: { from, to } }): Bar[] =>
      weight === 'problem' || weight === 'warning' ? [{ from, to, kind: weight, label: '' }] : [],
    ),
  ];
}

function laneText(leg: LegView, bars: readonly Bar[]): string {
  const told = bars
    .filter(({ label }) => label !== '')
    .map(({ label, from, to }) => `${label} from ${momentOf(from)} to ${momentOf(to)}`);
  return [`${leg.name}: ${leg.happened.length} events`, ...told].join(', ');
}

function placeOf({ from, to }: Span, range: Span) {
  const length = range.to - range.from;
  const left = Math.max(0, (from - range.from) / length);
  const right = Math.min(1, (to - range.from) / length);
  return { left: `${left * 100}%`, width: `max(${Math.max(0, right - left) * 100}%, 3px)` };
}

const STEPS = 1000;

/** However many there are, a pixel has one tick. */
function Ticks({ leg, range }: Pick<LaneProps, 'leg' | 'range'>) {
  const { usual, bad } = useMemo(() => {
    const places = { usual: new Set<number>(), bad: new Set<number>() };
    for (const { at, level } of leg.happened) {
      const step = Math.round(((at - range.from) / (range.to - range.from)) * STEPS);
      if (step < 0 || step > STEPS) continue;
      (level === 'warn' || level === 'error' ? places.bad : places.usual).add(step);
    }
    return places;
  }, [leg, range]);
  const path = (steps: ReadonlySet<number>) => [...steps].map((step) => `M${step} 0V10`).join('');
  return (
    <svg className="lane-ticks" viewBox={`0 0 ${STEPS} 10`} preserveAspectRatio="none" aria-hidden="true">
      <path d={path(usual)} />
      <path d={path(bad)} data-bad />
    </svg>
  );
}

function CursorLine({ cursor, range }: Pick<LaneProps, 'cursor' | 'range'>) {
  const at = useCursor(cursor);
  if (at === null || at < range.from || at > range.to) return null;
  return (
    <i className="lane-cursor" style={{ left: `${((at - range.from) / (range.to - range.from)) * 100}%` }} />
  );
}
