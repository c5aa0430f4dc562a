import { setTimeout as delay } from 'node:timers/promises';
import type { Person, PersonCall } from '@parley/testkit';
import { afterEach, describe, expect, test } from 'vitest';

import { BUSY_MS, expectWithin } from '../figures.ts';
import { setMicrophone } from './microphone-access.ts';
import { ALICE_TONE, BOB_TONE, establish, hangUpAll } from './parties.ts';
import { expectSilence, expectTone } from './tone.ts';
import { useStage } from './use-stage.ts';

const DENIED = 42_001;
const TIMEOUT_MS = 2_000;
const BACK_MS = 1_000;

/** The event with which a client asks its application to have a microphone repaired. */
interface Prompt {
  error: { code: number; fatal: boolean; solutions: string[] };
  callId: string;
  retryDeadline: number;
  recoverable?: boolean;
  resume(): void;
  reject(): void;
}

declare global {
  interface Window {
    prompt_: Prompt;
  }
}

const stage = useStage();
afterEach(() => stage.clear());

/** Bob, whose application keeps what it is asked, and tells what comes of it by events named `recovery.…`. */
async function enterBob(recovery: object): Promise<Person> {
  const bob = await stage.enter('bob', { client: 'ours', register: false });
  const client = { env: stage.gateway.signaling, login: 'bob', password: 'bob' };
  await bob.page.evaluate(
    (options, mediaPermissionsRecovery) => {
      const report = (name: string, message: string) =>
        void window.report({ at: Date.now(), name: `recovery.${name}`, message });
      window.phone.open({
        ...options,
        mediaPermissionsRecovery: {
          ...mediaPermissionsRecovery,
          onSuccess: () => {
            report('success', '');
          },
          onError: (error: unknown) => {
            report('error', error instanceof Error ? error.name : 'no Error');
          },
        },
      });
      const listen = (event: Prompt) => {
        if (event.recoverable !== true) return;
        window.prompt_ = event;
        const { callId, error, retryDeadline } = event;
        const { code, fatal, solutions } = error;
        report(
          'prompt',
          JSON.stringify({ callId, code, fatal, solutions, forMs: retryDeadline - Date.now() }),
        );
      };
      void window.phone.invoke(undefined, 'on', ['telnyx.error', listen]);
    },
    client,
    recovery,
  );
  await bob.register();
  return bob;
}

interface Scene {
  alice: Person;
  bob: Person;
  outgoing: PersonCall;
  incoming: PersonCall;
  answeredAt: number;
}

/** Alice calls bob, who answers without being allowed the microphone. */
async function answerDenied(recovery: object): Promise<Scene> {
  const [alice, bob] = await Promise.all([stage.enter('alice', { client: 'ours' }), enterBob(recovery)]);
  const outgoing = await alice.dial('bob');
  const incoming = await bob.ringing();
  // Without the microphone Chromium finds addresses by the default route alone, and here there is none: the peer
  // connection is to have its own before.
  await bob.frames.next(
    ({ direction, text }) => direction === 'received' && text.includes('CALL PREPARED'),
    'pre-answer',
  );
  await setMicrophone(bob, 'denied');
  const answeredAt = Date.now();
  // It settles when the call is active or over.
  incoming.invoke('answer').catch(() => undefined);
  return { alice, bob, outgoing, incoming, answeredAt };
}

const promptOf = async ({ events }: Person) =>
  JSON.parse(
    (await events.next(({ name }) => name === 'recovery.prompt', 'prompt')).message ?? '',
  ) as unknown;

const outcomesOf = ({ events }: Person) =>
  events.entries
    .filter(({ name }) => /^recovery\.(success|error)$/.test(name))
    .map(({ name, message }) => `${name} ${message}`);

const errorsOf = ({ events }: Person) =>
  events.entries.filter(({ name }) => name === 'telnyx.error').map(({ code }) => code);

const CODES = [
  ['NotFoundError', 42_002],
  ['NotReadableError', 42_003],
] as const;

