import type { Person } from '@parley/testkit';

import { expectToneIn } from '../hearing.ts';

export async function expectTone(person: Person, frequency: number): Promise<void> {
  await expectToneIn(person.name, () => person.ear.hear(), frequency);
}

/** Nothing that a person could hear, for half a second. */
export async function expectSilence(person: Person, since: number): Promise<void> {
  await person.ear.firstSilence(since, 500, -80);
}
