import {
  assertTalking,
  fallAsleep,
  type FaultScene,
  type Figures,
  goOffline,
  type MediaDetour,
  openFaultScene,
  openMediaDetour,
  type Person,
  type PersonCall,
  readyAfter,
  stallSince,
  wait,
} from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { ALICE_TONE } from '../browser/parties.ts';
import { expectTone } from '../browser/tone.ts';
import { useStage } from '../browser/use-stage.ts';
import { BUSY_MS, expectWithin } from '../figures.ts';

// What takes minutes: one network is away twice, at the same times. With the patient gateway alice's signaling alone is
// lost, with the usual one her media as well.

const MINUTE_MS = 60_000;
const HOLD_MS = 190_000;
/** By then the gateway has noticed that nobody is there. */
const NOTICED_MS = 15_000;

const patient = useStage({ args: ['--hold-seconds', '400'] });
const usual = useStage();
let signalingAlone: FaultScene;
/** Alice's other call, on hold. */
let held: PersonCall;
let everything: FaultScene;
let detour: MediaDetour;

beforeAll(async () => {
  signalingAlone = await openFaultScene(patient, 'ours');
  held = await holdAnother(signalingAlone);
  detour = await openMediaDetour(usual.gateway.signaling);
  everything = await openFaultScene(usual, 'ours', {}, detour.signaling);
});
afterAll(async () => {
  for (const scene of [signalingAlone, everything]) await scene.close();
  await Promise.all([patient.clear(), usual.clear()]);
  await detour.close();
});

async function holdAnother(scene: FaultScene): Promise<PersonCall> {
  await scene.outgoing.invoke('hold');
  const other = await scene.alice.dial('echo');
  await other.until('active');
  await other.invoke('hold');
  await scene.outgoing.invoke('unhold');
  await assertTalking(scene);
  return other;
}

/** The media goes over the detour's paths, of which none leads anywhere meanwhile. */
async function loseEverything(): Promise<() => Promise<number>> {
  const comeBack = await goOffline(everything);
  detour.impair({ loss: 1 });
  return () => {
    detour.impair({ loss: 0 });
    return comeBack();
  };
}

/** Of the connection's states, from `since` on. */
function toldOf({ alice }: FaultScene, since: number): string[] {
  return alice.events.entries.flatMap(({ at, connection }) =>
    at >= since && connection !== undefined ? [connection] : [],
  );
}

/** In packets of 20 ms and samples of 48 kHz: what the browser made up because nothing came. */
async function concealedMs(call: PersonCall): Promise<number> {
  const { concealedSamples, silentConcealedSamples } = await call.inboundAudio();
  return (concealedSamples - silentConcealedSamples) / 48;
}

async function concealedAtBoth({ outgoing, incoming }: FaultScene): Promise<number> {
  return Math.max(await concealedMs(outgoing), await concealedMs(incoming));
}

/** What each of alice's and bob's calls was told until now: nothing is to be added. */
function statesOf({ outgoing, incoming }: FaultScene): string[][] {
  return [outgoing.states(), incoming.states(), held.states()];
}

/** The call that was on hold can be taken up, and the other one after it. */
async function expectTakenUp(scene: FaultScene): Promise<void> {
  expect((await held.snapshot()).state).toBe('held');
  await scene.outgoing.invoke('hold');
  await held.invoke('unhold');
  await expectTone(scene.alice, ALICE_TONE);
  await held.invoke('hold');
  await scene.outgoing.invoke('unhold');
  await assertTalking(scene);
}

/** Alice's network is away for so long; her media is not, nor what bob hears of her. */
async function outlast(ms: number, bounds: Figures): Promise<void> {
  const row = `offline for ${ms / 1_000} s, signaling alone`;
  const scene = signalingAlone;
  const states = statesOf(scene);
  const concealed = await concealedAtBoth(scene);
  const since = Date.now();
  const comeBack = await goOffline(scene);
  await wait(ms);
  const ready = await readyAfter(scene, await comeBack());
  // The ears keep two minutes; what was made up in place of packets is counted all the time.
  const stall = Math.max(await stallSince(scene.alice, since), await stallSince(scene.bob, since));
  const measured = { ready, stall, concealed: (await concealedAtBoth(scene)) - concealed };
  expectWithin(row, measured, { stall: BUSY_MS, concealed: 0.05 * ms, ...bounds });
  const told = toldOf(scene, since);
  console.log(`${row}: ${told.join(', ')}`);
  expect(told[0]).toMatch(/^offline: /);
  expect(told.at(-1)).toBe('connected: registration');
  await assertTalking(scene);
  expect(statesOf(scene)).toEqual(states);
  await expectTakenUp(scene);
}

