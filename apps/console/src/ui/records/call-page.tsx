import type { CallFile } from '@parley/protocol';
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { type Finding, lengthOf, momentOf } from '../../model/records/finding.ts';
import { findingsIn } from '../../model/records/findings.ts';
import { type CallView, viewOf } from '../../model/records/leg-view.ts';
import { MEASURES, gridOf, seriesOf } from '../../model/records/series.ts';
import type { Span } from '../../model/records/span.ts';
import { CallFacts } from './call-facts.tsx';
import { createCursor } from './cursor.ts';
import { FindingList } from './finding-list.tsx';
import { Lane } from './lane.tsx';
import { QualityPlot } from './quality-plot.tsx';
import { type Shown, Timeline } from './timeline.tsx';

export interface CallPageProps {
  file: CallFile;
  /** Where to go from here, and what to do with the call. */
  children: ReactNode;
}

/** A call longer than this is looked at in parts: a moment of it would be a pixel. */
const LONG_SECONDS = 240;

export function CallPage({ file, children }: CallPageProps) {
  const view = useMemo(() => viewOf(file), [file]);
  const findings = useMemo(() => findingsIn(view), [view]);
  const [cursor] = useState(createCursor);
  const [chosen, setChosen] = useState<Finding | null>(null);
  const [shown, setShown] = useState<Shown | null>(null);
  const [part, setPart] = useState<Span | null>(null);
  const look = useRef<HTMLDivElement>(null);

  const pick = useCallback((at: number) => {
    setChosen(null);
    setShown({ at, records: [] });
  }, []);
  const choose = (finding: Finding) => {
    const { from, to, records } = finding.evidence;
    setChosen(finding);
    setShown({ at: from, records });
    cursor.set(from);
    if (view.duration > LONG_SECONDS) setPart(around({ from, to }, view.duration));
    look.current?.scrollIntoView({ block: 'start', behavior: 'smooth' });
    look.current?.focus({ preventScroll: true });
  };

  return (
    <article className="record">
      <CallHeading view={view}>{children}</CallHeading>
      <FindingList findings={findings} chosen={chosen} onChoose={choose} />
      <div ref={look} className="look" tabIndex={-1} role="region" aria-label="Timeline and quality">
        <Plots
          view={view}
          findings={findings}
          part={part}
          marked={chosen?.evidence ?? null}
          cursor={cursor}
          onPick={pick}
          onPart={setPart}
        />
        <Timeline happened={view.happened} legs={view.legs} shown={shown} cursor={cursor} />
      </div>
      <CallFacts view={view} />
    </article>
  );
}

function around({ from, to }: Span, duration: number): Span {
  const margin = Math.max(30, (to - from) * 0.5);
  return { from: Math.max(0, from - margin), to: Math.min(duration, to + margin) };
}

function CallHeading({ view, children }: { view: CallView; children: ReactNode }) {
  const { call } = view.file;
  const started = new Date(call.startedAt);
  const isLive = call.endedAt === undefined;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), [call.id]);
  const [caller, callee] = [
    view.legs.find(({ leg }) => leg.role === 'caller')?.name ?? call.caller,
    view.legs.find(({ leg }) => leg.role === 'callee')?.name ?? call.callee ?? call.destination,
  ];
  return (
    <header className="record-heading">
      <nav aria-label="This call">{children}</nav>
      <h1 ref={heading} tabIndex={-1}>
        {caller} called {callee} {isLive && <span className="live-mark">Live</span>}
      </h1>
      <p className="record-when">
        <time dateTime={call.startedAt}>
          {started.toLocaleString([], { dateStyle: 'medium', timeStyle: 'medium' })}
        </time>
        <span>{talkText(view, isLive)}</span>
        {call.mos !== undefined && (
          <span>
            Quality {call.mos.toFixed(1)} of 4.5
            {call.worst !== undefined &&
              `, at worst ${call.worst.mos.toFixed(1)} at ${momentOf((Date.parse(call.worst.at) - started.getTime()) / 1000)}`}
          </span>
        )}
      </p>
    </header>
  );
}

function talkText({ answered, duration }: CallView, isLive: boolean): string {
  if (answered === null) return isLive ? 'ringing' : 'not answered';
  return isLive
    ? `talking for ${lengthOf(duration - answered)}`
    : `talked for ${lengthOf(duration - answered)}`;
}

interface PlotsProps {
  view: CallView;
  findings: readonly Finding[];
  part: Span | null;
  marked: Span | null;
  cursor: ReturnType<typeof createCursor>;
  onPick: (at: number) => void;
  onPart: (part: Span | null) => void;
}

function Plots({ view, findings, part, marked, cursor, onPick, onPart }: PlotsProps) {
  const range = useMemo(() => part ?? { from: 0, to: view.duration }, [part, view.duration]);
  const grid = useMemo(() => gridOf(range), [range]);
  const told = useMemo(() => view.legs.filter(({ quality }) => quality.length > 0), [view]);
  const plots = useMemo(
    () =>
      MEASURES.map((measure) => ({
        measure,
        lines: view.legs.map(({ name, quality }) => ({ name, values: seriesOf(quality, measure, grid) })),
      })).filter(({ lines }) => lines.some(({ values }) => values.some((value) => value !== null))),
    [view, grid],
  );
  return (
    <section className="plots" aria-labelledby="plots-heading">
      <div className="plots-head">
        <h2 id="plots-heading">Quality over time</h2>
        {part === null ? (
          <p className="hint">Drag over a plot to look closer.</p>
        ) : (
          <button type="button" className="link" onClick={() => onPart(null)}>
            Whole call
          </button>
        )}
      </div>
      {view.legs.map((leg) => (
        <Lane key={leg.index} leg={leg} findings={findings} range={range} cursor={cursor} onPick={onPick} />
      ))}
      {told.length === 0 && <p className="hint">Nothing was measured of this call’s sound.</p>}
      {plots.map(({ measure, lines }, index) => (
        <QualityPlot
          key={measure.name}
          measure={measure}
          grid={grid}
          lines={lines}
          range={range}
          marked={marked}
          cursor={cursor}
          last={index === plots.length - 1}
          onPick={onPick}
          onZoom={onPart}
        />
      ))}
    </section>
  );
}
