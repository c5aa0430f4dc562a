/** An hour of samples each 5 s. */
const mostAtFullRate = 720;
const mostAtEachRate = 180;

/**
 * The media plane counts every 5 s. After an hour every second count is kept, half an hour later every fourth one, and so
 * on: a day makes no more than 1,800 samples.
 *
 * @param kept how many samples there are
 * @param sequence of this one among all that were counted
 */
export function isSampleDue(kept: number, sequence: number): boolean {
  if (kept < mostAtFullRate) return true;
  return sequence % 2 ** (1 + Math.floor((kept - mostAtFullRate) / mostAtEachRate)) === 0;
}
