import type { Figures } from '@parley/testkit';
import { expect, TestRunner } from 'vitest';

/** For how long a busy machine holds a page still: what a bound takes on top of the figure that it is about. */
export const BUSY_MS = 2_000;

/** A figure as the report of a run keeps it. */
interface KeptFigure {
  readonly row: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The most that it may be. */
  readonly bound?: number;
}

declare module 'vitest' {
  interface TaskMeta {
    figures?: KeptFigure[];
  }
}

/**
 * Holds figures to bounds that a busy machine keeps as well, prints them, and leaves them in the report of the run, so
 * that what was reached can be read of every run.
 *
 * @param unit of all of them. Default: milliseconds
 */
export function expectWithin(row: string, measured: Figures, bounds: Figures, unit = 'ms'): void {
  const told = Object.entries(measured).map(([name, value]) => `${name} ${Math.round(value)} ${unit}`);
  console.log(`${row}: ${told.join(', ')}`);
  const kept = Object.entries(measured).map(([name, value]): KeptFigure => {
    const bound = bounds[name];
    return { row, name, value: Math.round(value), unit, ...(bound === undefined ? {} : { bound }) };
  });
  const meta = TestRunner.getCurrentTest()?.meta;
  if (meta) meta.figures = [...(meta.figures ?? []), ...kept];
  for (const [name, bound] of Object.entries(bounds)) {
    expect(measured[name], `${row}: ${name}`).toBeLessThanOrEqual(bound);
  }
}
