import { type ClientKind, listProcessTree } from '@parley/testkit';
import { afterEach, expect, test } from 'vitest';

import { useStage } from '../browser/use-stage.ts';
import { expectWithin } from '../figures.ts';

const stage = useStage();
afterEach(() => stage.clear());

const ENDED = 'destroy';

test.each<{ client: ClientKind; bound: number }>([
  // It waits for up to 5 s for candidates before it answers an attach.
  { client: 'official', bound: 12_000 },
  { client: 'ours', bound: 8_000 },
])(
  'the media workers are killed in a call of $client clients, the call is heard again, and the next one works',
  async ({ client, bound }) => {
    const { gateway } = stage;
    const [alice, bob] = await Promise.all([
      stage.enter('alice', { client }),
      stage.enter('bob', { client }),
    ]);
    const talk = async () => {
      const outgoing = await alice.dial('bob');
      const incoming = await bob.ringing();
      await incoming.invoke('answer');
      await outgoing.until('active');
      await alice.ear.firstSound(Date.now());
      await bob.ear.firstSound(Date.now());
      return { outgoing, incoming };
    };

    const { outgoing, incoming } = await talk();
    const workers = listProcessTree(gateway.pid).filter(({ pid }) => pid !== gateway.pid);
    expect(workers.length).toBeGreaterThan(0);
    for (const { pid } of workers) process.kill(pid, 'SIGKILL');
    const killedAt = Date.now();

    // Half a second behind the kill, nothing of the old path can be in a jitter buffer any more.
    const ears = [alice, bob].map(({ ear }) => ear.firstSound(killedAt + 500, undefined, 20_000));
    const heard = Math.max(...(await Promise.all(ears))) - killedAt;
    expectWithin(`the media workers are killed, ${client} clients`, { heard }, { heard: bound });
    for (const call of [outgoing, incoming]) expect((await call.snapshot()).state).toBe('active');

    gateway.assertHealthy();
    const isReady = async () => (await fetch(`${gateway.origin}/readyz`)).ok;
    await expect.poll(isReady, { timeout: 20_000 }).toBe(true);
    await outgoing.invoke('hangup');
    await incoming.until(ENDED);
    const next = await talk();
    await next.outgoing.invoke('hangup');
    await next.incoming.until(ENDED);
    await expect.poll(() => gateway.metric('parley_media_legs'), { timeout: 5_000 }).toBe(0);
  },
);
