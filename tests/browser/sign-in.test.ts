import { setTimeout as delay } from 'node:timers/promises';
import type { ClientKind, SocketFrame } from '@parley/testkit';
import { afterEach, expect, test } from 'vitest';

import { useStage } from './use-stage.ts';

const LOGIN_FAILED = 46_001;
const LOGIN_INCORRECT = -32_001;
/** The gateway has then closed a socket on which nobody logged in, and a client that comes back has come back. */
const QUIET_MS = 8_000;

const stage = useStage();
afterEach(() => stage.clear());

const isLogin = ({ direction, text }: SocketFrame) =>
  direction === 'sent' && text.includes('"method":"login"');
const isRefusal = ({ direction, text }: SocketFrame) =>
  direction === 'received' && text.includes(`"code":${LOGIN_INCORRECT}`);

test.each<{ client: ClientKind; sockets: number }>([
  { client: 'ours', sockets: 1 },
  // It connects again whenever a socket is closed, up to ten times and ever more slowly.
  { client: 'official', sockets: 2 },
])(
  'the $client client with a wrong password, error 46001 once a socket, never ready, no loop',
  async ({ client, sockets }) => {
    const alice = await stage.enter('alice', { client, options: { password: 'wrong' }, register: false });
    await alice.connect().catch(() => undefined);
    await alice.events.next(({ code }) => code === LOGIN_FAILED, 'error 46001');
    await delay(QUIET_MS);
    const frames = alice.frames.entries;
    const logins = frames.filter(isLogin);
    expect(logins.length).toBeLessThanOrEqual(sockets);
    expect(new Set(logins.map(({ socket }) => socket)).size).toBe(logins.length);
    const errors = alice.events.entries.filter(({ name }) => name === 'telnyx.error').map(({ code }) => code);
    expect(errors).toEqual(frames.filter(isRefusal).map(() => LOGIN_FAILED));
    expect(alice.events.entries.map(({ name }) => name)).not.toContain('telnyx.ready');
  },
);
