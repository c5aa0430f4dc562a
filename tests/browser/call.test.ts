import { beforeAll, describe, expect, test } from 'vitest';

import { BUSY_MS, expectWithin } from '../figures.ts';
import { useStage } from './use-stage.ts';
import { ALICE_TONE, BOB_TONE, type Pair, type Parties, enterPair, establish, hangUpAll } from './parties.ts';
import { expectSilence, expectTone } from './tone.ts';

const ALIKE: Pair[] = [
  { alice: 'official', bob: 'official', bobsBrowser: 'chromium' },
  { alice: 'ours', bob: 'ours', bobsBrowser: 'chromium' },
  { alice: 'ours', bob: 'ours', bobsBrowser: 'firefox' },
];
const MIXED: Pair[] = [
  { alice: 'ours', bob: 'official', bobsBrowser: 'chromium' },
  { alice: 'official', bob: 'ours', bobsBrowser: 'chromium' },
];

const HEARABLE_GAP_MS = 60;
/** The ringback is 425 Hz; it sounds for a second, then pauses. */
const RINGBACK_TONE = 425;
const RINGBACK_MS = 950;
const CALLS_FOR_A_MEDIAN = 3;

const stage = useStage();

/** The same two people for all tests of a group. */
function useParties(pair: Pair): () => Parties {
  let parties: Parties | undefined;
  beforeAll(async () => {
    // A pair that could not enter leaves somebody behind, who would ring with this one.
    await stage.clear();
    parties = await enterPair(stage, pair);
    return () => stage.clear();
  });
  return () => {
    if (parties === undefined) throw new Error('Nobody has entered yet.');
    return parties;
  };
}

describe.each([...ALIKE, ...MIXED])('$alice client and $bob client in $bobsBrowser', (pair) => {
  const parties = useParties(pair);

  test.each(['alice', 'bob'] as const)('%s calls, each hears the tone of the other', async (caller) => {
    const { alice, bob } = parties();
    const { outgoing, incoming } =
      caller === 'alice' ? await establish(alice, bob) : await establish(bob, alice);
    await expectTone(alice, BOB_TONE);
    await expectTone(bob, ALICE_TONE);
    // Whoever answers before the ringback has begun cuts it off.
    const states = outgoing.states().filter((state) => state !== 'early');
    expect(states).toEqual(['new', 'requesting', 'trying', 'active']);
    expect(incoming.states()).toEqual(['new', 'ringing', 'answering', 'active']);
    await hangUpAll(outgoing, incoming);
  });

  test.each(['caller', 'callee'] as const)(
    'the %s hangs up, both calls end with normal clearing',
    async (side) => {
      const { outgoing, incoming } = await establish(parties().alice, parties().bob);
      const hungUpAt = Date.now();
      await (side === 'caller' ? outgoing : incoming).invoke('hangup');
      for (const ended of [await outgoing.until('destroy'), await incoming.until('destroy')]) {
        expect(ended.call).toMatchObject({ cause: 'NORMAL_CLEARING', causeCode: 16 });
        expectWithin(`${side} hangs up`, { ended: ended.at - hungUpAt }, { ended: 500 + BUSY_MS });
      }
    },
  );
});

describe.each(ALIKE)('$alice client and $bob client in $bobsBrowser, in a call', (pair) => {
  const parties = useParties(pair);

  test('hold silences both, and unhold brings both tones back [MOD-3]', async () => {
    const { alice, bob } = parties();
    const { outgoing, incoming } = await establish(alice, bob);
    await expectTone(alice, BOB_TONE);
    await expectTone(bob, ALICE_TONE);
    const heldAt = Date.now();
    await outgoing.invoke('hold');
    await outgoing.until('held');
    await expectSilence(alice, heldAt);
    await expectSilence(bob, heldAt);
    // Only the one who holds has a held call.
    expect(incoming.states().at(-1)).toBe('active');
    await outgoing.invoke('unhold');
    await expectTone(alice, BOB_TONE);
    await expectTone(bob, ALICE_TONE);
    expect(outgoing.states().slice(-3)).toEqual(['active', 'held', 'active']);
    await hangUpAll(outgoing, incoming);
  });

  test('mute is digital silence at the far end, while the other direction goes on', async () => {
    const { alice, bob } = parties();
    const { outgoing, incoming } = await establish(alice, bob);
    await expectTone(bob, ALICE_TONE);
    const mutedAt = Date.now();
    await outgoing.invoke('muteAudio');
    await expectSilence(bob, mutedAt);
    await expectTone(alice, BOB_TONE);
    await outgoing.invoke('unmuteAudio');
    await expectTone(bob, ALICE_TONE);
    await hangUpAll(outgoing, incoming);
  });

  test('the caller hears ringback, and then the callee without a gap', async () => {
    const { alice, bob } = parties();
    const gaps: number[] = [];
    while (gaps.length < CALLS_FOR_A_MEDIAN) {
      const dialledAt = Date.now();
      const outgoing = await alice.dial('bob');
      const incoming = await bob.ringing();
      const ringsAt = await alice.ear.firstSound(dialledAt);
      await expectTone(alice, RINGBACK_TONE);
      expect(outgoing.states().at(-1)).toBe('early');
      await incoming.invoke('answer');
      await outgoing.until('active');
      await expectTone(alice, BOB_TONE);

      const silences = await alice.ear.silences(ringsAt);
      // Only the pause between two rings is meant to be silent.
      const unmeant = silences.filter(({ at }) => at - ringsAt < RINGBACK_MS).map(({ ms }) => ms);
      gaps.push(Math.max(0, ...unmeant));
      expect((await outgoing.inboundAudio()).packetsLost).toBe(0);
      await hangUpAll(outgoing, incoming);
    }
    // A machine that has too much to do makes a gap of its own now and then; a gateway makes it in every call.
    const [, median] = gaps.toSorted((one, other) => one - other);
    expect(median, gaps.join(', ')).toBeLessThanOrEqual(HEARABLE_GAP_MS);
  });
});
