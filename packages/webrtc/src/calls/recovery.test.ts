import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { judge, type Evidence, type Judgement } from './recovery.ts';

/** A path on which all is well, at a server that knows nothing of ours. */
const WELL: Evidence = {
  connection: 'connected',
  connectionMs: 60_000,
  quietMs: 0,
  movedMs: undefined,
  granted: false,
  reachable: true,
  deadMs: undefined,
  attempts: 0,
  underWay: false,
  restedMs: Infinity,
  taken: false,
};
const OURS: Partial<Evidence> = { granted: true };
const LOST: Partial<Evidence> = {
  connection: 'disconnected',
  connectionMs: 3_000,
  quietMs: 6_000,
  deadMs: 500,
};

type Row = [situation: string, evidence: Partial<Evidence>, judgement: Judgement];

const rows: Row[] = [
  ['all is well', {}, { state: 'connected' }],
  ['our gateway is silent for a moment', { ...OURS, quietMs: 1_499 }, { state: 'connected' }],
  [
    'our gateway is silent',
    { ...OURS, quietMs: 1_500 },
    { state: 'interrupted', reason: 'no-media', action: 'restart' },
  ],
  [
    'another server is silent, held or not, and the browser has nothing against it',
    { quietMs: 60_000 },
    { state: 'connected' },
  ],
  [
    'the browser says disconnected, a moment ago',
    { connection: 'disconnected', connectionMs: 1_499, quietMs: 1_499 },
    { state: 'interrupted' },
  ],
  [
    'the browser has said disconnected for a while',
    { connection: 'disconnected', connectionMs: 1_500 },
    { state: 'interrupted', reason: 'disconnected', action: 'restart' },
  ],
  [
    'the browser says disconnected, late',
    { connection: 'disconnected', connectionMs: 0, quietMs: 4_200 },
    { state: 'interrupted', reason: 'disconnected', action: 'restart' },
  ],
  [
    'the browser says failed',
    { connection: 'failed', connectionMs: 0 },
    { state: 'interrupted', reason: 'failed', action: 'restart' },
  ],
  [
    'the application has closed the peer connection',
    { connection: 'closed', connectionMs: 0 },
    { state: 'interrupted', reason: 'failed', action: 'restart' },
  ],
  ['the network may be another one', { movedMs: 399 }, { state: 'connected' }],
  [
    'the network is another one, and nothing comes over it',
    { movedMs: 400, quietMs: 400 },
    { state: 'interrupted', reason: 'network-change', action: 'restart' },
  ],
  ['the path is not there yet', { connection: 'connecting', connectionMs: 7_999 }, { state: 'connecting' }],
  [
    'the path does not come',
    { connection: 'connecting', connectionMs: 8_000 },
    { state: 'interrupted', reason: 'not-connected', action: 'restart' },
  ],
  ['without signaling', { ...LOST, reachable: false }, { state: 'interrupted', reason: 'disconnected' }],
  [
    'an attempt is under way',
    { ...LOST, underWay: true, attempts: 1 },
    { state: 'recovering', reason: 'disconnected' },
  ],
  [
    'an attempt was taken, and may yet help',
    { ...LOST, taken: true, attempts: 1, restedMs: 4_999 },
    { state: 'recovering', reason: 'disconnected' },
  ],
  [
    'a restart was taken, and may yet help; the gateway is ours',
    { ...LOST, ...OURS, taken: true, attempts: 1, restedMs: 1_999 },
    { state: 'recovering', reason: 'disconnected' },
  ],
  [
    'a restart was taken, and does not help; the gateway is ours',
    { ...LOST, ...OURS, taken: true, attempts: 1, restedMs: 2_000 },
    { state: 'interrupted', reason: 'disconnected', action: 'remake' },
  ],
  [
    'a restart has failed; the gateway is ours',
    { ...LOST, ...OURS, attempts: 1, restedMs: 0 },
    { state: 'interrupted', reason: 'disconnected', action: 'remake' },
  ],
  [
    'a restart has failed at another server',
    { ...LOST, attempts: 1, restedMs: 0 },
    { state: 'interrupted', reason: 'disconnected', action: 'reconnect' },
  ],
  [
    'two attempts have failed just now',
    { ...LOST, attempts: 2, restedMs: 1_999 },
    { state: 'interrupted', reason: 'disconnected' },
  ],
  [
    'two attempts have failed at another server',
    { ...LOST, attempts: 2, restedMs: 2_000 },
    { state: 'interrupted', reason: 'disconnected', action: 'restart' },
  ],
  ['the path comes and goes', { ...LOST, restedMs: 2_999 }, { state: 'interrupted', reason: 'disconnected' }],
  [
    'five attempts have failed',
    { ...LOST, ...OURS, attempts: 5, restedMs: 0 },
    { state: 'interrupted', reason: 'disconnected', action: 'end' },
  ],
  [
    'the fifth attempt may yet help',
    { ...LOST, ...OURS, attempts: 5, restedMs: 0, taken: true },
    { state: 'recovering', reason: 'disconnected' },
  ],
  [
    'the network is away, and the gateway may still hold the call',
    { ...LOST, reachable: false, deadMs: 199_999 },
    { state: 'interrupted', reason: 'disconnected' },
  ],
  [
    'the network is away for longer than any gateway waits',
    { ...LOST, reachable: false, deadMs: 200_000 },
    { state: 'interrupted', reason: 'disconnected', action: 'end' },
  ],
  [
    'something arrives again',
    { deadMs: 9_000, attempts: 2, restedMs: 100, taken: true, quietMs: 499 },
    { state: 'connected' },
  ],
  [
    'something arrives again, and the browser still says disconnected',
    { ...LOST, quietMs: 0, connectionMs: 100, restedMs: 100, taken: true, attempts: 1 },
    { state: 'recovering', reason: 'no-media' },
  ],
  [
    'a path that was dead is quiet, whatever the browser says',
    { deadMs: 9_000, attempts: 1, quietMs: 1_000, restedMs: 0, ...OURS },
    { state: 'interrupted', reason: 'no-media', action: 'remake' },
  ],
];

