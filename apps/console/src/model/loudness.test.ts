import { expect, it } from 'vitest';
import { loudness, needle } from './loudness.ts';

const tone = (amplitude: number) =>
  Float32Array.from({ length: 1024 }, (_, index) => amplitude * Math.sin((2 * Math.PI * index) / 32));

it('silence and the noise of a quiet room show nothing', () => {
  expect(loudness(tone(0))).toBe(0);
  expect(loudness(tone(0.0005))).toBe(0);
});

it('grows with the sound, and is full where speech is loud', () => {
  const levels = [0.01, 0.05, 0.2, 0.5].map((amplitude) => loudness(tone(amplitude)));
  expect(levels).toEqual([...levels].sort((one, other) => one - other));
  expect(levels[0]).toBeGreaterThan(0.2);
  expect(loudness(tone(1))).toBe(1);
});

it('the needle jumps up, falls slowly, and stays at zero', () => {
  expect(needle(0.2, 0.9, 16)).toBe(0.9);
  expect(needle(0.9, 0, 100)).toBeCloseTo(0.74);
  expect(needle(0.1, 0, 5000)).toBe(0);
});
