import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { createOutgoingStream, type RtpStamp } from './outgoing-stream.ts';

const START = { sequence: 100, timestamp: 5000 };

/** The distance from one 16-bit number to a later one. */
const ahead = (from: number, to: number): number => (to - from + 0x10000) % 0x10000;

test('frames of our own are 20 ms of the clock apart, and the first has the marker', () => {
  const stream = createOutgoingStream(START);
  const stamps = [0, 20, 40].map((at) => stream.generate(at));
  expect(stamps.map(({ sequence }) => sequence)).toEqual([101, 102, 103]);
  expect(stamps.map(({ timestamp }) => timestamp)).toEqual([5000, 5960, 6920]);
  expect(stamps.map(({ marker }) => marker)).toEqual([true, false, false]);
});

test('another source goes on in sequence, and its clock has gone on by the time in between', () => {
  const stream = createOutgoingStream(START);
  stream.generate(0);
  const switched = stream.forward('a', { sequence: 60_000, timestamp: 7 }, 100);
  expect(switched).toEqual({ sequence: 102, timestamp: 5000 + 5 * 960, marker: true });
  const next = stream.forward('a', { sequence: 60_001, timestamp: 967 }, 120);
  expect(next).toEqual({ sequence: 103, timestamp: 5000 + 6 * 960, marker: false });
});

test('a gap that the network made is passed on', () => {
  const stream = createOutgoingStream(START);
  stream.forward('a', { sequence: 10, timestamp: 0 }, 0);
  expect(stream.forward('a', { sequence: 14, timestamp: 3840 }, 80)?.sequence).toBe(105);
});

test('packets that change places find their own, also around the wrap of the sequence', () => {
  const stream = createOutgoingStream(START);
  stream.forward('a', { sequence: 65_534, timestamp: 0 }, 0);
  expect(stream.forward('a', { sequence: 0, timestamp: 1920 }, 40)?.sequence).toBe(103);
  expect(stream.forward('a', { sequence: 65_535, timestamp: 960 }, 41)?.sequence).toBe(102);
});

test('a packet that belongs before the source was switched to, or comes twice, is dropped', () => {
  const stream = createOutgoingStream(START);
  stream.generate(0);
  stream.forward('a', { sequence: 10, timestamp: 960 }, 20);
  expect(stream.forward('a', { sequence: 9, timestamp: 0 }, 21)).toBeUndefined();
  expect(stream.forward('a', { sequence: 10, timestamp: 960 }, 22)).toBeUndefined();
});

test('a break longer than a second leaves no gap, so that no receiver loses count at a wrap', () => {
  const stream = createOutgoingStream(START);
  stream.forward('a', { sequence: 10, timestamp: 0 }, 0);
  const after = stream.forward('a', { sequence: 310, timestamp: 288_000 }, 6000);
  expect(after).toEqual({ sequence: 102, timestamp: 5000 + 288_000, marker: true });
});

test('packets taken out leave no gap, and one that was overtaken by them still finds its place', () => {
  const stream = createOutgoingStream(START);
  stream.forward('a', { sequence: 10, timestamp: 0 }, 0);
  stream.takeOut('a', 12);
  stream.takeOut('a', 13);
  expect(stream.forward('a', { sequence: 14, timestamp: 1920 }, 40)?.sequence).toBe(103);
  expect(stream.forward('a', { sequence: 11, timestamp: 960 }, 41)?.sequence).toBe(102);
});

test('a packet put in shifts those after it', () => {
  const stream = createOutgoingStream(START);
  stream.forward('a', { sequence: 10, timestamp: 0 }, 0);
  expect(stream.putIn(5).sequence).toBe(102);
  expect(stream.forward('a', { sequence: 11, timestamp: 960 }, 20)?.sequence).toBe(103);
});

describe('whatever happens', () => {
  /** A stretch of one source: frames of our own, or so many packets of a leg, some lost, some taken out, some put in. */
  const stretch = fc.record({
    source: fc.constantFrom('own', 'a', 'b'),
    startsAt: fc.nat({ max: 0xffff }),
    packets: fc.array(fc.constantFrom('sent', 'sent', 'sent', 'lost', 'taken out', 'put in'), {
      maxLength: 60,
    }),
    pauseMs: fc.nat({ max: 3000 }),
  });
  const beginning = fc.record({ sequence: fc.nat({ max: 0xffff }), timestamp: fc.nat({ max: 0xffffffff }) });

  test('the sequence goes up by one for each packet and each loss, and the clock never goes back', () => {
    fc.assert(
      fc.property(beginning, fc.array(stretch, { maxLength: 8 }), (start, stretches) => {
        const stream = createOutgoingStream(start);
        let at = 0;
        let expected = start.sequence;
        let lost = 0;
        let before: RtpStamp | undefined;
        const check = (stamp: RtpStamp | undefined): void => {
          if (stamp === undefined) throw new Error('A packet in order was dropped.');
          // Losses before the first packet of a source concern nobody.
          expected = (expected + 1 + (stamp.marker ? 0 : lost)) & 0xffff;
          expect(stamp.sequence).toBe(expected);
          if (before !== undefined)
            expect((stamp.timestamp - before.timestamp) >>> 0).toBeLessThan(0x80000000);
          lost = 0;
          before = stamp;
        };
        let key: string | undefined;
        const takeOut = (from: string, sequence: number): void => {
          stream.takeOut(from, sequence);
          // What was lost before it is known to be lost; a longer gap will be a break.
          if (key !== from || lost >= 50) return;
          expected = (expected + lost) & 0xffff;
          lost = 0;
        };
        for (const [index, { source, startsAt, packets, pauseMs }] of stretches.entries()) {
          at += pauseMs;
          lost = 0;
          let sequence = startsAt;
          for (const packet of packets) {
            at += 20;
            if (source === 'own') {
              key = undefined;
              check(stream.generate(at));
              continue;
            }
            if (packet === 'put in') {
              expected = (expected + 1) & 0xffff;
              const { sequence: put } = stream.putIn(at);
              expect(put).toBe(expected);
              continue;
            }
            sequence = (sequence + 1) & 0xffff;
            const from = `${source} ${String(index)}`;
            if (packet === 'lost') lost += 1;
            else if (packet === 'taken out') takeOut(from, sequence);
            else {
              key = from;
              check(stream.forward(from, { sequence, timestamp: (at * 48) >>> 0 }, at));
            }
          }
        }
      }),
    );
  });

  test('no sequence number is used twice, however the packets of a source change places', () => {
    fc.assert(
      fc.property(
        beginning,
        fc.array(fc.integer({ min: -20, max: 20 }), { maxLength: 200 }),
        (start, jitter) => {
          const stream = createOutgoingStream(start);
          const arrivals = jitter.map((late, index) => ({ sequence: index, order: index + late }));
          arrivals.sort((left, right) => left.order - right.order);
          const used = new Set<number>();
          for (const { sequence } of arrivals) {
            const stamp = stream.forward('a', { sequence, timestamp: sequence * 960 }, sequence * 20);
            if (stamp === undefined) continue;
            expect(used.has(stamp.sequence)).toBe(false);
            used.add(stamp.sequence);
            expect(ahead(start.sequence, stamp.sequence)).toBeLessThan(1000);
          }
        },
      ),
    );
  });
});
