import { ManualClock } from '@parley/testkit';
import { beforeEach, describe, expect, it } from 'vitest';

import type { Sample, StatsReport } from './sample.ts';
import { Sampler } from './sampler.ts';

const NOTHING: StatsReport = { forEach: () => undefined };

let clock: ManualClock;
let taken: Sample[];
let answer: () => Promise<StatsReport> | undefined;

beforeEach(() => {
  clock = new ManualClock();
  taken = [];
  answer = () => Promise.resolve(NOTHING);
});

function start(): Sampler {
  const ports = { now: () => clock.now(), startTimer: clock.startTimer, getStats: () => answer() };
  return new Sampler(ports, 1_000, (sample) => taken.push(sample));
}

describe('a sampler', () => {
  it('samples once an interval, and no more when it is stopped', async () => {
    const from = clock.now();
    const sampler = start();
    await clock.advance(3_000);
    sampler.stop();
    await clock.advance(3_000);
    expect(taken.map(({ at }) => at - from)).toEqual([1_000, 2_000, 3_000]);
    expect(clock.pending).toBe(0);
  });

  it('leaves out what the call has no peer connection for, what fails and what is not answered', async () => {
    const answers = [
      () => undefined,
      () => Promise.reject(new Error('closed')),
      () => new Promise<never>(() => undefined),
    ];
    answer = () => (answers.shift() ?? (() => Promise.resolve(NOTHING)))();
    const from = clock.now();
    const sampler = start();
    await clock.advance(9_000);
    expect(taken.map(({ at }) => at - from)).toEqual([8_000, 9_000]);
    sampler.stop();
  });

  it('stopped while the browser is asked, takes no sample and leaves no timer', async () => {
    let give = (): void => undefined;
    answer = () =>
      new Promise((resolve) => {
        give = () => {
          resolve(NOTHING);
        };
      });
    const sampler = start();
    await clock.advance(1_000);
    sampler.stop();
    give();
    await clock.advance(10_000);
    expect(taken).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});
