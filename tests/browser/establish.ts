import type { Person, PersonCall } from '@parley/testkit';

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
