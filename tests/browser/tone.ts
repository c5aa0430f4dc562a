import type { Person } from '@parley/testkit';
import { expect } from 'vitest';

/** A tone within 2 %, loud and pure enough to be nothing else. */
export async function expectTone(person: Person, frequency: number, since: number): Promise<void> {
  await person.ear.firstSound(since);
  const heard = await person.ear.hear();
  const where = `${person.name} hears ${JSON.stringify(heard)}`;
  expect(Math.abs(heard.frequency / frequency - 1), where).toBeLessThan(0.02);
  expect(heard.level, where).toBeGreaterThan(-45);
  expect(heard.purity, where).toBeGreaterThan(0.9);
}

/** Nothing that a person could hear, for half a second. */
export async function expectSilence(person: Person, since: number): Promise<void> {
  await person.ear.firstSilence(since, 500, -80);
}
