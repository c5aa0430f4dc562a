import type { Sound } from './wav.ts';

/** Zero crossings of the filter on each side. */
const REACH = 16;

/**
 * Brings a sound to another sample rate by a windowed sinc, which leaves neither mirror images nor folded ones that
 * could be heard.
 */
export function resample({ samples, sampleRate }: Sound, to: number): Float32Array {
  if (sampleRate === to) return samples;
  const divisor = greatestCommonDivisor(sampleRate, to);
  const [phases, step] = [to / divisor, sampleRate / divisor];
  const cutoff = Math.min(1, to / sampleRate);
  const reach = Math.ceil(REACH / cutoff);
  const filters = Array.from({ length: phases }, (_, phase) => filterFor(phase / phases, cutoff, reach));
  const resampled = new Float32Array(Math.floor((samples.length * to) / sampleRate));
  for (let index = 0; index < resampled.length; index += 1) {
    const position = index * step;
    const filter = filters[position % phases];
    const from = Math.floor(position / phases) - reach + 1;
    let sum = 0;
    for (let tap = 0; tap < 2 * reach; tap += 1) sum += (samples[from + tap] ?? 0) * (filter?.[tap] ?? 0);
    resampled[index] = sum;
  }
  return resampled;
}

/** @param fraction where between two samples the wanted one is */
function filterFor(fraction: number, cutoff: number, reach: number): Float64Array {
  return Float64Array.from({ length: 2 * reach }, (_, tap) => {
    const distance = tap - reach + 1 - fraction;
    const window = 0.5 + 0.5 * Math.cos((Math.PI * distance) / reach);
    const angle = Math.PI * distance * cutoff;
    return cutoff * window * (angle === 0 ? 1 : Math.sin(angle) / angle);
  });
}

function greatestCommonDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestCommonDivisor(other, one % other);
}
