import type { Casting, Person, PersonCall, Stage } from '@parley/testkit';

/** What alice's microphone hears, and bob's. */
export const ALICE_TONE = 440;
export const BOB_TONE = 1000;

/** Who sits at the two ends. */
export interface Pair {
  alice: Casting['client'];
  bob: Casting['client'];
  bobsBrowser: NonNullable<Casting['browser']>;
}

export interface Parties {
  alice: Person;
  bob: Person;
}

export async function enterPair(stage: Stage, { alice, bob, bobsBrowser }: Pair): Promise<Parties> {
  const [first, second] = await Promise.all([
    stage.enter('alice', { client: alice, tone: ALICE_TONE }),
    stage.enter('bob', { client: bob, tone: BOB_TONE, browser: bobsBrowser }),
  ]);
  return { alice: first, bob: second };
}

/** One calls the other, who answers. */
export async function establish(
  caller: Person,
  callee: Person,
): Promise<{ outgoing: PersonCall; incoming: PersonCall }> {
  const outgoing = await caller.dial(callee.name);
  const incoming = await callee.ringing();
  await incoming.invoke('answer');
  await outgoing.until('active');
  await incoming.until('active');
  return { outgoing, incoming };
}

/** Ends what a test left over, so that the next one begins with two idle people. */
export async function hangUpAll(...calls: (PersonCall | undefined)[]): Promise<void> {
  for (const call of calls) {
    if (call === undefined || call.states().at(-1) === 'destroy') continue;
    await call.invoke('hangup');
    await call.until('destroy');
  }
}
