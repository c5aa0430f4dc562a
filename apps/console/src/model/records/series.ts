import type { QualityPoint } from './quality.ts';
import type { Span } from './span.ts';

/** What is drawn of quality. */
export interface Measure {
  name: string;
  unit: string;
  /** What it says, for whoever does not know the word. */
  meaning: string;
  valueOf: (point: QualityPoint) => number | null;
  /** Of several values that share a pixel, the one that is drawn. */
  pick: 'highest' | 'lowest' | 'mean';
  /** The axis reaches at least from 0, or from this, to this. */
  least: readonly [number, number];
  digits: number;
}

const scaled = (value: number | null, factor: number) => (value === null ? null : value * factor);

export const MEASURES: readonly Measure[] = [
  {
    name: 'Quality (MOS)',
    unit: '',
    meaning: 'How good it sounded, from 1 to 4.5: above 4 is good, under 3 is hard to follow.',
    valueOf: ({ mos }) => mos,
    pick: 'lowest',
    least: [1, 4.5],
    digits: 1,
  },
  {
    name: 'Round trip',
    unit: 'ms',
    meaning: 'How long packets took to the gateway and back.',
    valueOf: ({ roundTripTime }) => scaled(roundTripTime, 1000),
    pick: 'highest',
    least: [0, 100],
    digits: 0,
  },
  {
    name: 'Jitter',
    unit: 'ms',
    meaning: 'How unevenly packets arrived.',
    valueOf: ({ jitter }) => scaled(jitter, 1000),
    pick: 'highest',
    least: [0, 20],
    digits: 0,
  },
  {
    name: 'Loss',
    unit: '%',
    meaning: 'Packets on the way to this person that never arrived.',
    valueOf: ({ loss }) => scaled(loss, 100),
    pick: 'highest',
    least: [0, 5],
    digits: 1,
  },
  {
    name: 'Received',
    unit: 'kbit/s',
    meaning: 'Sound that arrived at this person’s browser.',
    valueOf: ({ inboundBitrate }) => scaled(inboundBitrate, 0.001),
    pick: 'mean',
    least: [0, 40],
    digits: 0,
  },
  {
    name: 'Microphone',
    unit: '%',
    meaning: 'How loud this person’s microphone was, before it was sent.',
    valueOf: ({ outboundLevel }) => scaled(outboundLevel, 100),
    pick: 'highest',
    least: [0, 20],
    digits: 1,
  },
  {
    name: 'Heard',
    unit: '%',
    meaning: 'How loud the other side was in this person’s browser.',
    valueOf: ({ inboundLevel }) => scaled(inboundLevel, 100),
    pick: 'highest',
    least: [0, 20],
    digits: 1,
  },
];

/** No plot is wider in pixels than this is useful for. */
const MOST_BINS = 1200;

/** Equal steps over the range, of a second or more: the middles of them. */
export function gridOf({ from, to }: Span): readonly number[] {
  const length = Math.max(1, to - from);
  const count = Math.min(MOST_BINS, Math.ceil(length));
  const step = length / count;
  return Array.from({ length: count }, (_, nth) => from + (nth + 0.5) * step);
}

/** One value for each step of the grid; null where nothing is known. */
export function seriesOf(
  points: readonly QualityPoint[],
  measure: Measure,
  grid: readonly number[],
): (number | null)[] {
  const step = (grid[1] ?? (grid[0] ?? 0) + 1) - (grid[0] ?? 0);
  let next = 0;
  return grid.map((middle) => {
    const [begin, end] = [middle - step / 2, middle + step / 2];
    while ((points[next]?.to ?? Infinity) <= begin) next += 1;
    const inside: number[] = [];
    for (let index = next; (points[index]?.from ?? Infinity) < end; index += 1) {
      const point = points[index];
      if (point === undefined || !isOf(point, middle, begin, end)) continue;
      const value = measure.valueOf(point);
      if (value !== null) inside.push(value);
    }
    return picked(inside, measure.pick);
  });
}

/** An interval belongs to the step that its middle is in, and to each whose middle is in it. */
function isOf(point: Span, middle: number, begin: number, end: number): boolean {
  const own = (point.from + point.to) / 2;
  return (own >= begin && own < end) || (point.from <= middle && point.to > middle);
}

function picked(values: readonly number[], pick: Measure['pick']): number | null {
  if (values.length === 0) return null;
  switch (pick) {
    case 'highest':
      return Math.max(...values);
    case 'lowest':
      return Math.min(...values);
    case 'mean':
      return values.reduce((sum, value) => sum + value, 0) / values.length;
  }
}

/** `34 ms`; a dash where nothing is known. */
export function valueText(value: number | null | undefined, { unit, digits }: Measure): string {
  if (value === null || value === undefined) return '–';
  return `${value.toFixed(digits)}${unit === '' ? '' : ` ${unit}`}`;
}

/** What a plot shows, for who does not see it. */
export function plotText(
  measure: Measure,
  lines: readonly { name: string; values: readonly (number | null)[] }[],
) {
  const texts = lines.map(({ name, values }) => {
    const known = values.filter((value) => value !== null).toSorted((one, other) => one - other);
    if (known.length === 0) return `${name}: not known`;
    const of = (share: number) => valueText(known[Math.floor((known.length - 1) * share)], measure);
    return `${name}: ${of(0)} to ${of(1)}, mostly about ${of(0.5)}`;
  });
  return `${measure.name}. ${texts.join('. ')}.`;
}
