import type { Heard, Person } from '@parley/testkit';
import { expect } from 'vitest';

const WITHIN_MS = 15_000;

/**
 * A tone within 2 %, loud and pure enough to be nothing else; waits for it, since what came before (a ringback, the
 * rest of a silence) may still be playing.
 */
export async function expectTone(person: Person, frequency: number): Promise<void> {
  const deadline = Date.now() + WITHIN_MS;
  let heard = await person.ear.hear();
  while (!isTone(heard, frequency) && Date.now() < deadline) heard = await person.ear.hear();
  expect(isTone(heard, frequency), `${person.name} hears ${JSON.stringify(heard)}, not ${frequency} Hz`).toBe(
    true,
  );
}

function isTone(heard: Heard, frequency: number): boolean {
  return Math.abs(heard.frequency / frequency - 1) < 0.02 && heard.level > -45 && heard.purity > 0.9;
}

/** Nothing that a person could hear, for half a second. */
export async function expectSilence(person: Person, since: number): Promise<void> {
  await person.ear.firstSilence(since, 500, -80);
}
