import { type ClientKind, type MediaDetour, openMediaDetour } from '@parley/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { useStage } from './use-stage.ts';
import { ALICE_TONE, BOB_TONE, establish } from './parties.ts';
import { expectTone } from './tone.ts';

// Nobody asks for these restarts: the path of alice's media goes dead, her client notices by itself.

const stage = useStage();
let detour: MediaDetour;

beforeEach(async () => {
  detour = await openMediaDetour(stage.gateway.signaling);
  return () => detour.close();
});
afterEach(() => stage.clear());

describe.each<ClientKind>(['official'])('the media path of a %s client goes dead', (client) => {
  test.each([
    { role: 'caller', from: 'alice' },
    { role: 'callee', from: 'bob' },
  ] as const)('as $role, it restarts ICE by itself, and both hear each other again', async ({ from }) => {
    const [alice, bob] = await Promise.all([
      stage.enter('alice', { client, signaling: detour.signaling }),
      stage.enter('bob', { client: 'official' }),
    ]);
    const { outgoing, incoming } =
      from === 'alice' ? await establish(alice, bob) : await establish(bob, alice);
    await expectTone(alice, BOB_TONE);
    await expectTone(bob, ALICE_TONE);

    detour.cutPresent();
    const cutAt = Date.now();
    await alice.frames.next(
      ({ at, direction, text }) =>
        at > cutAt && direction === 'sent' && text.includes('"action":"updateMedia"'),
      'updateMedia',
      { withinMs: 30_000 },
    );
    await expectTone(alice, BOB_TONE);
    await expectTone(bob, ALICE_TONE);
    expect([outgoing.states().at(-1), incoming.states().at(-1)]).toEqual(['active', 'active']);
  });
});
