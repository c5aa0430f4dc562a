import { type ClientKind, type Person, type PersonCall, type Stage, openStage } from '@parley/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { establish } from './establish.ts';
import { expectSilence, expectTone } from './tone.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => stage.clear());
afterAll(() => stage.close());

async function talk(
  client: ClientKind,
): Promise<{ alice: Person; bob: Person; outgoing: PersonCall; incoming: PersonCall }> {
  const [alice, bob] = await Promise.all([stage.enter('alice', { client }), stage.enter('bob', { client })]);
  const calls = await establish(alice, bob);
  await expectTone(alice, 1000);
  await expectTone(bob, 440);
  return { alice, bob, ...calls };
}

describe.each<ClientKind>(['official'])('in a call between two people with %s clients', (client) => {
  test('hold silences both, and unhold brings both tones back', async () => {
    const { alice, bob, outgoing } = await talk(client);
    const heldAt = Date.now();
    await outgoing.invoke('hold');
    await outgoing.until('held');
    await expectSilence(alice, heldAt);
    await expectSilence(bob, heldAt);
    const seen = alice.events.entries.length;
    await outgoing.invoke('unhold');
    await alice.events.next(({ call }) => call?.state === 'active', 'active after unhold', { from: seen });
    await expectTone(alice, 1000);
    await expectTone(bob, 440);
  });

  test('hold by the callee, the caller hears silence and is not told a new state', async () => {
    const { alice, outgoing, incoming } = await talk(client);
    const heldAt = Date.now();
    await incoming.invoke('hold');
    await incoming.until('held');
    await expectSilence(alice, heldAt);
    expect(outgoing.states().at(-1)).toBe('active');
  });

  test('mute is digital silence at the far end, while the other direction goes on', async () => {
    const { alice, bob, outgoing } = await talk(client);
    const mutedAt = Date.now();
    await outgoing.invoke('muteAudio');
    await expectSilence(bob, mutedAt);
    await expectTone(alice, 1000);
    await outgoing.invoke('unmuteAudio');
    await expectTone(bob, 440);
  });

  test('digits that are dialled arrive at the other party in order', async () => {
    const { bob, outgoing } = await talk(client);
    await outgoing.invoke('dtmf', '1');
    await outgoing.invoke('dtmf', '#');
    const digit = (key: string) => (frame: { direction: string; text: string }) =>
      frame.direction === 'received' &&
      frame.text.includes('telnyx_rtc.info') &&
      frame.text.includes(`"dtmf":"${key}"`);
    const first = await bob.frames.next(digit('1'), 'digit 1');
    const second = await bob.frames.next(digit('#'), 'digit #');
    expect(bob.frames.entries.indexOf(first)).toBeLessThan(bob.frames.entries.indexOf(second));
  });
});