describe('a media path', () => {
  it.each(rows)('%s', (_situation, evidence, judgement) => {
    expect(judge({ ...WELL, ...evidence })).toEqual(judgement);
  });
});

const duration = fc.oneof(fc.nat(12_000), fc.constantFrom(0, 1_500, 5_000, 199_999, 200_000));
const evidence: fc.Arbitrary<Evidence> = fc.record({
  connection: fc.constantFrom('new', 'connecting', 'connected', 'disconnected', 'failed', 'closed'),
  connectionMs: duration,
  quietMs: duration,
  movedMs: fc.option(duration, { nil: undefined }),
  granted: fc.boolean(),
  reachable: fc.boolean(),
  deadMs: fc.option(duration, { nil: undefined }),
  attempts: fc.nat(6),
  underWay: fc.boolean(),
  restedMs: duration,
  taken: fc.boolean(),
});

/** What the browser and the server do in the next half second. */
const turn = fc.record({
  connection: fc.constantFrom<RTCPeerConnectionState>('connecting', 'connected', 'disconnected', 'failed'),
  arrives: fc.boolean(),
  reachable: fc.boolean(),
  moved: fc.integer({ min: 0, max: 9 }).map((chance) => chance === 0),
  /** Of the attempt that is under way, if any. */
  outcome: fc.constantFrom('none', 'taken', 'failed'),
});
type Turn = typeof turn extends fc.Arbitrary<infer T> ? T : never;

const STEP_MS = 500;

