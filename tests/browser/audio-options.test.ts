import { setTimeout as delay } from 'node:timers/promises';
import { type Casting, launchChromium, type Person, type PersonCall, servePages } from '@parley/testkit';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';

import { BUSY_MS, expectWithin } from '../figures.ts';
import { setMicrophone } from './microphone-access.ts';
import { ALICE_TONE, BOB_TONE, establish, hangUpAll } from './parties.ts';
import { type SoundServer, serveSounds, soundsOf, watchSounds } from './sounds.ts';
import { expectSilence, expectTone } from './tone.ts';
import { useStage } from './use-stage.ts';

const STOP_MS = 200;
const TOLD_MS = 500;
const BACK_MS = 1_500;
const PLAYBACK_BLOCKED = 33_101;
const MICROPHONE_LOST = 33_102;
const SPEAKER_LOST = 33_103;
const PATIENT = { timeout: 10_000 };

const stage = useStage();
let sounds: SoundServer;
beforeAll(async () => {
  sounds = await serveSounds();
  return () => sounds.close();
});
afterEach(() => stage.clear());

const enter = (name: string, options: object = {}) => stage.enter(name, { client: 'ours', options });

const codesOf = ({ events }: Person) =>
  events.entries.flatMap(({ code }) => (code === undefined ? [] : [code]));

/** Calls a method of the client, or of a call, and tells when by the page's own clock. */
async function actIn({ page }: Person, callId: string | undefined, method: string): Promise<number> {
  return page.evaluate(
    (id, name) => {
      const at = Date.now();
      void window.phone.invoke(id ?? undefined, name, []);
      return at;
    },
    callId ?? null,
    method,
  );
}

describe.each(['outbound', 'inbound'] as const)('C6: mutedMicOnStart, %s', (direction) => {
  const begin = async (options: object) => {
    const [alice, bob] = await Promise.all([enter('alice', options), enter('bob')]);
    const made = direction === 'outbound' ? await establish(alice, bob) : await establish(bob, alice);
    const own = direction === 'outbound' ? made.outgoing : made.incoming;
    return { ...made, alice, bob, own };
  };
  const isMuted = ({ page }: Person, { id }: PersonCall) =>
    page.evaluate((path) => window.phone.read(path), `calls.${id}.isAudioMuted`);

  test('silence from the answer on, through hold, another microphone and its loss, until it is unmuted', async () => {
    const { alice, bob, incoming, outgoing, own } = await begin({ mutedMicOnStart: true });
    const silentSince = Date.now();
    await expectTone(alice, BOB_TONE);
    await own.invoke('hold');
    await own.invoke('unhold');
    const devices = await alice.page.evaluate(async () =>
      (await navigator.mediaDevices.enumerateDevices()).flatMap(({ deviceId, kind }) =>
        kind === 'audioinput' ? [deviceId] : [],
      ),
    );
    await own.invoke('setAudioInDevice', devices.at(-1));
    await loseMicrophone(alice);
    await delay(1_000);
    expect(await isMuted(alice, own)).toBe(true);
    // Bob may hear the last of a ringback at first, with a gap in it on a busy machine, and nothing from then on.
    const since = await bob.ear.firstSilence(silentSince, 1_000, -80);
    const loud = (await bob.ear.levels(since)).filter(({ level }) => level > -80);
    expect(loud).toEqual([]);
    await own.invoke('unmuteAudio');
    await expectTone(bob, ALICE_TONE);
    expect(await isMuted(alice, own)).toBe(false);
    await hangUpAll(outgoing, incoming);
  });

  test('control, false: the tone', async () => {
    const { bob, incoming, outgoing } = await begin({ mutedMicOnStart: false });
    await expectTone(bob, ALICE_TONE);
    await hangUpAll(outgoing, incoming);
  });
});

