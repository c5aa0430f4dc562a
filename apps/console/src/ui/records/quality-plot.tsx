import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { momentOf } from '../../model/records/finding.ts';
import { type Measure, plotText, valueText } from '../../model/records/series.ts';
import type { Span } from '../../model/records/span.ts';
import { type Cursor, useCursor } from './cursor.ts';

export interface PlotLine {
  name: string;
  values: (number | null)[];
}

export interface QualityPlotProps {
  measure: Measure;
  grid: readonly number[];
  lines: readonly PlotLine[];
  range: Span;
  /** What a finding is about. */
  marked: Span | null;
  cursor: Cursor;
  /** It has the times below it. */
  last: boolean;
  onPick: (at: number) => void;
  onZoom: (range: Span) => void;
}

/** Room for the numbers at the left, the same for every plot, so that all have one time axis. */
const GUTTER = 48;
const RIGHT = 12;
const HEIGHT = 80;
const TIMES_HEIGHT = 26;

export function QualityPlot(props: QualityPlotProps) {
  const { measure, grid, lines, range, marked, cursor, last } = props;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const now = useRef(props);
  now.current = props;
  const legs = lines.length;

  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const draw = () => {
      plot.current?.destroy();
      plot.current = new uPlot(
        optionsOf(element, () => now.current, last, legs),
        dataOf(now.current),
        element,
      );
    };
    draw();
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', draw);
    const sizes = new ResizeObserver(() =>
      plot.current?.setSize({ width: element.clientWidth, height: heightOf(last) }),
    );
    sizes.observe(element);
    const follow = () => point(plot.current, cursor.get());
    const forget = cursor.subscribe(follow);
    return () => {
      forget();
      sizes.disconnect();
      dark.removeEventListener('change', draw);
      plot.current?.destroy();
      plot.current = null;
    };
  }, [cursor, last, legs]);

  useEffect(() => {
    plot.current?.setData(dataOf(now.current));
  }, [grid, lines, range.from, range.to]);

  useEffect(() => {
    plot.current?.redraw(false);
  }, [marked]);

  return (
    <figure className="plot" data-last={last || undefined}>
      <figcaption title={measure.meaning}>
        <span>
          <span className="plot-name">{measure.name}</span> <span className="plot-unit">{measure.unit}</span>
        </span>
        <Readout measure={measure} grid={grid} lines={lines} cursor={cursor} />
      </figcaption>
      <div ref={place} className="plot-place" role="img" aria-label={plotText(measure, lines)} />
    </figure>
  );
}

type ReadoutProps = Pick<QualityPlotProps, 'measure' | 'grid' | 'lines' | 'cursor'>;

/** The values at the cursor. */
function Readout({ measure, grid, lines, cursor }: ReadoutProps) {
  const at = useCursor(cursor);
  if (at === null) return null;
  const step = (grid[1] ?? 1) - (grid[0] ?? 0);
  const index = Math.round((at - (grid[0] ?? 0)) / step);
  return (
    <span className="plot-values" aria-hidden="true">
      {lines.map(({ name, values }, leg) => (
        <span key={name} data-leg={leg % 2}>
          {valueText(values[index], measure)}
        </span>
      ))}
    </span>
  );
}

function heightOf(last: boolean): number {
  return HEIGHT + (last ? TIMES_HEIGHT : 0);
}

function dataOf({ grid, lines }: QualityPlotProps): uPlot.AlignedData {
  return [[...grid], ...lines.map(({ values }) => values)];
}

function optionsOf(
  element: HTMLElement,
  props: () => QualityPlotProps,
  last: boolean,
  legs: number,
): uPlot.Options {
  const style = getComputedStyle(element);
  const color = (name: string) => style.getPropertyValue(name).trim();
  const { measure } = props();
  const [least, most] = measure.least;
  const font = `11px ${style.fontFamily}`;
  const axis = { stroke: color('--ink-soft'), font, ticks: { show: false } };
  const grid = { stroke: color('--line'), width: 1 };
  return {
    width: element.clientWidth,
    height: heightOf(last),
    padding: [6, RIGHT, last ? 0 : 6, 0],
    legend: { show: false },
    scales: {
      x: { time: false, range: () => [props().range.from, props().range.to] },
      y: { range: (_, low, high) => [least, Math.max(most, high > most ? high * 1.08 : most, low)] },
    },
    axes: [
      {
        ...axis,
        grid,
        size: last ? TIMES_HEIGHT : 0,
        space: 64,
        incrs: [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600],
        values: (_, splits) => splits.map((at) => (last ? momentOf(at) : '')),
      },
      { ...axis, grid, size: GUTTER, space: 24, gap: 6 },
    ],
    series: [{}, ...Array.from({ length: legs }, (_, leg) => lineOf(color(`--leg-${leg % 2}`), leg))],
    cursor: {
      y: false,
      points: { size: 6 },
      drag: { x: true, y: false, setScale: false },
      focus: { prox: -1 },
    },
    hooks: {
      ready: [(self) => listen(self, props)],
      drawClear: [(self) => mark(self, props().marked, color('--mark'))],
      setCursor: [(self) => props().cursor.set(momentUnder(self))],
      setSelect: [(self) => zoom(self, props)],
    },
  };
}

/** The sides differ by more than their colour. */
function lineOf(stroke: string, leg: number): uPlot.Series {
  return { stroke, width: 1.6, points: { show: false }, ...(leg % 2 === 1 ? { dash: [5, 3] } : {}) };
}

function momentUnder(self: uPlot): number | null {
  const left = self.cursor.left ?? -1;
  return left < 0 ? null : self.posToVal(left, 'x');
}

function listen(self: uPlot, props: () => QualityPlotProps): void {
  self.over.addEventListener('click', () => {
    const at = momentUnder(self);
    if (at !== null) props().onPick(at);
  });
}

function zoom(self: uPlot, props: () => QualityPlotProps): void {
  const { left, width } = self.select;
  if (width < 8) return;
  const [from, to] = [self.posToVal(left, 'x'), self.posToVal(left + width, 'x')];
  self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  props().onZoom({ from, to });
}

function mark(self: uPlot, marked: Span | null, color: string): void {
  if (marked === null) return;
  const [from, to] = [self.valToPos(marked.from, 'x', true), self.valToPos(marked.to, 'x', true)];
  const { left, top, width, height } = self.bbox;
  const [begin, end] = [Math.max(left, from - 1), Math.min(left + width, Math.max(to, from + 2))];
  if (end <= begin) return;
  self.ctx.save();
  self.ctx.fillStyle = color;
  self.ctx.fillRect(begin, top, end - begin, height);
  self.ctx.restore();
}

function point(self: uPlot | null, at: number | null): void {
  if (self === null) return;
  const left = at === null ? -10 : self.valToPos(at, 'x');
  if (Math.abs(left - (self.cursor.left ?? -10)) < 0.5) return;
  self.setCursor({ left, top: 10 }, false);
}
