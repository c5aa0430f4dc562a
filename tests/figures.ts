import type { Figures } from '@parley/testkit';
import { expect } from 'vitest';

/** For how long a busy machine holds a page still: what a bound takes on top of the figure that it is about. */
export const BUSY_MS = 2_000;

/**
 * Holds figures to bounds that a busy machine keeps as well, and prints them, so that what was reached can be read in
 * the output of every run.
 */
export function expectWithin(row: string, measured: Figures, bounds: Figures): void {
  const told = Object.entries(measured).map(([name, value]) => `${name} ${Math.round(value)} ms`);
  console.log(`${row}: ${told.join(', ')}`);
  for (const [name, bound] of Object.entries(bounds)) {
    expect(measured[name], `${row}: ${name}`).toBeLessThanOrEqual(bound);
  }
}