describe('D1: ringtoneFile', () => {
  const ring = async (file: string) => {
    const bob = await enter('bob', { ringtoneFile: `${sounds.origin}${file}` });
    await watchSounds(bob);
    const alice = await enter('alice');
    const outgoing = await alice.dial('bob');
    return { alice, bob, outgoing, incoming: await bob.ringing() };
  };
  const playing = ({ events }: Person) => events.next(({ name }) => name === 'sound.playing', 'ringtone');
  const paused = ({ events }: Person) =>
    events.next(({ name }) => name === 'sound.pause', 'end of the ringtone');

  test.each([
    ['an answer', ({ bob, incoming }) => actIn(bob, incoming.id, 'answer')],
    ['a rejection', ({ bob, incoming }) => actIn(bob, incoming.id, 'hangup')],
    ['disconnect()', ({ bob }) => actIn(bob, undefined, 'disconnect')],
    [
      'a caller who gives up',
      async ({ outgoing, incoming }) => {
        await outgoing.invoke('hangup');
        return (await incoming.until('hangup')).at;
      },
    ],
  ] satisfies [string, (scene: Awaited<ReturnType<typeof ring>>) => Promise<number>][])(
    'one element plays it in a loop, until %s, within 200 ms',
    async (_what, act) => {
      const scene = await ring('/ring.wav');
      await playing(scene.bob);
      await delay(300);
      expect(await soundsOf(scene.bob)).toMatchObject([
        { loop: true, paused: false, src: `${sounds.origin}/ring.wav` },
      ]);
      const [before] = await soundsOf(scene.bob);
      await delay(200);
      const [after] = await soundsOf(scene.bob);
      expect(after?.currentTime).not.toBe(before?.currentTime);
      expect(sounds.requests).toContain('/ring.wav');
      const at = await act(scene);
      const stopped = (await paused(scene.bob)).at - at;
      expectWithin('ringtone', { stopped }, { stopped: STOP_MS + BUSY_MS });
      expect(await soundsOf(scene.bob)).toMatchObject([{ paused: true }]);
      await hangUpAll(scene.outgoing);
    },
  );

  test('two pages with different files, each plays its own', async () => {
    const pages = await Promise.all(
      ['/one.wav', '/two.wav'].map((file) => enter('bob', { ringtoneFile: `${sounds.origin}${file}` })),
    );
    for (const page of pages) await watchSounds(page);
    const alice = await enter('alice');
    const outgoing = await alice.dial('bob');
    const heard = await Promise.all(pages.map(playing));
    expect(heard.map(({ message }) => message)).toEqual(
      ['/one.wav', '/two.wav'].map((file) => sounds.origin + file),
    );
    await hangUpAll(outgoing);
  });

  test('a file that is missing, nobody throws, and the call is answered as any other', async () => {
    const { alice, bob, incoming, outgoing } = await ring('/missing.mp3');
    await delay(300);
    await incoming.invoke('answer');
    await expectTone(bob, ALICE_TONE);
    expect(codesOf(bob)).toEqual([]);
    expect(bob.uncaught.entries).toEqual([]);
    await hangUpAll(outgoing);
    expect(alice.uncaught.entries).toEqual([]);
  });

  test('a page that nobody has touched, warning 33101, and the ringtone at the first touch', async () => {
    const bundle = fileURLToPath(import.meta.resolve('@parley/webrtc/lib/bundle.js'));
    const files = new Map([['/ours.js', bundle]]);
    const server = await servePages({ files, pages: new Map([['/untouched', untouchedPage()]]) });
    const browser = await launchChromium({ args: ['--autoplay-policy=document-user-activation-required'] });
    try {
      const page = await (await browser.newContext(server.origin)).newPage();
      const uncaught: string[] = [];
      page.on('pageerror', (error) => uncaught.push(String(error)));
      const reported: string[] = [];
      page.on('console', (message) => reported.push(message.text()));
      await page.goto(`${server.origin}/untouched`);
      await expect.poll(() => reported, PATIENT).toContain('ready');
      const alice = await enter('alice');
      const outgoing = await alice.dial('bob');
      await expect.poll(() => reported, PATIENT).toContain(String(PLAYBACK_BLOCKED));
      expect(reported).not.toContain('playing');
      await page.mouse.click(5, 5);
      await expect.poll(() => reported, PATIENT).toContain('playing');
      await hangUpAll(outgoing);
      await expect.poll(() => reported, PATIENT).toContain('pause');
      expect(uncaught).toEqual([]);
    } finally {
      await browser.close();
      await server.close();
    }
  });
});

