import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LegPhase } from './call-state.ts';
import { reconcile, type LegStanding, type Verdict } from './reconciliation.ts';

const phases: readonly LegPhase[] = ['offered', 'calling', 'answered', 'established'];
const leg = (phase: LegPhase, openEpoch: number | null = null): LegStanding => ({ phase, openEpoch });

function verdictOf(standing: LegStanding, named: { epoch: number; media: 'intact' | 'lost' } | null) {
  const calls = named === null ? [] : [{ callID: 'c', ...named }];
  return (sameRun: boolean) => reconcile(new Map([['c', standing]]), { calls, sameRun }).get('c');
}

describe('a leg that the session has', () => {
  it.each<[LegPhase, Verdict, Verdict]>([
    ['offered', 'keep', 'keep'],
    ['calling', 'keep', 'end'],
    ['answered', 'keep', 'attach'],
    ['established', 'keep', 'attach'],
  ])('%s, named by its client, is settled by what became of its media', (phase, intact, lost) => {
    for (const sameRun of [true, false]) {
      expect(verdictOf(leg(phase), { epoch: 0, media: 'intact' })(sameRun)).toBe(intact);
      expect(verdictOf(leg(phase), { epoch: 0, media: 'lost' })(sameRun)).toBe(lost);
    }
  });

  it.each<[LegPhase, Verdict, Verdict]>([
    ['offered', 'invite', 'invite'],
    ['calling', 'keep', 'end'],
    ['answered', 'keep', 'end'],
    ['established', 'end', 'end'],
  ])('%s, not named by its client, is settled by which run of it this is', (phase, same, another) => {
    expect(verdictOf(leg(phase), null)(true)).toBe(same);
    expect(verdictOf(leg(phase), null)(false)).toBe(another);
  });

  it('with an offer that awaits its answer, is offered it again, or another one where the client took it', () => {
    for (const media of ['intact', 'lost'] as const) {
      expect(verdictOf(leg('established', 2), { epoch: 1, media })(true)).toBe('keep');
      expect(verdictOf(leg('established', 2), { epoch: 2, media })(true)).toBe('attach');
    }
  });
});

describe('the calls of both sides', () => {
  const ids = fc.subarray(['a', 'b', 'c', 'd', '__proto__', 'constructor']);
  const standing = fc.record({
    phase: fc.constantFrom(...phases),
    openEpoch: fc.option(fc.nat(2), { nil: null }),
  });
  const said = fc.record({ epoch: fc.nat(2), media: fc.constantFrom('intact' as const, 'lost' as const) });

  it('get one verdict each, alone: bye for exactly those that the session lacks', () => {
    fc.assert(
      fc.property(ids, ids, standing, said, fc.boolean(), (held, named, each, word, sameRun) => {
        const legs = new Map(held.map((id) => [id, each]));
        const calls = named.map((callID) => ({ callID, ...word }));
        const verdicts = reconcile(legs, { calls, sameRun });
        expect([...verdicts.keys()].sort()).toEqual([...new Set([...held, ...named])].sort());
        for (const [id, verdict] of verdicts) {
          expect(verdict === 'bye').toBe(!held.includes(id));
          const alone = reconcile(held.includes(id) ? new Map([[id, each]]) : new Map(), {
            calls: calls.filter(({ callID }) => callID === id),
            sameRun,
          });
          expect(alone.get(id)).toBe(verdict);
        }
      }),
    );
  });
});
