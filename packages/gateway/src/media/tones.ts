import { Encoder } from '@evan/opus';

/** What the gateway itself lets a leg hear, as Opus frames of 20 ms that are encoded once and sent many times. */
export interface Tones {
  silence: Uint8Array;
  /** One whole cadence; it repeats. */
  ringback: readonly Uint8Array[];
}

const SAMPLE_RATE = 48_000;
const FRAME_SAMPLES = 960;

/** The ringing tone that ITU-T E.180 recommends: 425 Hz; its cadence is ETSI's, one second on and four off. */
const RINGBACK_HZ = 425;
const RINGBACK_ON_MS = 1000;
const RINGBACK_CYCLE_MS = 5000;
const AMPLITUDE = 0.15;
/** Rise and fall, so that the tone does not click. */
const EDGE_MS = 10;

/** Takes some tens of milliseconds; do it once a process. */
export function encodeTones(): Tones {
  const ringback = encode(ringbackSamples());
  const silence = encode(new Int16Array(FRAME_SAMPLES * 10)).at(-1);
  if (silence === undefined) throw new Error('The Opus encoder gave no frame of silence.');
  return { silence, ringback };
}

function ringbackSamples(): Int16Array {
  const samples = new Int16Array((SAMPLE_RATE * RINGBACK_CYCLE_MS) / 1000);
  const on = (SAMPLE_RATE * RINGBACK_ON_MS) / 1000;
  const edge = (SAMPLE_RATE * EDGE_MS) / 1000;
  for (let index = 0; index < on; index += 1) {
    const envelope = Math.min(1, index / edge, (on - index) / edge);
    const wave = Math.sin((2 * Math.PI * RINGBACK_HZ * index) / SAMPLE_RATE);
    samples[index] = Math.round(wave * envelope * AMPLITUDE * 0x7fff);
  }
  return samples;
}

function encode(samples: Int16Array): Uint8Array[] {
  const encoder = new Encoder({ channels: 1, application: 'audio', sample_rate: SAMPLE_RATE });
  const frames: Uint8Array[] = [];
  for (let start = 0; start < samples.length; start += FRAME_SAMPLES)
    // The encoder gives a view of memory that it uses again.
    frames.push(Uint8Array.from(encoder.encode(samples.subarray(start, start + FRAME_SAMPLES))));
  return frames;
}
