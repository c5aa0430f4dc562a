import { setTimeout as delay } from 'node:timers/promises';
import { type ClientKind } from '@parley/testkit';
import { afterEach, describe, expect, test } from 'vitest';

import { useStage } from './use-stage.ts';

const INVALID_CREDENTIALS = 46_001;
/** Longer than the first steps of any client's back-off. */
const QUIET_MS = 4_000;

const stage = useStage();
afterEach(() => stage.clear());

describe.each<ClientKind>(['official', 'ours'])('a %s client', (client) => {
  test('wrong password, one error 46001, never ready, and it does not try again', async () => {
    const alice = await stage.enter('alice', { client, options: { password: 'wrong' }, register: false });
    await alice.connect().catch(() => undefined);
    await alice.events.next(({ code }) => code === INVALID_CREDENTIALS, 'error 46001');
    await delay(QUIET_MS);
    const errors = alice.events.entries.filter(({ name }) => name === 'telnyx.error').map(({ code }) => code);
    expect(errors).toEqual([INVALID_CREDENTIALS]);
    expect(alice.events.entries.map(({ name }) => name)).not.toContain('telnyx.ready');
    const logins = alice.frames.entries.filter(
      ({ direction, text }) => direction === 'sent' && text.includes('"method":"login"'),
    );
    expect(logins).toHaveLength(1);
  });
});
