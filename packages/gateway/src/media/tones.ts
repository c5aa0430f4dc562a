import { encodeOpus, OPUS_FRAME_SAMPLES, OPUS_SAMPLE_RATE } from './clips/opus-encoder.ts';

/** What the gateway itself lets a leg hear, as Opus frames of 20 ms that are encoded once and sent many times. */
export interface Tones {
  silence: Uint8Array;
  /** One whole cadence; it repeats. */
  ringback: readonly Uint8Array[];
}

/** The ringing tone that ITU-T E.180 recommends: 425 Hz; its cadence is ETSI's, one second on and four off. */
const RINGBACK_HZ = 425;
const RINGBACK_ON_MS = 1000;
const RINGBACK_CYCLE_MS = 5000;
const AMPLITUDE = 0.15;
/** Rise and fall, so that the tone does not click. */
const EDGE_MS = 10;

/** Takes some tens of milliseconds; do it once a process. */
export function encodeTones(): Tones {
  const ringback = encodeOpus(ringbackSamples());
  const silence = encodeOpus(new Int16Array(OPUS_FRAME_SAMPLES * 10)).at(-1);
  if (silence === undefined) throw new Error('The Opus encoder gave no frame of silence.');
  return { silence, ringback };
}

function ringbackSamples(): Int16Array {
  const samples = new Int16Array((OPUS_SAMPLE_RATE * RINGBACK_CYCLE_MS) / 1000);
  const on = (OPUS_SAMPLE_RATE * RINGBACK_ON_MS) / 1000;
  const edge = (OPUS_SAMPLE_RATE * EDGE_MS) / 1000;
  for (let index = 0; index < on; index += 1) {
    const envelope = Math.min(1, index / edge, (on - index) / edge);
    const wave = Math.sin((2 * Math.PI * RINGBACK_HZ * index) / OPUS_SAMPLE_RATE);
    samples[index] = Math.round(wave * envelope * AMPLITUDE * 0x7fff);
  }
  return samples;
}
