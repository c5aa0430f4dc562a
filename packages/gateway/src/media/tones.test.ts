import { Decoder } from '@evan/opus';
import { expect, test } from 'vitest';

import { encodeTones } from './tones.ts';

const SAMPLE_RATE = 48_000;
const tones = encodeTones();

function decode(frames: readonly Uint8Array[]): Float32Array {
  const decoder = new Decoder({ channels: 1, sample_rate: SAMPLE_RATE });
  const samples = frames.flatMap((frame) => {
    const bytes = decoder.decode(frame);
    return [...new Int16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2)];
  });
  return Float32Array.from(samples, (sample) => sample / 0x8000);
}

function levelOf(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}

/** The part of the energy that is at a frequency. */
function shareAt(samples: Float32Array, frequency: number): number {
  let [real, imaginary] = [0, 0];
  samples.forEach((sample, index) => {
    const angle = (2 * Math.PI * frequency * index) / SAMPLE_RATE;
    real += sample * Math.cos(angle);
    imaginary += sample * Math.sin(angle);
  });
  const energy = samples.reduce((sum, sample) => sum + sample * sample, 0);
  return (2 * (real ** 2 + imaginary ** 2)) / (samples.length * energy);
}

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
