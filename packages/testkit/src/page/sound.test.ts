import { expect, test } from 'vitest';

import { SAMPLE_RATE, analyse, levelOf } from './sound.ts';

function tone(frequency: number, amplitude: number, samples = 16_384): Float32Array {
  return Float32Array.from(
    { length: samples },
    (_, n) => amplitude * Math.sin((2 * Math.PI * frequency * n) / SAMPLE_RATE),
  );
}

test.each([97.3, 440, 1000, 3999.5])(
  'a tone of %d Hz is measured to a fifth of a hertz, and is pure',
  (frequency) => {
    const heard = analyse(tone(frequency, 0.5));
    expect(Math.abs(heard.frequency - frequency)).toBeLessThan(0.2);
    expect(heard.level).toBeCloseTo(-9.03, 1);
    expect(heard.purity).toBeGreaterThan(0.999);
  },
);

test('noise is not pure', () => {
  let seed = 1;
  const noise = Float32Array.from({ length: 16_384 }, () => {
    seed = (seed * 48_271) % 0x7fffffff;
    return seed / 0x7fffffff - 0.5;
  });
  expect(analyse(noise).purity).toBeLessThan(0.1);
});

test('of two tones the louder one is named', () => {
  const quieter = tone(440, 0.05);
  const mixed = tone(1000, 0.5).map((sample, n) => sample + (quieter[n] ?? 0));
  expect(analyse(mixed).frequency).toBeCloseTo(1000, 0);
});

test('digital zero has the lowest level and no energy', () => {
  const zero = new Float32Array(1024);
  expect(levelOf(zero)).toBe(-200);
  expect(analyse(zero).purity).toBe(0);
});
