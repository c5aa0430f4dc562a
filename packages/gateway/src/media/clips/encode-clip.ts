import { AudioError } from './audio-error.ts';
import { LONGEST_CLIP_SECONDS, packClip } from './clip.ts';
import { isOgg, readOggOpus } from './ogg-opus.ts';
import { encodeOpus, OPUS_FRAME_SAMPLES, OPUS_SAMPLE_RATE } from './opus-encoder.ts';
import { resample } from './resample.ts';
import { isWav, readWav, type Sound } from './wav.ts';

const SAMPLE_RATES = { min: 8_000, max: 192_000 };

/**
 * Makes a clip of a WAV or Ogg Opus file. It takes some 5 ms of a processor for each second of sound.
 *
 * @throws AudioError where it is another kind of file, damaged, empty or longer than a minute
 */
export function encodeClip(file: Uint8Array): string {
  const sound = read(Buffer.from(file.buffer, file.byteOffset, file.byteLength));
  const { sampleRate, samples } = sound;
  if (sampleRate < SAMPLE_RATES.min || sampleRate > SAMPLE_RATES.max)
    throw new AudioError('must have a sample rate from 8,000 to 192,000 Hz');
  if (samples.length === 0) throw new AudioError('has no sound');
  if (samples.length > LONGEST_CLIP_SECONDS * sampleRate)
    throw new AudioError(`is longer than ${String(LONGEST_CLIP_SECONDS)} seconds`);
  return packClip(encodeOpus(toFrames(resample(sound, OPUS_SAMPLE_RATE))));
}

function read(file: Buffer): Sound {
  if (isWav(file)) return readWav(file);
  if (isOgg(file)) return readOggOpus(file, LONGEST_CLIP_SECONDS);
  throw new AudioError('is neither a WAV nor an Ogg Opus file');
}

/** The last frame is filled up with silence. */
function toFrames(samples: Float32Array): Int16Array {
  const frames = new Int16Array(Math.ceil(samples.length / OPUS_FRAME_SAMPLES) * OPUS_FRAME_SAMPLES);
  samples.forEach((sample, index) => {
    frames[index] = Math.round(Math.max(-1, Math.min(1, sample)) * 0x7fff);
  });
  return frames;
}
