import { type MediaScene, type MediaSceneOptions, loseMediaPath, openMediaScene } from '@parley/testkit';
import { afterEach, expect, test } from 'vitest';

import { ALICE_TONE, BOB_TONE } from '../browser/parties.ts';
import { expectSilence, expectTone } from '../browser/tone.ts';
import { useStage } from '../browser/use-stage.ts';
import { expectWithin } from '../figures.ts';

const stage = useStage();
const scenes: MediaScene[] = [];
afterEach(async () => {
  await stage.clear();
  for (const scene of scenes.splice(0)) await scene.close();
});

async function talking(options: Partial<MediaSceneOptions> = {}): Promise<MediaScene> {
  const scene = await openMediaScene(stage, { client: 'ours', ...options });
  scenes.push(scene);
  await expectTone(scene.alice, BOB_TONE);
  return scene;
}

/** From now on no restart of ICE helps: the server gets an offer that is none. */
async function spoilRestarts({ alice }: MediaScene): Promise<void> {
  await alice.page.evaluate(() => {
    const send: unknown = Reflect.get(WebSocket.prototype, 'send');
    Reflect.set(WebSocket.prototype, 'send', function sendSpoilt(this: WebSocket, data: unknown) {
      const spoilt =
        typeof data === 'string' && data.includes('"action":"updateMedia"')
          ? data.replace(/"sdp":"[^"]*"/, '"sdp":"v=0"')
          : data;
      if (typeof send === 'function') Reflect.apply(send, this, [spoilt]);
    });
  });
}

const read = ({ alice, outgoing }: MediaScene, member: string) =>
  alice.page.evaluate((path) => window.phone.read(path), `calls.${outgoing.id}.${member}`);

const methodsSent = ({ alice }: MediaScene, since: number) =>
  alice.frames.entries
    .filter(({ at, direction }) => at >= since && direction === 'sent')
    .flatMap(({ text }) => /"method":"([^"]+)","params"/.exec(text)?.[1] ?? [])
    .filter((method) => /modify|remake|attach/.test(method));

test.each(['caller', 'callee'] as const)(
  'the media path of the %s goes dead: both hear each other again over another, in the same call',
  async (role) => {
    const scene = await talking({ role });
    await expectTone(scene.bob, ALICE_TONE);
    const measured = await loseMediaPath(scene);
    expectWithin(`media path of the ${role} dead`, measured, { asked: 5_000, near: 8_000, far: 8_000 });
    await expectTone(scene.alice, BOB_TONE);
    await expectTone(scene.bob, ALICE_TONE);
    await expect.poll(() => read(scene, 'mediaState')).toBe('connected');
    expect(scene.outgoing.states().at(-1)).toBe('active');
    expect(scene.outgoing.states()).not.toContain('recovering');
  },
);

test('a path that goes dead again and again is replaced each time', async () => {
  const scene = await talking();
  for (let time = 1; time <= 3; time++) {
    const measured = await loseMediaPath(scene);
    expectWithin(`media path dead, time ${time}`, measured, { asked: 8_000, near: 11_000, far: 11_000 });
    await expectTone(scene.alice, BOB_TONE);
  }
});

test('no restart helps: the leg is made anew, and heard again at both ends', async () => {
  const scene = await talking();
  await spoilRestarts(scene);
  const since = Date.now();
  scene.detour.cutPresent();
  await scene.outgoing.until('recovering');
  const restored = Date.now() - since;
  const [near, far] = await Promise.all(
    [scene.alice, scene.bob].map(({ ear }) => ear.firstSound(since + restored, -45, 30_000)),
  );
  const measured = { near: (near ?? NaN) - since, far: (far ?? NaN) - since };
  expectWithin('media path dead, leg made anew', measured, { near: 9_000, far: 9_000 });
  expect(methodsSent(scene, since)).toEqual(['telnyx_rtc.modify', 'parley.remake', 'telnyx_rtc.attach']);
  await expectTone(scene.alice, BOB_TONE);
  await expectTone(scene.bob, ALICE_TONE);
  expect(scene.outgoing.states().slice(-3)).toEqual(['active', 'recovering', 'active']);
  expect(await read(scene, 'recoveredCallId')).toBe(scene.outgoing.id);
  expect(await scene.alice.page.evaluate(() => window.phone.ledger.balance())).toMatchObject({
    liveTracks: 1,
    peerConnections: 1,
  });
});

test.each(['restart', 'leg made anew'] as const)('a held call is held after a %s', async (means) => {
  const scene = await talking();
  await scene.outgoing.invoke('hold');
  if (means !== 'restart') await spoilRestarts(scene);
  const since = Date.now();
  scene.detour.cutPresent();
  await expect.poll(() => methodsSent(scene, since).at(-1), { timeout: 15_000 }).toMatch(/modify|attach/);
  await expect.poll(() => read(scene, 'mediaState'), { timeout: 15_000 }).toBe('connected');
  expect((await scene.outgoing.snapshot()).state).toBe('held');
  const held = Date.now();
  await expectSilence(scene.alice, held);
  await expectSilence(scene.bob, held);
  await scene.outgoing.invoke('unhold');
  await expectTone(scene.alice, BOB_TONE);
  await expectTone(scene.bob, ALICE_TONE);
});

test.each(['restart', 'leg made anew'] as const)('C6: a microphone is muted after a %s', async (means) => {
  const scene = await talking({ options: { mutedMicOnStart: true } });
  if (means !== 'restart') await spoilRestarts(scene);
  const since = Date.now();
  scene.detour.cutPresent();
  await expect.poll(() => methodsSent(scene, since).at(-1), { timeout: 15_000 }).toMatch(/modify|attach/);
  await expect.poll(() => read(scene, 'mediaState'), { timeout: 15_000 }).toBe('connected');
  await expectTone(scene.alice, BOB_TONE);
  await expectSilence(scene.bob, Date.now());
  const loud = (await scene.bob.ear.levels(since)).filter(({ level }) => level > -80);
  expect(loud).toEqual([]);
  expect(await read(scene, 'isAudioMuted')).toBe(true);
  await scene.outgoing.invoke('unmuteAudio');
  await expectTone(scene.bob, ALICE_TONE);
});
