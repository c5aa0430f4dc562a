/** Below this a meter shows nothing: the noise of a quiet room. */
const FLOOR_DB = -60;
/** Speech close to a microphone reaches it; a meter that is full earlier would say too much. */
const CEILING_DB = -6;
/** How far the needle falls in a second. */
const FALL_PER_SECOND = 1.6;

/** From samples between −1 and 1 to a level between 0 and 1 that grows evenly with what an ear hears. */
export function loudness(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  if (sum === 0) return 0;
  const decibels = 10 * Math.log10(sum / samples.length);
  return Math.min(1, Math.max(0, (decibels - FLOOR_DB) / (CEILING_DB - FLOOR_DB)));
}

/** Up at once, down slowly: a needle that an eye can follow. */
export function needle(shown: number, level: number, elapsedMs: number): number {
  return Math.max(level, shown - (FALL_PER_SECOND * elapsedMs) / 1000, 0);
}