/** Lives through the turns as the runner does. @returns what was done, and when */
function live(turns: readonly Turn[], granted: boolean): { at: number; action: string; attempts: number }[] {
  const done: { at: number; action: string; attempts: number }[] = [];
  let seen: Evidence = { ...WELL, granted };
  for (const [index, { connection, arrives, reachable, moved, outcome }] of turns.entries()) {
    const later = (ms: number | undefined): number | undefined =>
      ms === undefined ? undefined : ms + STEP_MS;
    const settles = seen.underWay && outcome !== 'none';
    seen = {
      ...seen,
      connection,
      connectionMs: connection === seen.connection ? seen.connectionMs + STEP_MS : 0,
      quietMs: arrives ? 0 : seen.quietMs + STEP_MS,
      movedMs: moved ? 0 : arrives ? undefined : later(seen.movedMs),
      reachable,
      deadMs: later(seen.deadMs),
      restedMs: settles ? 0 : seen.restedMs + STEP_MS,
      underWay: seen.underWay && !settles,
      taken: settles ? outcome === 'taken' : seen.taken,
    };
    if (moved) seen = { ...seen, attempts: 0, restedMs: Infinity, taken: false };
    const { action, reason } = judge(seen);
    seen = reason ? { ...seen, deadMs: seen.deadMs ?? 0 } : { ...seen, deadMs: undefined, attempts: 0 };
    if (action === undefined) continue;
    done.push({ at: index * STEP_MS, action, attempts: seen.attempts });
    if (action === 'end') break;
    seen = { ...seen, underWay: true, attempts: seen.attempts + 1 };
  }
  return done;
}

describe('whatever is known of a media path', () => {
  it('nothing is begun while an attempt is under way, without signaling, or where there is a path', () => {
    fc.assert(
      fc.property(evidence, (given) => {
        const { action, reason } = judge(given);
        if (action === undefined || action === 'end') return;
        expect(given.underWay).toBe(false);
        expect(given.reachable).toBe(true);
        expect(reason).toBeDefined();
      }),
      { numRuns: 5_000 },
    );
  });

  it('another leg is asked for where that is understood alone, and another socket taken elsewhere', () => {
    fc.assert(
      fc.property(evidence, (given) => {
        const { action } = judge(given);
        if (action === 'remake') expect(given.granted).toBe(true);
        if (action === 'reconnect') expect(given.granted).toBe(false);
      }),
      { numRuns: 5_000 },
    );
  });

  it('a call is ended only after five attempts, or after the time for which a gateway holds it', () => {
    fc.assert(
      fc.property(evidence, (given) => {
        if (judge(given).action !== 'end') return;
        expect((given.deadMs ?? 0) >= 200_000 || given.attempts >= 5).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });

  it('attempts do not come in storms', () => {
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 200 }), fc.boolean(), (turns, granted) => {
        const attempts = live(turns, granted).filter(({ action }) => action !== 'end');
        const moves = turns.filter(({ moved }) => moved).length;
        // One every three seconds at the most, and a second one at once behind each that has failed.
        const allowed = 2 * (1 + moves + (turns.length * STEP_MS) / 3_000);
        expect(attempts.length).toBeLessThanOrEqual(allowed);
      }),
      { numRuns: 1_000 },
    );
  });

  it('a path that stays dead is left: by a call that ends within its time', () => {
    const dead = turn.map((each) => ({
      ...each,
      connection: 'failed' as const,
      arrives: false,
      moved: false,
    }));
    const outcomes = fc.array(dead, { minLength: 420, maxLength: 420 });
    fc.assert(
      fc.property(outcomes, fc.boolean(), (turns, granted) => {
        const last = live(turns, granted).at(-1);
        expect(last?.action).toBe('end');
        expect(last?.at).toBeLessThanOrEqual(200_500);
      }),
      { numRuns: 200 },
    );
  });

  it('a path that stays dead while the server answers is left within a minute', () => {
    const answered = turn.map((each) => ({
      ...each,
      connection: 'failed' as const,
      arrives: false,
      moved: false,
      reachable: true,
      outcome: each.outcome === 'none' ? ('taken' as const) : each.outcome,
    }));
    fc.assert(
      fc.property(fc.array(answered, { minLength: 120, maxLength: 120 }), fc.boolean(), (turns, granted) => {
        const done = live(turns, granted);
        expect(done.map(({ action }) => action)).toEqual(
          granted
            ? ['restart', 'remake', 'remake', 'remake', 'remake', 'end']
            : ['restart', 'reconnect', 'restart', 'reconnect', 'restart', 'end'],
        );
      }),
      { numRuns: 200 },
    );
  });
});
