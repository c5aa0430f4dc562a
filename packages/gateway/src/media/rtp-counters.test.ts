import { describe, expect, it } from 'vitest';
import { createRtpCounters, type RtpCounters } from './rtp-counters.ts';

/** Packets of 20 ms that arrive when they should, or later. */
function receive(
  counters: RtpCounters,
  sequences: readonly number[],
  lateBy: (sequence: number) => number = () => 0,
): void {
  for (const sequence of sequences) {
    const packet = { ssrc: 1, sequence: sequence & 0xffff, timestamp: (sequence * 960) >>> 0, bytes: 80 };
    counters.received(packet, sequence * 20 + lateBy(sequence));
  }
}

const upTo = (count: number, from = 0) => Array.from({ length: count }, (_, index) => from + index);

describe('counters of a leg', () => {
  it('of a stream that arrives whole, count it with no loss and no jitter', () => {
    const counters = createRtpCounters();
    receive(counters, upTo(100));
    counters.sent(70);
    expect(counters.totals()).toEqual({
      packetsReceived: 100,
      packetsLost: 0,
      bytesReceived: 8000,
      packetsSent: 1,
      bytesSent: 70,
      jitterMs: 0,
    });
  });

  it('of a stream that nothing has come of, have no jitter', () => {
    expect(createRtpCounters().totals()).not.toHaveProperty('jitterMs');
  });

  it('count the numbers that are missing as lost, over the wrap of the sequence number too', () => {
    const counters = createRtpCounters();
    receive(
      counters,
      upTo(200, 65_500).filter((sequence) => sequence % 10 !== 0),
    );
    expect(counters.totals().packetsLost).toBe(19);
  });

  it('take a packet that comes late out of the loss', () => {
    const counters = createRtpCounters();
    receive(counters, [1, 2, 4]);
    expect(counters.totals().packetsLost).toBe(1);
    receive(counters, [3]);
    expect(counters.totals().packetsLost).toBe(0);
  });

  it('of a sender that counts anew, take the break for no loss, and keep what was lost before', () => {
    const counters = createRtpCounters();
    receive(counters, [1, 3, 30_000, 30_002]);
    expect(counters.totals().packetsLost).toBe(2);
    counters.received({ ssrc: 2, sequence: 7, timestamp: 0, bytes: 80 }, 0);
    expect(counters.totals()).toMatchObject({ packetsLost: 2, packetsReceived: 5 });
  });

  it('of packets that are late by turns, come near the mean deviation of RFC 3550', () => {
    const counters = createRtpCounters();
    receive(counters, upTo(500), (sequence) => (sequence % 2) * 10);
    expect(counters.totals().jitterMs).toBeCloseTo(10, 0);
  });

  it('of a key press, whose timestamp stands still, and of a wrapped timestamp, take no jitter', () => {
    const counters = createRtpCounters();
    receive(counters, upTo(10));
    counters.received({ ssrc: 1, sequence: 10, bytes: 4 }, 700);
    receive(counters, upTo(10, 4_473_920));
    expect(counters.totals()).toMatchObject({ jitterMs: 0, packetsReceived: 21 });
  });
});
