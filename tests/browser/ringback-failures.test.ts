import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Person, PersonCall, SocketFrame } from '@parley/testkit';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';

import { BUSY_MS, expectWithin } from '../figures.ts';
import { hangUpAll } from './parties.ts';
import { type SoundServer, serveSounds, soundsOf, watchSounds } from './sounds.ts';
import { useStage } from './use-stage.ts';

const STOP_MS = 200;
/** Two for each process of the gateway's media, which is the least that it takes. */
const MEDIA_LEGS = 2 * availableParallelism();

const stage = useStage({
  args: ['--media-ports', `40000-${40_000 + MEDIA_LEGS - 1}`, '--ring-seconds', '2'],
});
let sounds: SoundServer;
beforeAll(async () => {
  sounds = await serveSounds();
  await stage.gateway.createUser({
    sip_username: 'quiet',
    sip_password: 'quiet-quiet',
    generate_ringback: false,
  });
  return () => sounds.close();
});
afterEach(() => stage.clear());

const enter = (name: string, options: object = {}) => stage.enter(name, { client: 'ours', options });

/** Somebody whom the server plays no ringback, and whose page has one. */
async function enterCaller(): Promise<Person> {
  const caller = await enter('quiet', {
    password: 'quiet-quiet',
    ringbackFile: `${sounds.origin}/ringback.wav`,
  });
  await watchSounds(caller);
  return caller;
}

const isBye = ({ direction, text }: SocketFrame) =>
  direction === 'received' && text.includes('"method":"telnyx_rtc.bye"');

/** Waits for the end of the call, of which the caller is told this status. */
async function endsWith(caller: Person, outgoing: PersonCall, sipCode: number): Promise<number> {
  const { at } = await caller.frames.next(isBye, 'bye');
  expect((await outgoing.until('hangup')).call).toMatchObject({ sipCode });
  return at;
}

describe('D2: ringbackFile, the call fails while it rings, and the tone stops within 200 ms', () => {
  const ring = async () => {
    const caller = await enterCaller();
    const bob = await enter('bob');
    const outgoing = await caller.dial('bob');
    const incoming = await bob.ringing();
    await caller.events.next(({ name }) => name === 'sound.playing', 'ringback');
    return { caller, incoming, outgoing };
  };
  const expectStop = async (caller: Person, outgoing: PersonCall, sipCode: number) => {
    const failedAt = await endsWith(caller, outgoing, sipCode);
    const stopped = await caller.events.next(({ name }) => name === 'sound.pause', 'end of the ringback');
    expectWithin(
      `ringback, ${sipCode} while it rings`,
      { stopped: stopped.at - failedAt },
      { stopped: STOP_MS + BUSY_MS },
    );
    expect(await soundsOf(caller)).toMatchObject([{ paused: true }]);
  };

  test.each([
    ['UNALLOCATED_NUMBER', 404],
    ['SUBSCRIBER_ABSENT', 480],
    ['USER_BUSY', 486],
    ['SWITCH_CONGESTION', 503],
    ['CALL_REJECTED', 603],
  ])('%s, %i', async (cause, sipCode) => {
    const { caller, incoming, outgoing } = await ring();
    await incoming.invoke('hangup', { cause, sipCode });
    await expectStop(caller, outgoing, sipCode);
  });

  test('nobody answers, 480', async () => {
    const { caller, outgoing } = await ring();
    await delay(500);
    expect(await soundsOf(caller)).toMatchObject([{ paused: false }]);
    await expectStop(caller, outgoing, 480);
  });
});

describe('D2: ringbackFile, the server refuses the call, and no tone is heard', () => {
  const expectNoTone = async (caller: Person, dialled: string, sipCode: number) => {
    const outgoing = await caller.dial(dialled);
    await endsWith(caller, outgoing, sipCode);
    await delay(STOP_MS);
    expect(caller.events.entries.map(({ name }) => name)).not.toContain('sound.playing');
    expect((await soundsOf(caller)).filter(({ paused }) => !paused)).toEqual([]);
  };

  test('nobody has the name, 404', async () => {
    await expectNoTone(await enterCaller(), 'nobody', 404);
  });

  test('bob is not there, 480', async () => {
    await expectNoTone(await enterCaller(), 'bob', 480);
  });

  test('there is no room for another call, 503', async () => {
    const [caller, alice] = await Promise.all([enterCaller(), enter('alice')]);
    await enter('bob');
    const echoes: PersonCall[] = [];
    do {
      const echo = await alice.dial('echo');
      await Promise.race([echo.until('active'), echo.until('destroy')]);
      echoes.push(echo);
    } while (echoes.at(-1)?.states().at(-1) === 'active');
    await expectNoTone(caller, 'bob', 503);
    await hangUpAll(...echoes);
  });
});
