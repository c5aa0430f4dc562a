import { describe, expect, it } from 'vitest';
import { supervised, supervisionTransition, type SupervisionState } from './supervision-machine.ts';

/** The waits of a process that always ends after the same time, and how often it was started. */
function waits(livesMs: number, times: number): { delays: number[]; starts: number } {
  let { state, effects } = supervised(0);
  let at = 0;
  let starts = effects.length;
  const delays: number[] = [];
  for (let time = 0; time < times; time += 1) {
    at += livesMs;
    ({ state } = supervisionTransition(state, { type: 'exited', at }));
    if (state.name !== 'waiting') throw new Error(`It is ${state.name}.`);
    delays.push(state.delayMs);
    at += state.delayMs;
    ({ state, effects } = supervisionTransition(state, { type: 'elapsed', at }));
    starts += effects.filter((effect) => effect === 'start').length;
  }
  return { delays, starts };
}

describe('a supervised process', () => {
  it('that ends at once is started again, later each time', () => {
    const { delays, starts } = waits(5, 9);
    expect(delays).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    expect(starts).toBe(10);
  });

  it('that ends after a while is started again soon', () => {
    expect(waits(10_000, 3).delays).toEqual([250, 250, 250]);
  });

  it('is stopped at the end, and not started any more', () => {
    const running = supervised(0).state;
    const closed = supervisionTransition(running, { type: 'close' });
    expect(closed).toEqual({ state: { name: 'closed' }, effects: ['stop'] });
    const late = [{ type: 'exited', at: 1 }, { type: 'elapsed', at: 2 }, { type: 'close' }] as const;
    for (const event of late) expect(supervisionTransition(closed.state, event).effects).toEqual([]);
  });

  it('that waits to be started has nothing to be stopped', () => {
    const waiting: SupervisionState = { name: 'waiting', failures: 1, delayMs: 500 };
    expect(supervisionTransition(waiting, { type: 'close' }).effects).toEqual([]);
    expect(supervisionTransition(waiting, { type: 'exited', at: 1 }).state).toBe(waiting);
  });
});
