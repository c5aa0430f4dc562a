import { mosOf } from '@parley/protocol';
import { describe, expect, it } from 'vitest';
import { ratingsOf } from './rating.ts';

const asTold = (at: number) => at;

const row = (second: number, inbound: object, more: object = {}) => ({
  intervalEndUtc: new Date(second * 1000).toISOString(),
  audio: { inbound },
  connection: { roundTripTimeAvg: 0.02 },
  ...more,
});

describe('the ratings of a report', () => {
  it('whose rows say how good the call is, are those, with the worst second', () => {
    const stats = [4.4, 2.5, 4.1].map((mos, second) => row(second, {}, { quality: { mos } }));
    expect(ratingsOf({ stats }, (at) => at - 500)).toEqual({
      seconds: 3,
      sum: 11,
      worst: { at: 500, mos: 2.5 },
    });
  });

  it('of an official client, come from what was lost and late in each second', () => {
    const stats = [
      row(0, { packetsReceived: 100, packetsLost: 50, jitterAvg: 1 }),
      row(1, { packetsReceived: 150, packetsLost: 50, jitterAvg: 1 }),
      row(2, { packetsReceived: 195, packetsLost: 55, jitterAvg: 1 }),
    ];
    const ratings = ratingsOf({ stats }, asTold);
    expect(ratings?.seconds).toBe(2);
    expect(ratings?.worst.at).toBe(2000);
    // G.107 with 10 % of the packets lost, and with none.
    expect(ratings?.worst.mos).toBeCloseTo(mosOf(93.2 - (95 * 10) / (10 + 25.1)), 2);
    expect((ratings?.sum ?? 0) - (ratings?.worst.mos ?? 0)).toBeCloseTo(mosOf(93.2), 2);
  });

  it.each([
    ['nothing', undefined],
    ['no rows', { stats: [] }],
    ['rows that are none', { stats: [null, 1, 'row', {}] }],
    ['one row of an official client', { stats: [row(0, { packetsReceived: 5, packetsLost: 0 })] }],
    [
      'a second in which nothing came',
      { stats: [row(0, { packetsReceived: 5 }), row(1, { packetsReceived: 5 })] },
    ],
    [
      'a counter that begins anew',
      { stats: [row(0, { packetsReceived: 500 }), row(1, { packetsReceived: 5 })] },
    ],
    ['a score that is none', { stats: [row(0, {}, { quality: { mos: 17 } })] }],
    ['no time', { stats: [{ quality: { mos: 4 } }] }],
  ])('of %s, are none', (_, report) => {
    expect(ratingsOf(report, asTold)).toBeNull();
  });
});
