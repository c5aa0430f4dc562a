import fc from 'fast-check';
import { expect, test } from 'vitest';

import { packetIndexRollover } from './packet-index.ts';

test('the wraps of a stream are counted right, whatever is lost or overtaken within half the numbers', () => {
  const steps = fc.array(fc.integer({ min: -0x7ff, max: 0x7fff }), { maxLength: 100 });
  fc.assert(
    fc.property(fc.nat({ max: 0xffff }), steps, (start, jumps) => {
      // Far enough from the beginning that nothing comes before it.
      let index = start + 4 * 0x10000;
      let state = { rolloverCounter: index >>> 16, lastSequenceNumber: index & 0xffff };
      for (const jump of jumps) {
        index = Math.max(0x10000, index + jump);
        const sequence = index & 0xffff;
        const rolloverCounter = packetIndexRollover(sequence, state);
        expect(rolloverCounter).toBe(index >>> 16);
        state = { rolloverCounter, lastSequenceNumber: sequence };
      }
    }),
  );
});

test('a packet that was sent before the first one received does not count below nothing', () => {
  expect(packetIndexRollover(0xffff, { rolloverCounter: 0, lastSequenceNumber: 2 })).toBe(0);
});
