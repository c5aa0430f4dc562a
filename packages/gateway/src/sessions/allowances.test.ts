import { expect, it } from 'vitest';
import { FakeClock } from '../signaling.fixture.ts';
import { Allowances } from './allowances.ts';

it('an allowance, is drawn until it is used up, fills up again with time, and is each key’s own', async () => {
  const clock = new FakeClock();
  const allowances = new Allowances(clock, { most: 2, perMs: 1 / 1000 });
  expect(['a', 'a', 'a', 'b'].map((key) => allowances.draw(key))).toEqual([true, true, false, true]);
  expect([allowances.isUsedUp('a'), allowances.isUsedUp('b')]).toEqual([true, false]);
  await clock.advance(1_000);
  expect([allowances.draw('a'), allowances.draw('a')]).toEqual([true, false]);
  await clock.advance(60_000);
  expect([1, 2, 3].map(() => allowances.draw('a'))).toEqual([true, true, false]);
});
