import { ManualClock } from '@parley/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { judge, Liveness, type Evidence } from './liveness.ts';

const NOW = 1_700_000_000_000;
const after = (silenceMs: number, more: Partial<Evidence> = {}) =>
  judge({ heardAt: NOW, askedAt: undefined, doubted: false, inCall: true, ...more }, NOW + silenceMs);

describe('a socket that says nothing', () => {
  it('is asked after 5.5 s in a call and after 11 s without, when a gateway would have pinged', () => {
    expect([after(0), after(5_499), after(5_500)]).toEqual([{ waitMs: 5_500 }, { waitMs: 1 }, 'ask']);
    expect([after(10_999, { inCall: false }), after(11_000, { inCall: false })]).toEqual([
      { waitMs: 1 },
      'ask',
    ]);
  });

  it('is replaced where it does not answer within 2 s in a call and 3 s without', () => {
    const asked = { askedAt: NOW + 6_000 };
    expect([after(7_999, asked), after(8_000, asked)]).toEqual([{ waitMs: 1 }, 'replace']);
    expect(after(8_999, { ...asked, inCall: false })).toEqual({ waitMs: 1 });
    expect(after(9_000, { ...asked, inCall: false })).toBe('replace');
  });

  it('is asked at once where there is a doubt, and has 1.5 s', () => {
    const doubted = { doubted: true };
    expect(after(0, doubted)).toBe('ask');
    expect(after(1_499, { ...doubted, askedAt: NOW })).toEqual({ waitMs: 1 });
    expect(after(1_500, { ...doubted, askedAt: NOW })).toBe('replace');
  });

  it('is replaced at once after a sleep', () => {
    expect(after(60_000, { doubted: true })).toBe('replace');
    expect(after(60_000)).toBe('ask');
  });

  it('whatever is known of it, is judged within 11 s, and never waits for the past', () => {
    const evidence = fc.record({
      heardAt: fc.integer({ min: NOW - 100_000, max: NOW }),
      askedAt: fc.option(fc.integer({ min: NOW - 100_000, max: NOW }), { nil: undefined }),
      doubted: fc.boolean(),
      inCall: fc.boolean(),
    });
    fc.assert(
      fc.property(evidence, (each) => {
        const verdict = judge(each, NOW);
        return typeof verdict === 'string' || (verdict.waitMs > 0 && verdict.waitMs <= 11_000);
      }),
    );
  });
});

describe('liveness', () => {
  const watch = (answers: () => boolean) => {
    // What was asked for is answered at once, or never.
    const clock = new ManualClock();
    const told: string[] = [];
    const page = { inCall: false, visible: true };
    const liveness = new Liveness({
      startTimer: clock.startTimer,
      now: clock.now,
      inCall: () => page.inCall,
      isVisible: () => page.visible,
      ask: () => {
        told.push('ask');
        return answers() ? Promise.resolve(true) : new Promise<boolean>(() => undefined);
      },
      replace: () => told.push('replace'),
    });
    return { clock, told, page, liveness };
  };

  it('of a server that still speaks, but to which nothing gets through, replaces within 8 s', async () => {
    const { clock, told, liveness, page } = watch(() => false);
    page.inCall = true;
    await clock.advance(5_000);
    liveness.heard();
    void liveness.ask();
    await clock.advance(1_000);
    liveness.heard();
    await clock.advance(1_900);
    expect(told).toEqual(['ask']);
    await clock.advance(100);
    expect(told).toEqual(['ask', 'replace']);
  });

  it('of a server that pings never asks', async () => {
    const { clock, told, liveness } = watch(() => false);
    for (let ping = 0; ping < 60; ping++) {
      await clock.advance(10_000);
      liveness.heard();
    }
    expect(told).toEqual([]);
    expect(clock.pending).toBe(1);
  });

  it('of a server that answers asks again and again, and keeps the socket', async () => {
    const { clock, told } = watch(() => true);
    await clock.advance(60_000);
    expect(told.every((each) => each === 'ask')).toBe(true);
    expect(told.length).toBeGreaterThan(3);
  });

  it('of a silent one, replaces it within 15 s, and within 8 s where a call has begun meanwhile', async () => {
    const idle = watch(() => false);
    await idle.clock.advance(14_000);
    expect(idle.told).toEqual(['ask', 'replace']);

    const inCall = watch(() => false);
    inCall.page.inCall = true;
    await inCall.clock.advance(7_500);
    expect(inCall.told).toEqual(['ask', 'replace']);
  });

  it('that was asleep replaces at once; in a hidden page, whose timers are late anyway, it asks first', async () => {
    const slept = watch(() => false);
    slept.clock.jump(60_000);
    await slept.clock.advance(1_500);
    expect(slept.told).toEqual(['replace']);

    const hidden = watch(() => false);
    hidden.page.visible = false;
    hidden.clock.jump(60_000);
    await hidden.clock.advance(1_500);
    expect(hidden.told).toEqual(['ask']);
  });

  it('asks once however often there is a doubt, and runs no timer once it is stopped', () => {
    const { clock, told, liveness } = watch(() => false);
    liveness.doubt();
    liveness.doubt();
    expect(told).toEqual(['ask']);
    liveness.stop();
    expect(clock.pending).toBe(0);
  });
});
