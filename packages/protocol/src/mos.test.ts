import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type Conditions, mosOf, rate } from './mos.ts';

const CLEAR: Conditions = { codec: 'opus', loss: 0, roundTripTime: 0, jitter: 0 };

/** Of the last digits of a number. */
const ROUNDING = 1e-9;

const anyConditions = fc.record({
  codec: fc.constantFrom<Conditions['codec']>('opus', 'g711'),
  loss: fc.double({ min: 0, max: 1, noNaN: true }),
  roundTripTime: fc.double({ min: 0, max: 10, noNaN: true }),
  jitter: fc.double({ min: 0, max: 2, noNaN: true }),
});

/** Mouth to ear, in ms, that is no more than the codec's and half a round trip. */
const withDelay = (ms: number): Conditions => ({ ...CLEAR, roundTripTime: (2 * (ms - 26.5)) / 1000 });

describe('rate', () => {
  it.each(['loss', 'roundTripTime', 'jitter'] as const)(
    'where %s is worse, is never better',
    (impairment) => {
      fc.assert(
        fc.property(anyConditions, fc.double({ min: 0, max: 1, noNaN: true }), (conditions, more) => {
          const worse = { ...conditions, [impairment]: conditions[impairment] + more };
          expect(rate(worse).mos).toBeLessThanOrEqual(rate(conditions).mos + ROUNDING);
          expect(rate(worse).rFactor).toBeLessThanOrEqual(rate(conditions).rFactor + ROUNDING);
        }),
        { numRuns: 10_000 },
      );
    },
  );

  it('is from 1 to 4.5, whatever is given', () => {
    const any = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, -1));
    fc.assert(
      fc.property(any, any, any, (loss, roundTripTime, jitter) => {
        const { mos, rFactor } = rate({ codec: 'g711', loss, roundTripTime, jitter });
        expect(mos).toBeGreaterThanOrEqual(1);
        expect(mos).toBeLessThanOrEqual(4.5);
        expect(rFactor).toBeGreaterThanOrEqual(0);
        expect(rFactor).toBeLessThanOrEqual(93.2);
      }),
      { numRuns: 10_000 },
    );
  });

  it('of nothing wrong is 93.2, 4.41', () => {
    expect(rate(CLEAR)).toEqual({ rFactor: 93.2, mos: expect.closeTo(4.41, 2) });
  });

  // Idd of ITU-T G.107, table for the default values: what is taken from 93.2.
  it.each([
    [100, 0],
    [200, 3.04],
    [400, 24.07],
    [600, 35.25],
  ])('of %i ms from mouth to ear is that of G.107', (ms, impairment) => {
    expect(rate(withDelay(ms)).rFactor).toBeCloseTo(93.2 - impairment, 1);
  });

  // ITU-T G.107, 7.5, with Bpl of G.113 for G.711 with concealment.
  it.each([
    [0.01, 3.64],
    [0.05, 15.78],
    [0.2, 42.13],
  ])('of a loss of %f is that of G.107', (loss, impairment) => {
    expect(rate({ ...CLEAR, codec: 'g711', loss }).rFactor).toBeCloseTo(93.2 - impairment, 1);
  });

  it('counts the look-ahead of Opus, where delay is heard', () => {
    const far = { ...CLEAR, roundTripTime: 0.4 };
    expect(rate(far).rFactor).toBeLessThan(rate({ ...far, codec: 'g711' }).rFactor);
  });

  it('of half of all packets lost and two seconds of delay is bad', () => {
    expect(rate({ ...CLEAR, loss: 0.5, roundTripTime: 2 }).mos).toBeLessThan(1.2);
  });
});

describe('mosOf', () => {
  it.each([
    [93.2, 4.41],
    [90, 4.34],
    [80, 4.02],
    [70, 3.6],
    [60, 3.1],
    [50, 2.58],
    [0, 1],
    [-20, 1],
    [100, 4.5],
    [120, 4.5],
    [NaN, 1],
  ])('R %f → %f (ITU-T G.107, annex B)', (rFactor, mos) => {
    expect(mosOf(rFactor)).toBeCloseTo(mos, 2);
  });
});
