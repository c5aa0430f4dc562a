import { expect, it } from 'vitest';
import { clockTime, spokenDuration } from './duration.ts';

it.each([
  [0, '0:00', '0 seconds'],
  [999, '0:00', '0 seconds'],
  [1000, '0:01', '1 second'],
  [754_000, '12:34', '12 min 34 s'],
  [3_723_000, '1:02:03', '1 h 2 min'],
  [-500, '0:00', '0 seconds'],
])('%d ms', (ms, clock, spoken) => {
  expect(clockTime(ms)).toBe(clock);
  expect(spokenDuration(ms)).toBe(spoken);
});
