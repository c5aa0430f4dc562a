import { type ClientKind } from '@parley/testkit';
import { afterEach, describe, expect, test } from 'vitest';

import { useStage } from '../browser/use-stage.ts';

const RING_SECONDS = 2;
const stage = useStage({ args: ['--ring-seconds', String(RING_SECONDS)] });
afterEach(() => stage.clear());

describe.each<ClientKind>(['official', 'ours'])('a %s client calls', (client) => {
  test('and nobody answers in time, it ends unanswered, and the other party stops ringing', async () => {
    const [alice, bob] = await Promise.all([
      stage.enter('alice', { client }),
      stage.enter('bob', { client: 'official' }),
    ]);
    const dialledAt = Date.now();
    const outgoing = await alice.dial('bob');
    const incoming = await bob.ringing();
    const ended = await outgoing.until('destroy');
    expect(ended.call).toMatchObject({ cause: 'NO_ANSWER', causeCode: 19, sipCode: 480 });
    expect(ended.at - dialledAt).toBeGreaterThanOrEqual(RING_SECONDS * 1000);
    await incoming.until('destroy');
  });

  test('somebody who may have but one call and has it, it is told that they are busy', async () => {
    const name = `single-${client}`;
    await stage.gateway.createUser({ sip_username: name, sip_password: name, max_calls: 1 });
    const [alice, bob, single] = await Promise.all([
      stage.enter('alice', { client }),
      stage.enter('bob', { client: 'official' }),
      stage.enter(name, { client: 'official' }),
    ]);
    const first = await bob.dial(name);
    const answered = await single.ringing();
    await answered.invoke('answer');
    await first.until('active');

    const second = await alice.dial(name);
    const ended = await second.until('destroy');
    expect(ended.call).toMatchObject({ cause: 'USER_BUSY', causeCode: 17, sipCode: 486 });
    expect(single.events.entries.filter(({ call }) => call?.state === 'ringing')).toHaveLength(1);
    expect(first.states().at(-1)).toBe('active');
  });
});
