import { describe, expect, test } from 'vitest';
import { AudioError } from './audio-error.ts';
import { unpackClip } from './clip.ts';
import { encodeClip } from './encode-clip.ts';
import { readOggOpus } from './ogg-opus.ts';
import { decodeClip, levelOf, oggOf, oggOpusOf, shareAt, sine, wavOf } from './sound-files.fixture.ts';

/** A packet of 20 ms. */
const silence = Uint8Array.of(0x08);

/** Without the beginning and the end, where a codec swings in and out. */
const middle = (samples: Float32Array) => samples.subarray(4_800, samples.length - 4_800);

function expectTone(clip: string, frequency: number, seconds: number): void {
  const samples = decodeClip(clip);
  expect(samples.length / 48_000).toBeCloseTo(seconds, 1);
  expect(shareAt(middle(samples), frequency)).toBeGreaterThan(0.95);
  expect(levelOf(middle(samples))).toBeGreaterThan(0.3);
}

describe('a clip', () => {
  test.each([8_000, 16_000, 22_050, 44_100, 48_000, 96_000])(
    'of a WAV file of %d Hz, has its tone and its length',
    (rate) => {
      expectTone(encodeClip(wavOf(sine(1_000, 1, rate), rate)), 1_000, 1);
    },
  );

  test('of a WAV file of two channels, has both', () => {
    expectTone(encodeClip(wavOf(sine(600, 0.5), 48_000, 2)), 600, 0.5);
  });

  test('of a WAV file that a pipe made, which states a size beyond its end, has all of it', () => {
    const file = wavOf(sine(600, 0.5));
    file.writeUInt32LE(0x7fff_f000, 40);
    expectTone(encodeClip(file), 600, 0.5);
  });

  test('of an Ogg Opus file, has its tone and its length', () => {
    expectTone(encodeClip(oggOpusOf(sine(700, 1))), 700, 1);
  });

  test('of an Ogg Opus file, leaves out what the file says to skip', () => {
    const samples = decodeClip(encodeClip(oggOpusOf(sine(700, 1), 24_000)));
    expect(samples.length).toBe(24_000);
  });

  test('of an Ogg Opus file of a minute, which ends within its last packet, has all of it', () => {
    const preSkip = 312;
    const file = oggOf(
      Array.from({ length: 3_001 }, () => silence),
      preSkip,
    );
    const lastPage = file.lastIndexOf('OggS');
    file.writeBigInt64LE(BigInt(60 * 48_000 + preSkip), lastPage + 6);
    expect(readOggOpus(file, 60).samples.length).toBe(60 * 48_000);
  });

  test('consists of packets of 20 ms, the last one filled up', () => {
    expect(unpackClip(encodeClip(wavOf(sine(600, 0.105)))).length).toBe(6);
  });
});

describe('a file that is no usable sound', () => {
  test.each([
    ['nothing', Buffer.alloc(0), 'is neither'],
    ['text', Buffer.from('Hello, how can I help you?'), 'is neither'],
    ['a WAV file without samples', wavOf(new Float32Array()), 'has no sound'],
    ['a WAV file that ends in its header', wavOf(sine(600, 1)).subarray(0, 30), 'is a WAV file'],
    ['a WAV file of a minute and a half', wavOf(sine(600, 90, 8_000), 8_000), 'longer than 60 seconds'],
    ['a WAV file of 100 Hz', wavOf(sine(10, 1, 100), 100), 'sample rate'],
    ['an Ogg file that is cut off', oggOpusOf(sine(700, 1)).subarray(0, 500), 'is cut off'],
    ['an Ogg file of something else', oggOpusOf(sine(700, 1)).fill('x', 28, 36), 'without Opus'],
  ])('%s, is refused with what is wrong', (_, file, problem) => {
    expect(() => encodeClip(file)).toThrow(AudioError);
    expect(() => encodeClip(file)).toThrow(problem);
  });

  // The first byte of a packet says which kind it is, and the second one how many frames it has: RFC 6716 §3.
  test.each([
    ['20 ms', [0x08], 3_002],
    ['two of 60 ms', [0x19, 0], 502],
    ['48 of 2.5 ms', [0xe3, 48], 502],
  ])('an Ogg Opus file of too many packets of %s, is refused before it is decoded', (_, packet, count) => {
    const file = oggOf(
      Array.from({ length: count }, () => Uint8Array.from(packet)),
      960,
    );
    expect(() => encodeClip(file)).toThrow(new AudioError('is longer than 60 seconds'));
  });

  test('an Ogg Opus file of very many packets, is refused at once', () => {
    const file = oggOf(Array.from({ length: 200_000 }, () => Uint8Array.of(0x18)));
    const startedAt = performance.now();
    expect(() => encodeClip(file)).toThrow('longer than 60 seconds');
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  test('an Ogg Opus file with packets of nothing, is refused', () => {
    expect(() => encodeClip(oggOf([new Uint8Array()]))).toThrow('cannot be decoded');
  });

  test('a damaged file, never fails in another way', () => {
    const whole = oggOpusOf(sine(700, 0.2));
    for (let at = 0; at < whole.length; at += 7) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 0xff;
      try {
        encodeClip(damaged);
      } catch (error) {
        expect(error).toBeInstanceOf(AudioError);
      }
    }
  });
});
