/** Measures on samples: pure arithmetic, the same in a page and in Node. */

export const SAMPLE_RATE = 48_000;
/** 10 ms. */
export const FRAME_SAMPLES = 480;

/** What was heard over a stretch of time. */
export interface Heard {
  /** The strongest frequency, in hertz. Meaningless in silence. */
  frequency: number;
  /** Root mean square, in dBFS; -200 for digital zero. */
  level: number;
  /** The part of the energy that is within 2 % of `frequency`: near 1 for a tone, near 0 for noise. */
  purity: number;
}

const FLOOR_DBFS = -200;

/** @returns the root mean square of the samples in dBFS. */
export function levelOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const meanSquare = samples.length === 0 ? 0 : sum / samples.length;
  return Math.max(FLOOR_DBFS, 10 * Math.log10(meanSquare));
}

/** Measures frequency (to about 0.1 Hz for a pure tone), level and purity. */
export function analyse(samples: Float32Array): Heard {
  const size = 2 ** Math.floor(Math.log2(samples.length));
  const power = powerSpectrum(samples.subarray(samples.length - size));
  let peak = 1;
  for (let bin = 2; bin < power.length - 1; bin += 1) {
    if ((power[bin] ?? 0) > (power[peak] ?? 0)) peak = bin;
  }
  const binWidth = SAMPLE_RATE / size;
  const frequency = (peak + peakOffset(power, peak)) * binWidth;
  // A window spreads a pure tone over the two bins on each side of its peak.
  const reach = Math.max(0.02 * frequency, 3 * binWidth);
  const near = energyBetween(power, (frequency - reach) / binWidth, (frequency + reach) / binWidth);
  const total = energyBetween(power, 0, power.length);
  return { frequency, level: levelOf(samples), purity: total === 0 ? 0 : near / total };
}

function energyBetween(power: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let bin = Math.max(0, Math.ceil(from)); bin < Math.min(power.length, to); bin += 1)
    sum += power[bin] ?? 0;
  return sum;
}

/** Where between the bins the maximum is: a parabola through the logarithms of three neighbours. */
function peakOffset(power: Float64Array, peak: number): number {
  const [before, at, after] = [-1, 0, 1].map((step) => Math.log((power[peak + step] ?? 0) + 1e-30));
  if (before === undefined || at === undefined || after === undefined) return 0;
  const curvature = before - 2 * at + after;
  return curvature === 0 ? 0 : (0.5 * (before - after)) / curvature;
}

/** Power of the lower half of the spectrum, Hann window, radix-2 transform in place. */
function powerSpectrum(samples: Float32Array): Float64Array {
  const size = samples.length;
  const real = new Float64Array(size);
  const imaginary = new Float64Array(size);
  for (let n = 0; n < size; n += 1) {
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / size);
    real[reverseBits(n, size)] = (samples[n] ?? 0) * window;
  }
  for (let half = 1; half < size; half *= 2) butterflies(real, imaginary, half);
  const power = new Float64Array(size / 2);
  for (let bin = 0; bin < power.length; bin += 1)
    power[bin] = (real[bin] ?? 0) ** 2 + (imaginary[bin] ?? 0) ** 2;
  return power;
}

function reverseBits(n: number, size: number): number {
  let [rest, reversed] = [n, 0];
  for (let bit = 1; bit < size; bit *= 2) {
    reversed = reversed * 2 + (rest & 1);
    rest >>= 1;
  }
  return reversed;
}

function butterflies(real: Float64Array, imaginary: Float64Array, half: number): void {
  for (let k = 0; k < half; k += 1) {
    const angle = (-Math.PI * k) / half;
    const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
    for (let even = k; even < real.length; even += 2 * half) {
      const odd = even + half;
      const [re, im] = [real[odd] ?? 0, imaginary[odd] ?? 0];
      const [turnedRe, turnedIm] = [re * cosine - im * sine, re * sine + im * cosine];
      const [evenRe, evenIm] = [real[even] ?? 0, imaginary[even] ?? 0];
      real[odd] = evenRe - turnedRe;
      imaginary[odd] = evenIm - turnedIm;
      real[even] = evenRe + turnedRe;
      imaginary[even] = evenIm + turnedIm;
    }
  }
}
