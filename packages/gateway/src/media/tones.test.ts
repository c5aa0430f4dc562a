import { expect, test } from 'vitest';

import { packClip } from './clips/clip.ts';
import { decodeClip, levelOf, shareAt } from './clips/sound-files.fixture.ts';
import { encodeTones } from './tones.ts';

const SAMPLE_RATE = 48_000;
const tones = encodeTones();
const decode = (frames: readonly Uint8Array[]) => decodeClip(packClip(frames));

test('ringback is one second of 425 Hz, and four of silence', () => {
  const samples = decode(tones.ringback);
  expect(samples.length).toBe(5 * SAMPLE_RATE);
  const tone = samples.subarray(0.1 * SAMPLE_RATE, 0.9 * SAMPLE_RATE);
  expect(levelOf(tone)).toBeGreaterThan(0.05);
  expect(shareAt(tone, 425)).toBeGreaterThan(0.98);
  expect(levelOf(samples.subarray(1.1 * SAMPLE_RATE))).toBeLessThan(0.0001);
});

test('silence is three bytes that decode to nothing', () => {
  expect(tones.silence.length).toBe(3);
  expect(levelOf(decode([tones.silence, tones.silence]))).toBe(0);
});
