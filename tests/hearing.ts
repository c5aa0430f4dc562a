import type { Heard } from '@parley/testkit';
import { expect } from 'vitest';

const WITHIN_MS = 15_000;

/**
 * A tone within 2 %, loud and pure enough to be nothing else. Waits for it: what came before (a ringback, the rest of a
 * silence) may still be playing, and a jitter buffer stretches and cuts the first second of a stream, the more the
 * busier the machine is. What must be without a gap is counted in packets.
 */
export async function expectToneIn(
  who: string,
  hear: () => Promise<Heard>,
  frequency: number,
): Promise<void> {
  const deadline = Date.now() + WITHIN_MS;
  let heard = await hear();
  while (!isTone(heard, frequency) && Date.now() < deadline) heard = await hear();
  expect(isTone(heard, frequency), `${who} hears ${JSON.stringify(heard)}, not ${frequency} Hz`).toBe(true);
}

function isTone(heard: Heard, frequency: number): boolean {
  return Math.abs(heard.frequency / frequency - 1) < 0.02 && heard.level > -45 && heard.purity > 0.9;
}