describe('D2: ringbackFile', () => {
  const dial = async (name: string, options: object) => {
    const caller = await enter(name, options);
    await watchSounds(caller);
    const bob = await enter('bob');
    const outgoing = await caller.dial('bob');
    return { bob, caller, outgoing, incoming: await bob.ringing() };
  };
  const ringback = () => ({ password: 'quiet-quiet', ringbackFile: `${sounds.origin}/ringback.wav` });
  const isFrame = (method: string) => (frame: { direction: string; text: string }) =>
    frame.direction === 'received' && frame.text.includes(`"method":"telnyx_rtc.${method}"`);

  beforeAll(() =>
    stage.gateway.createUser({
      sip_username: 'quiet',
      sip_password: 'quiet-quiet',
      generate_ringback: false,
    }),
  );

  test.each([
    ['the answer', 'answer', ({ bob, incoming }) => actIn(bob, incoming.id, 'answer')],
    ['a rejection', 'bye', ({ bob, incoming }) => actIn(bob, incoming.id, 'hangup')],
    ['a hangup of its own', '', ({ caller, outgoing }) => actIn(caller, outgoing.id, 'hangup')],
  ] satisfies [string, string, (scene: Awaited<ReturnType<typeof dial>>) => Promise<number>][])(
    'it plays from the ringing at the far end on, until %s',
    async (_what, told, act) => {
      const scene = await dial('quiet', ringback());
      const { caller, incoming, outgoing } = scene;
      const [rings, plays] = await Promise.all([
        caller.frames.next(isFrame('ringing'), 'ringing'),
        caller.events.next(({ name }) => name === 'sound.playing', 'ringback'),
      ]);
      expect(plays.at - rings.at).toBeGreaterThan(-50);
      const acted = await act(scene);
      const at = told === '' ? acted : (await caller.frames.next(isFrame(told), told)).at;
      const stopped = await caller.events.next(({ name }) => name === 'sound.pause', 'end of the ringback');
      expectWithin('ringback', { stopped: stopped.at - at }, { stopped: STOP_MS + BUSY_MS });
      expect(await soundsOf(caller)).toMatchObject([{ loop: true, paused: true }]);
      await hangUpAll(outgoing, incoming);
    },
  );

  test('control, the server plays a ringback: no tone of the page', async () => {
    const { caller, outgoing } = await dial('alice', { ringbackFile: `${sounds.origin}/ringback.wav` });
    await outgoing.until('early');
    await delay(300);
    expect((await soundsOf(caller)).filter(({ paused }) => !paused)).toEqual([]);
    await hangUpAll(outgoing);
  });

  test('control, unset: no tone', async () => {
    const { caller, outgoing } = await dial('quiet', { password: 'quiet-quiet' });
    await caller.frames.next(isFrame('ringing'), 'ringing');
    await delay(300);
    expect(await soundsOf(caller)).toEqual([]);
    await hangUpAll(outgoing);
  });
});

describe('devices in a call', () => {
  const talk = async (browser: NonNullable<Casting['browser']> = 'chromium') => {
    const [alice, bob] = await Promise.all([stage.enter('alice', { client: 'ours', browser }), enter('bob')]);
    const { outgoing, incoming } = await establish(alice, bob);
    await expectTone(bob, ALICE_TONE);
    return { alice, bob, outgoing, incoming };
  };
  const told = ({ events }: Person, code: number) =>
    events.next((event) => event.code === code, String(code));

  test.each(['chromium', 'firefox'] as const)(
    'in %s, the microphone is unplugged, told within 500 ms, and the default one is heard within 1.5 s',
    async (browser) => {
      const { alice, bob, incoming, outgoing } = await talk(browser);
      const lostAt = await loseMicrophone(alice);
      const toldAfter = (await told(alice, MICROPHONE_LOST)).at - lostAt;
      await delay(BACK_MS + BUSY_MS);
      const silences = await bob.ear.silences(lostAt);
      expectWithin(
        `microphone unplugged in ${browser}`,
        { told: toldAfter, silent: Math.max(0, ...silences.map(({ ms }) => ms)) },
        { told: TOLD_MS + BUSY_MS, silent: BACK_MS + BUSY_MS },
      );
      await expectTone(bob, ALICE_TONE);
      expect(codesOf(alice)).toEqual([MICROPHONE_LOST]);
      expect(await alice.page.evaluate(() => window.phone.ledger.balance().liveTracks)).toBe(1);
      await hangUpAll(outgoing, incoming);
    },
  );

  test('the last microphone is unplugged, the call goes on listening, and takes up the next one', async () => {
    const { alice, bob, incoming, outgoing } = await talk();
    await alice.page.evaluate(() => {
      const { mediaDevices } = navigator;
      const open = mediaDevices.getUserMedia.bind(mediaDevices);
      mediaDevices.getUserMedia = () => Promise.reject(new DOMException('No', 'NotFoundError'));
      mediaDevices.addEventListener('plugged', () => {
        mediaDevices.getUserMedia = open;
        mediaDevices.dispatchEvent(new Event('devicechange'));
      });
    });
    await loseMicrophone(alice);
    await told(alice, 42_002);
    await expectTone(alice, BOB_TONE);
    await expectSilence(bob, Date.now());
    await alice.page.evaluate(() => navigator.mediaDevices.dispatchEvent(new Event('plugged')));
    await expectTone(bob, ALICE_TONE);
    expect(outgoing.states().at(-1)).toBe('active');
    await hangUpAll(outgoing, incoming);
  });

  test('the permission is withdrawn, told within 500 ms, and the call goes on listening', async () => {
    const { alice, bob, incoming, outgoing } = await talk();
    const deniedAt = Date.now();
    await setMicrophone(alice, 'denied');
    const toldAfter = (await told(alice, MICROPHONE_LOST)).at - deniedAt;
    expectWithin('permission withdrawn', { told: toldAfter }, { told: TOLD_MS + BUSY_MS });
    await told(alice, 42_001);
    expect(codesOf(alice)).toEqual([MICROPHONE_LOST, 42_001]);
    await expectTone(alice, BOB_TONE);
    await expectSilence(bob, Date.now());
    expect(outgoing.states().at(-1)).toBe('active');
    await hangUpAll(outgoing, incoming);
  });

  test('the speaker is unplugged, told within 500 ms, and the default one is used within 1.5 s', async () => {
    const { alice, incoming, outgoing } = await talk();
    const speaker = await alice.page.evaluate(async () => {
      const devices = await navigator.mediaDevices.enumerateDevices();
      return (
        devices.findLast(({ deviceId, kind }) => kind === 'audiooutput' && deviceId !== 'default')
          ?.deviceId ?? ''
      );
    });
    expect(await outgoing.invoke('setAudioOutDevice', speaker)).toBe(true);
    const sink = () => alice.page.evaluate(() => document.querySelector('audio')?.sinkId);
    expect(await sink()).toBe(speaker);
    const { toldMs, switchedMs } = await loseSpeaker(alice, speaker);
    expectWithin(
      'speaker unplugged',
      { told: toldMs, switched: switchedMs },
      { told: TOLD_MS + BUSY_MS, switched: BACK_MS + BUSY_MS },
    );
    expect(await sink()).toBe('');
    await expectTone(alice, BOB_TONE);
    await hangUpAll(outgoing, incoming);
  });
});

