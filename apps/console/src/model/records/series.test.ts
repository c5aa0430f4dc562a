import { expect, it } from 'vitest';
import { madeUpCall } from '../../testing/made-up-call.ts';
import { findingsIn } from './findings.ts';
import { viewOf } from './leg-view.ts';
import type { QualityPoint } from './quality.ts';
import { MEASURES, gridOf, plotText, seriesOf } from './series.ts';

function measureOf(name: string) {
  const measure = MEASURES.find((one) => one.name === name);
  if (measure === undefined) throw new Error(`There is no measure ${name}.`);
  return measure;
}

function pointsOf(
  second: (at: number) => { roundTripTime?: number; absent?: number },
): readonly QualityPoint[] {
  return viewOf(madeUpCall({ alice: { second } })).legs[0]?.quality ?? [];
}

it('a call is drawn by the second, with a gap where nothing is known', () => {
  const points = pointsOf((at) => ({ roundTripTime: at / 1000 }));
  const values = seriesOf(points, measureOf('Round trip'), gridOf({ from: 0, to: 99 }));
  expect(values.slice(0, 8)).toEqual([null, null, null, null, 0, 1, 2, 3]);
  expect(values).toHaveLength(99);
});

it('a call of three hours is drawn in 1,200 steps, and its one bad second is seen', () => {
  const file = madeUpCall({
    seconds: 10_800,
    alice: { second: (at) => (at === 7000 ? { roundTripTime: 0.9 } : {}) },
  });
  const view = viewOf(file);
  const values = seriesOf(
    view.legs[0]?.quality ?? [],
    measureOf('Round trip'),
    gridOf({ from: 0, to: 10_804 }),
  );
  expect(values).toHaveLength(1200);
  expect(values.filter((value) => value === 900)).toHaveLength(1);
  expect(findingsIn(view).map(({ kind }) => kind)).toEqual(['nothing', 'end']);
});

it('intervals that drift against the grid leave no gaps', () => {
  const [point] = pointsOf(() => ({}));
  if (point === undefined) throw new Error('There is a point.');
  const drifting = Array.from({ length: 200 }, (_, nth) => ({
    ...point,
    from: nth * 1.013,
    to: (nth + 1) * 1.013,
  }));
  expect(seriesOf(drifting, measureOf('Jitter'), gridOf({ from: 0, to: 200 })).includes(null)).toBe(false);
});

it('who does not see a plot is told its values', () => {
  const lines = [
    { name: 'alice', values: [20, 30, null, 400] },
    { name: 'bob', values: [null] },
  ];
  expect(plotText(measureOf('Round trip'), lines)).toBe(
    'Round trip. alice: 20 ms to 400 ms, mostly about 30 ms. bob: not known.',
  );
});
