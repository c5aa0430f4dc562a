import { ManualClock, settle } from '@parley/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Scope } from '../kernel/scope.ts';
import { Stopped } from '../kernel/task-queue.ts';
import { promptFor, type MicrophonePrompt } from './microphone-recovery.ts';

const DENIED = new Error('denied');

function prompting() {
  const clock = new ManualClock();
  const scope = new Scope();
  const prompts: MicrophonePrompt[] = [];
  const outcomes: unknown[] = [];
  promptFor({ error: DENIED, forMs: 20_000 }, clock.startTimer, scope, (prompt) => prompts.push(prompt)).then(
    () => outcomes.push('resumed'),
    (error: unknown) => outcomes.push(error),
  );
  const [prompt] = prompts;
  if (!prompt) throw new Error('Nobody was prompted');
  const act = {
    resume: () => {
      prompt.resume();
    },
    reject: () => {
      prompt.reject();
    },
    end: () => {
      scope.end();
    },
    time: () => clock.advance(20_000),
  };
  return { act, clock, outcomes, prompts };
}

describe('a prompt for a microphone', () => {
  it.each([
    ['resume', 'resumed'],
    ['reject', DENIED],
    ['time', DENIED],
    ['end', expect.any(Stopped)],
  ] as const)('is settled by %s', async (name, outcome) => {
    const { act, clock, outcomes } = prompting();
    await act[name]();
    await settle();
    expect(outcomes).toEqual([outcome]);
    expect(clock.pending).toBe(0);
  });

  it('waits until its last millisecond', async () => {
    const { clock, outcomes } = prompting();
    await clock.advance(19_999);
    expect(outcomes).toEqual([]);
  });

  it('is settled once, by the first of whatever happens', async () => {
    const name = fc.constantFrom('resume', 'reject', 'end', 'time');
    await fc.assert(
      fc.asyncProperty(fc.array(name, { minLength: 1, maxLength: 6 }), async (names) => {
        const { act, clock, outcomes, prompts } = prompting();
        for (const each of names) await act[each]();
        await settle();
        const expected = { resume: 'resumed', reject: DENIED, time: DENIED, end: expect.any(Stopped) };
        expect(outcomes).toEqual([expected[names[0] ?? 'time']]);
        expect(prompts).toHaveLength(1);
        expect(clock.pending).toBe(0);
      }),
      { numRuns: 50 },
    );
  });
});
