import { type ClientKind } from '@parley/testkit';
import { afterEach, describe, expect, test } from 'vitest';

import { useStage } from './use-stage.ts';
import { ALICE_TONE, BOB_TONE, hangUpAll } from './parties.ts';
import { expectTone } from './tone.ts';

const stage = useStage();
afterEach(() => stage.clear());

describe.each<ClientKind>(['official', 'ours'])('with %s clients', (client) => {
  test('echo is called, the caller hears itself', async () => {
    const alice = await stage.enter('alice', { client });
    // An echo canceller would take away exactly what is listened for.
    const call = await alice.dial('echo', { audio: { echoCancellation: false } });
    await call.until('active');
    await expectTone(alice, ALICE_TONE);
    await hangUpAll(call);
  });

  test('somebody with two pages is called, both ring, one answers, the other is told that it lost', async () => {
    const [alice, first, second] = await Promise.all([
      stage.enter('alice', { client }),
      stage.enter('bob', { client }),
      stage.enter('bob', { client }),
    ]);
    const outgoing = await alice.dial('bob');
    const [ringing, other] = [await first.ringing(), await second.ringing()];
    await ringing.invoke('answer');
    await outgoing.until('active');
    expect((await other.until('destroy')).call).toMatchObject({ cause: 'LOSE_RACE' });
    await expectTone(alice, BOB_TONE);
    await expectTone(first, ALICE_TONE);
    expect(outgoing.states().at(-1)).toBe('active');
    await hangUpAll(outgoing, ringing);
  });
});
