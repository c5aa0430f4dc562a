import { type ClientKind, type MediaDetour, type Stage, openMediaDetour, openStage } from '@parley/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { establish } from './establish.ts';
import { expectTone } from './tone.ts';

// Nobody asks for these restarts: the path of alice's media goes dead, her client notices by itself.

let stage: Stage;
let detour: MediaDetour;

beforeAll(async () => {
  stage = await openStage();
});
beforeEach(async () => {
  detour = await openMediaDetour(stage.gateway.signaling);
});
afterEach(async () => {
  await stage.clear();
  await detour.close();
});
afterAll(() => stage.close());

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
    await expectTone(alice, 1000);
    await expectTone(bob, 440);

    detour.cutPresent();
    const cutAt = Date.now();
    await alice.frames.next(
      ({ at, direction, text }) =>
        at > cutAt && direction === 'sent' && text.includes('"action":"updateMedia"'),
      'updateMedia',
      { withinMs: 30_000 },
    );
    await expectTone(alice, 1000);
    await expectTone(bob, 440);
    expect([outgoing.states().at(-1), incoming.states().at(-1)]).toEqual(['active', 'active']);
  });
});