describe('G1: the microphone is denied when bob answers', () => {
  test('recovery enabled: one recoverable error, and the call still rings at the far end', async () => {
    const { bob, incoming, outgoing } = await answerDenied({ enabled: true, timeout: 20_000 });
    expect(await promptOf(bob)).toMatchObject({
      code: DENIED,
      fatal: false,
      callId: incoming.id,
      solutions: [expect.stringContaining('left of the address')],
    });
    await delay(500);
    expect(errorsOf(bob)).toEqual([DENIED]);
    expect(['trying', 'early']).toContain(outgoing.states().at(-1));
    await hangUpAll(outgoing);
  });

  test('control, recovery off: an ordinary error, and the call ends at both ends', async () => {
    const { bob, incoming, outgoing } = await answerDenied({ enabled: false });
    await Promise.all([incoming.until('destroy'), outgoing.until('destroy')]);
    expect(errorsOf(bob)).toEqual([DENIED]);
    expect(bob.events.entries.map(({ name }) => name)).not.toContain('recovery.prompt');
    expect(outcomesOf(bob)).toEqual([]);
  });

  test('control, a call that goes out never enters the flow by default', async () => {
    const bob = await enterBob({ enabled: true });
    await setMicrophone(bob, 'denied');
    await (await bob.dial('alice')).until('destroy');
    expect(errorsOf(bob).filter((code) => code !== undefined && code < 43_000)).toEqual([DENIED]);
    expect(bob.events.entries.map(({ name }) => name)).not.toContain('recovery.prompt');
  });

  test('a call that goes out enters it where that is asked for, and rings meanwhile', async () => {
    const [alice, bob] = await Promise.all([
      stage.enter('alice', { client: 'ours' }),
      enterBob({ enabled: true, outbound: true }),
    ]);
    // As above: a page that is really denied the microphone finds no address here.
    await bob.page.evaluate(() => {
      const { mediaDevices } = navigator;
      const open = mediaDevices.getUserMedia.bind(mediaDevices);
      mediaDevices.getUserMedia = () => {
        mediaDevices.getUserMedia = open;
        return Promise.reject(new DOMException('No', 'NotAllowedError'));
      };
    });
    const outgoing = await bob.dial('alice');
    await promptOf(bob);
    const incoming = await alice.ringing();
    await bob.page.evaluate(() => {
      window.prompt_.resume();
    });
    await incoming.invoke('answer');
    await expectTone(alice, BOB_TONE);
    expect(outcomesOf(bob)).toEqual(['recovery.success ']);
    await hangUpAll(outgoing, incoming);
  });
});

test('G2: nobody decides, the flow ends at its timeout, and the caller is told a cause', async () => {
  const { bob, answeredAt, incoming, outgoing } = await answerDenied({ enabled: true, timeout: TIMEOUT_MS });
  const { forMs } = (await promptOf(bob)) as { forMs: number };
  expect(Math.abs(forMs - TIMEOUT_MS)).toBeLessThan(BUSY_MS);
  const ended = await incoming.until('destroy');
  const endedAfter = ended.at - answeredAt;
  expect(endedAfter).toBeGreaterThan(TIMEOUT_MS - 200);
  expectWithin('nobody decides', { ended: endedAfter }, { ended: TIMEOUT_MS + BUSY_MS });
  expect((await outgoing.until('destroy')).call).toMatchObject({ cause: 'NORMAL_TEMPORARY_FAILURE' });
  expect(outcomesOf(bob)).toEqual(['recovery.error MEDIA_MICROPHONE_PERMISSION_DENIED']);
});

test('G3: bob allows the microphone and resumes twice, onSuccess once, and both hear each other', async () => {
  const { alice, bob, incoming, outgoing } = await answerDenied({ enabled: true, timeout: 20_000 });
  await promptOf(bob);
  await setMicrophone(bob, 'granted');
  await bob.page.evaluate(() => {
    window.prompt_.resume();
    window.prompt_.resume();
  });
  await Promise.all([incoming.until('active'), outgoing.until('active')]);
  await expectTone(alice, BOB_TONE);
  await expectTone(bob, ALICE_TONE);
  await bob.page.evaluate(() => {
    window.prompt_.resume();
    window.prompt_.reject();
  });
  await delay(300);
  expect(outcomesOf(bob)).toEqual(['recovery.success ']);
  expect(errorsOf(bob)).toEqual([DENIED]);
  expect(await bob.page.evaluate(() => window.phone.ledger.balance().liveTracks)).toBe(1);
  await hangUpAll(outgoing, incoming);
});