/** Takes a speaker away from the page, and measures there until the application is told, and the sound is elsewhere. */
async function loseSpeaker(
  { page }: Person,
  speaker: string,
): Promise<{ toldMs: number; switchedMs: number }> {
  return page.evaluate(
    async (gone, code) => {
      const { mediaDevices } = navigator;
      const list = mediaDevices.enumerateDevices.bind(mediaDevices);
      mediaDevices.enumerateDevices = async () => (await list()).filter(({ deviceId }) => deviceId !== gone);
      const told = new Promise<number>((resolve) => {
        const listen = ({ warning }: { warning: { code: number } }) => {
          if (warning.code === code) resolve(performance.now());
        };
        void window.phone.invoke(undefined, 'on', ['telnyx.warning', listen]);
      });
      const isElsewhere = () => document.querySelector('audio')?.sinkId !== gone;
      const switched = async () => {
        while (!isElsewhere()) await new Promise((resolve) => setTimeout(resolve, 5));
        return performance.now();
      };
      const lostAt = performance.now();
      mediaDevices.dispatchEvent(new Event('devicechange'));
      const [toldAt, switchedAt] = await Promise.all([told, switched()]);
      return { toldMs: Math.round(toldAt - lostAt), switchedMs: Math.round(switchedAt - lostAt) };
    },
    speaker,
    SPEAKER_LOST,
  );
}

async function loseMicrophone({ page }: Person): Promise<number> {
  return page.evaluate(() => {
    const at = Date.now();
    window.phone.ledger.unplugMicrophones();
    return at;
  });
}

/** A page that does everything by itself: whatever the driver runs in a page, answers to it
 * included, counts as its person's touch. */
function untouchedPage(): string {
  const ringtoneFile = `${sounds.origin}/ring.wav`;
  const options = { env: stage.gateway.signaling, login: 'bob', password: 'bob', ringtoneFile };
  return `<!doctype html><meta charset="utf-8" /><link rel="icon" href="data:," />
    <script src="/ours.js"></script>
    <script>
      const tell = (name) => console.log(name);
      window.Audio = new Proxy(window.Audio, {
        construct(Target, [source]) {
          const sound = new Target(source);
          for (const name of ['playing', 'pause']) sound.addEventListener(name, () => tell(name));
          return sound;
        },
      });
      const client = new TelnyxWebRTC.TelnyxRTC(${JSON.stringify(options)});
      client.on('telnyx.ready', () => tell('ready'));
      client.on('telnyx.warning', ({ warning }) => tell(String(warning.code)));
      client.connect();
    </script>`;
}
