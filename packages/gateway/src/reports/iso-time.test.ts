import { expect, it } from 'vitest';
import { isoTime } from './iso-time.ts';

it.each([
  [1_763_800_000_000, '2025-11-22T08:26:40.000Z'],
  [1.5, '1970-01-01T00:00:00.001Z'],
  [Number.MAX_SAFE_INTEGER, '9999-12-31T23:59:59.999Z'],
  [8.64e15, '9999-12-31T23:59:59.999Z'],
  [Infinity, '9999-12-31T23:59:59.999Z'],
  [-Infinity, '1970-01-01T00:00:00.000Z'],
  [NaN, '1970-01-01T00:00:00.000Z'],
])('a time of %d, is written as %s', (at, text) => {
  expect(isoTime(at)).toBe(text);
});
