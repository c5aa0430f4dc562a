import { meanOf, NO_COUNTS, sumOf, type Counts, type Figures, type Measures } from './figures.ts';
import type { Sample, Stats } from './sample.ts';

/** A path that the call has taken. */
export interface Path {
  /** Milliseconds of the epoch: from when it was used. */
  readonly at: number;
  readonly local: Stats | undefined;
  readonly remote: Stats | undefined;
}

/** What is known of a call's quality so far. */
export interface Totals {
  readonly counts: Counts;
  readonly paths: readonly Path[];
  /** Of the frame that is being collected. */
  readonly collected: readonly Measures[];
  /** One for each frame. */
  readonly frames: readonly Measures[];
  /** The worst second. */
  readonly worst: { readonly at: number; readonly mos: number } | undefined;
}

export const NOTHING_YET: Totals = {
  counts: NO_COUNTS,
  paths: [],
  collected: [],
  frames: [],
  worst: undefined,
};

/** A call that lasts for days keeps the frames of its last hours. */
const MOST_FRAMES = 10_000;
const MOST_PATHS = 100;

export function collect(totals: Totals, sample: Sample, { counts, measures, pairId, to }: Figures): Totals {
  const { paths, worst } = totals;
  const { mos } = measures;
  const last = paths.at(-1);
  const isNew =
    pairId !== undefined &&
    (sample.local?.['id'] !== last?.local?.['id'] || sample.remote?.['id'] !== last?.remote?.['id']);
  return {
    ...totals,
    counts: sumOf(totals.counts, counts),
    paths: isNew
      ? [...paths, { at: to, local: sample.local, remote: sample.remote }].slice(-MOST_PATHS)
      : paths,
    collected: [...totals.collected, measures],
    worst: mos !== undefined && mos < (worst?.mos ?? Infinity) ? { at: to, mos } : worst,
  };
}

/** @returns what the frame says, where anything was collected for it */
export function closeFrame(totals: Totals): { totals: Totals; frame: Measures | undefined } {
  if (totals.collected.length === 0) return { totals, frame: undefined };
  const frame = meanOf(totals.collected);
  const frames = [...totals.frames, frame].slice(-MOST_FRAMES);
  return { totals: { ...totals, frames, collected: [] }, frame };
}