describe('G4: onError exactly once', () => {
  test.each([
    ['the retry is denied, too', ({ bob }: Scene) => bob.page.evaluate(() => window.prompt_.resume())],
    ['bob rejects', ({ bob }: Scene) => bob.page.evaluate(() => window.prompt_.reject())],
    ['alice hangs up', ({ outgoing }: Scene) => outgoing.invoke('hangup')],
  ])('%s', async (_what, act) => {
    const scene = await answerDenied({ enabled: true, timeout: 20_000 });
    await promptOf(scene.bob);
    await act(scene);
    await Promise.all([scene.incoming.until('destroy'), scene.outgoing.until('destroy')]);
    // Whatever is decided later has no effect.
    await scene.bob.page.evaluate(() => {
      window.prompt_.resume();
      window.prompt_.reject();
    });
    await delay(200);
    expect(outcomesOf(scene.bob)).toHaveLength(1);
    expect(outcomesOf(scene.bob)[0]).toMatch(/^recovery\.error [A-Z_]+$/);
  });

  // Chromium's fake microphone is always there and never busy.
  test.each(CODES)('getUserMedia fails with %s, the error has code %i', async (name, code) => {
    const [alice, bob] = await Promise.all([
      stage.enter('alice', { client: 'ours' }),
      enterBob({ enabled: true, timeout: 20_000 }),
    ]);
    await bob.page.evaluate((failure) => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('No', failure));
    }, name);
    const outgoing = await alice.dial('bob');
    const incoming = await bob.ringing();
    incoming.invoke('answer').catch(() => undefined);
    expect(await promptOf(bob)).toMatchObject({ code });
    await hangUpAll(outgoing);
    await incoming.until('destroy');
  });
});

describe('the permission is withdrawn in a call', () => {
  /** Alice, whose microphone is gone, in a call with bob. */
  const lose = async ({ tells = true } = {}) => {
    const [alice, bob] = await Promise.all([
      stage.enter('alice', { client: 'ours' }),
      stage.enter('bob', { client: 'ours' }),
    ]);
    if (!tells) {
      await alice.page.evaluate(() => {
        navigator.permissions.query = () => Promise.reject(new TypeError('There is no such permission'));
      });
    }
    const { outgoing, incoming } = await establish(alice, bob);
    await expectTone(bob, ALICE_TONE);
    await setMicrophone(alice, 'denied');
    await alice.events.next(({ code }) => code === DENIED, 'error 42001');
    await expectSilence(bob, Date.now());
    return { alice, bob, outgoing, incoming };
  };
  const changeDevices = ({ page }: Person) =>
    page.evaluate(() => navigator.mediaDevices.dispatchEvent(new Event('devicechange')));

  test('and comes back: within 1 s the microphone is heard again, and nothing else is told', async () => {
    const { alice, bob, incoming, outgoing } = await lose();
    const allowedAt = Date.now();
    await setMicrophone(alice, 'granted');
    const heardAt = await bob.ear.firstSound(allowedAt);
    expectWithin('microphone allowed again', { heard: heardAt - allowedAt }, { heard: BACK_MS + BUSY_MS });
    await expectTone(bob, ALICE_TONE);
    expect(errorsOf(alice)).toEqual([DENIED]);
    expect(await alice.page.evaluate(() => window.phone.ledger.balance().liveTracks)).toBe(1);
    expect(outgoing.states().at(-1)).toBe('active');
    await hangUpAll(outgoing, incoming);
  });

  test('control, a browser that does not tell: silence until the devices change', async () => {
    const { alice, bob, incoming, outgoing } = await lose({ tells: false });
    const allowedAt = Date.now();
    await setMicrophone(alice, 'granted');
    await delay(BACK_MS + 500);
    await expectSilence(bob, allowedAt);
    await changeDevices(alice);
    await expectTone(bob, ALICE_TONE);
    await hangUpAll(outgoing, incoming);
  });

  test('control, it stays withdrawn: silence, however often the devices change', async () => {
    const { alice, bob, incoming, outgoing } = await lose();
    const since = Date.now();
    await setMicrophone(alice, 'prompt');
    await setMicrophone(alice, 'denied');
    await changeDevices(alice);
    await delay(BACK_MS);
    await expectSilence(bob, since);
    expect(errorsOf(alice)).toEqual([DENIED]);
    await hangUpAll(outgoing, incoming);
  });
});