/** @returns after how long each of the two heard the other again */
async function heardAgain({ alice, bob }: FaultScene, since: number): Promise<Figures> {
  const heard = ({ ear }: Person) => ear.firstSound(since, -45, 30_000);
  const [near, far] = await Promise.all([heard(alice), heard(bob)]);
  return { near: near - since, far: far - since };
}

test('offline for 60 s: the same calls go on, the held one held, whether the media is away as well or not', async () => {
  const lost = async () => {
    const states = [everything.outgoing.states(), everything.incoming.states()];
    const comeBack = await loseEverything();
    await wait(MINUTE_MS);
    const backAt = await comeBack();
    const [ready, heard] = await Promise.all([
      readyAfter(everything, backAt),
      heardAgain(everything, backAt),
    ]);
    const bounds = { ready: 2_000 + BUSY_MS, near: 8_000, far: 8_000 };
    expectWithin('offline for 60 s, signaling and media', { ready, ...heard }, bounds);
    await assertTalking(everything);
    expect([everything.outgoing.states(), everything.incoming.states()]).toEqual(states);
  };
  await Promise.all([outlast(MINUTE_MS, { ready: 2_000 + BUSY_MS }), lost()]);
});

test('asleep for 60 s, the connection does not survive: the same calls go on, the held one held', async () => {
  const scene = signalingAlone;
  const { alice } = scene;
  const states = statesOf(scene);
  const wakeUp = await fallAsleep(scene);
  await wait(MINUTE_MS);
  const wokeAt = wakeUp();
  const [ready, { far = Infinity }] = await Promise.all([
    readyAfter(scene, wokeAt),
    heardAgain(scene, wokeAt),
  ]);
  // What alice hears at first may have waited for her in the machine.
  await alice.ear.firstSound(wokeAt + 5_000, -45);
  const bounds = { ready: 2_000 + BUSY_MS, silence: 5_000, far: 8_000 };
  expectWithin('asleep for 60 s', { ready, silence: await stallSince(alice, wokeAt), far }, bounds);
  console.log(`asleep for 60 s: ${toldOf(scene, wokeAt).join(', ')}`);
  expect(toldOf(scene, wokeAt).at(-1)).toBe('connected: registration');
  await assertTalking(scene);
  expect(statesOf(scene)).toEqual(states);
  await expectTakenUp(scene);
});

test('offline for 5 min: a call that the gateway holds for so long goes on, any other ends at both ends', async () => {
  const lost = async () => {
    const { alice, outgoing, incoming } = everything;
    const since = Date.now();
    const comeBack = await loseEverything();
    const [near, far] = await Promise.all([
      outgoing.until('hangup', 5 * MINUTE_MS),
      incoming.until('hangup', 5 * MINUTE_MS),
    ]);
    console.log(`ended: ${String(near.call.cause)} at alice, ${String(far.call.cause)} at bob`);
    const bound = HOLD_MS + NOTICED_MS + BUSY_MS;
    const ended = { near: near.at - since, far: far.at - since };
    expectWithin('offline for 300 s, ended', ended, { near: bound, far: bound });
    expect(await alice.page.evaluate(() => window.phone.ledger.balance().liveTracks)).toBe(0);
    await wait(since + 5 * MINUTE_MS - Date.now());
    const ready = await readyAfter(everything, await comeBack());
    expectWithin('offline for 300 s, signaling and media', { ready }, { ready: 3_000 + BUSY_MS });
    expect(await alice.invoke('hasActiveCall')).toBe(false);
    const next = await alice.dial('echo');
    await next.until('active');
    await expectTone(alice, ALICE_TONE);
  };
  await Promise.all([outlast(5 * MINUTE_MS, { ready: 3_000 + BUSY_MS }), lost()]);
});
