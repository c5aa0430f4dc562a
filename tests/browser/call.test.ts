import { type Casting, type Person, type Stage, openStage } from '@parley/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { establish } from './establish.ts';
import { expectTone } from './tone.ts';

const CALLER_TONE = 440;
const CALLEE_TONE = 1000;

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => stage.clear());
afterAll(() => stage.close());

interface Pair {
  caller: Casting['client'];
  callee: Casting['client'];
  calleeBrowser: NonNullable<Casting['browser']>;
}

const PAIRS: Pair[] = [{ caller: 'official', callee: 'official', calleeBrowser: 'chromium' }];

async function enterBoth({ caller, callee, calleeBrowser }: Pair): Promise<{ alice: Person; bob: Person }> {
  const [alice, bob] = await Promise.all([
    stage.enter('alice', { client: caller, tone: CALLER_TONE }),
    stage.enter('bob', { client: callee, tone: CALLEE_TONE, browser: calleeBrowser }),
  ]);
  return { alice, bob };
}

describe.each(PAIRS)('$caller calls $callee in $calleeBrowser', (pair) => {
  test('answered, each hears the tone of the other', async () => {
    const { alice, bob } = await enterBoth(pair);
    const { outgoing, incoming } = await establish(alice, bob);
    await expectTone(alice, CALLEE_TONE);
    await expectTone(bob, CALLER_TONE);
    expect(outgoing.states()).toEqual(['new', 'requesting', 'trying', 'early', 'active']);
    expect(incoming.states()).toEqual(['new', 'ringing', 'answering', 'active']);
  });

  test.each(['caller', 'callee'] as const)(
    'the %s hangs up, both calls end within 500 ms with normal clearing',
    async (side) => {
      const { alice, bob } = await enterBoth(pair);
      const { outgoing, incoming } = await establish(alice, bob);
      const hungUpAt = Date.now();
      await (side === 'caller' ? outgoing : incoming).invoke('hangup');
      for (const ended of [await outgoing.until('destroy'), await incoming.until('destroy')]) {
        expect(ended.call).toMatchObject({ cause: 'NORMAL_CLEARING', causeCode: 16 });
        expect(ended.at - hungUpAt).toBeLessThan(500);
      }
    },
  );
});
