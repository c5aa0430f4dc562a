import { type ClientKind, listProcessTree } from '@parley/testkit';
import { afterEach, expect, test } from 'vitest';

import { useStage } from '../browser/use-stage.ts';

const stage = useStage();
afterEach(() => stage.clear());

const ENDED = 'destroy';

test.each<ClientKind>(['official', 'ours'])(
  'the media workers are killed in a call of %s clients, the call ends or is heard again, and the next one works',
  async (client) => {
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

    const heardAgain = async () => {
      // Half a second behind the kill, nothing of the old path can be in a jitter buffer any more.
      await alice.ear.firstSound(killedAt + 500, undefined, 20_000);
      await bob.ear.firstSound(killedAt + 500, undefined, 20_000);
      return 'heard again';
    };
    const bothEnded = async () => {
      const ends = [await outgoing.until(ENDED, 20_000), await incoming.until(ENDED, 20_000)];
      for (const { call } of ends) expect(call.cause).toBeDefined();
      return 'ended with a cause';
    };
    const outcome = await Promise.any([heardAgain(), bothEnded()]);
    expect(outcome).toMatch(/^(heard again|ended with a cause)$/);

    gateway.assertHealthy();
    const isReady = async () => (await fetch(`${gateway.origin}/readyz`)).ok;
    await expect.poll(isReady, { timeout: 20_000 }).toBe(true);
    for (const call of [outgoing, incoming]) {
      if (call.states().at(-1) === ENDED) continue;
      await call.invoke('hangup');
      await call.until(ENDED);
    }
    const next = await talk();
    await next.outgoing.invoke('hangup');
    await next.incoming.until(ENDED);
    await expect.poll(() => gateway.metric('parley_media_legs'), { timeout: 5_000 }).toBe(0);
  },
);
