import { describe, expect, it } from 'vitest';
import { FakeClock } from '../signaling.fixture.ts';
import type { Revocation } from '../store/store.ts';
import { watchRevocations } from './revocation-watch.ts';

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

describe('the watch over revocations', () => {
  it('tells each of them once, within five seconds, whoever made it', async () => {
    const clock = new FakeClock();
    const made: Revocation[] = [];
    const told: string[] = [];
    const stop = watchRevocations({
      revocations: { since: (time) => Promise.resolve(made.filter(({ revokedAt }) => revokedAt >= time)) },
      clock,
      log,
      onRevoked: ({ subject }) => told.push(subject),
    });
    made.push({ kind: 'token', subject: 'before', revokedAt: clock.now() - 1 });
    made.push({ kind: 'token', subject: 'first', revokedAt: clock.now() });
    await clock.advance(5_000);
    expect(told).toEqual(['first']);
    made.push({ kind: 'credential', subject: 'second', revokedAt: clock.now() - 3_000 });
    await clock.advance(60_000);
    expect(told).toEqual(['first', 'second']);
    stop();
    expect(clock.timers).toBe(0);
  });

  it('goes on where the store fails for a while', async () => {
    const clock = new FakeClock();
    const told: string[] = [];
    let failing = true;
    const stop = watchRevocations({
      revocations: {
        since: () =>
          failing
            ? Promise.reject(new Error('gone'))
            : Promise.resolve([{ kind: 'token', subject: 'late', revokedAt: clock.now() }]),
      },
      clock,
      log,
      onRevoked: ({ subject }) => told.push(subject),
    });
    await clock.advance(6_000);
    failing = false;
    await clock.advance(2_000);
    expect(told).toEqual(['late']);
    stop();
  });
});
