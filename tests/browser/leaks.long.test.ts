import type { Person } from '@parley/testkit';
import type { CDPSession } from 'puppeteer-core';
import { afterEach, test } from 'vitest';

import { expectWithin } from '../figures.ts';
import { openLeakWatch } from './leak-watch.ts';
import { useStage } from './use-stage.ts';

const CALLS = 1_000;
const BATCH = 100;
/** What is kept of the last calls, and by no call more, has been filled by now; code has been compiled. */
const WARM_UP_CALLS = 200;

const stage = useStage();
afterEach(() => stage.clear());

test(`${CALLS} calls that are ended anywhere, nothing is left, of the heap neither`, async () => {
  const watch = await openLeakWatch(stage);
  const people = await Promise.all([watch.alice, watch.bob].map(openHeap));
  const heaps: number[][] = people.map(() => []);
  for (let played = 0; played < CALLS; played += BATCH) {
    if (played >= WARM_UP_CALLS) await weigh();
    await watch.play(BATCH);
  }
  await weigh();
  await watch.expectRest();
  const [alice = Infinity, bob = Infinity] = heaps.map((bytes) => slopeOf(bytes) / BATCH);
  expectWithin(
    'the heap of a page, for each of 1,000 calls',
    { alice, bob },
    { alice: 2_048, bob: 2_048 },
    'B',
  );

  async function weigh(): Promise<void> {
    for (const [index, heap] of people.entries()) heaps[index]?.push(await bytesOf(heap));
    console.log(`heap: ${heaps.map((bytes) => `${Math.round((bytes.at(-1) ?? 0) / 1_024)} KB`).join(', ')}`);
  }
});

async function openHeap({ page }: Person): Promise<CDPSession> {
  const session = await page.createCDPSession();
  await session.send('HeapProfiler.enable');
  return session;
}

/** What cannot be reached has gone; the first collection frees what the second one finds to be unused. */
async function bytesOf(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize, embedderHeapUsedSize, backingStorageSize } = await session.send('Runtime.getHeapUsage');
  return usedSize + embedderHeapUsedSize + backingStorageSize;
}

/** Of the straight line through values at equal distances (least squares). */
function slopeOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = sum(values) / values.length;
  const products = values.map((value, index) => (index - middle) * (value - mean));
  const squares = values.map((_, index) => (index - middle) ** 2);
  return sum(products) / sum(squares);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
