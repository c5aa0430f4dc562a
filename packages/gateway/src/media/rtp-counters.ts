import type { MediaCounters } from './media-plane.ts';

/** Opus at the clock rate that RFC 7587 §4.1 fixes. */
const TICKS_PER_MS = 48;

/** A larger step, forth or back, is no loss and no delay: the sender has begun to count anew (RFC 3550, A.1). */
const LARGEST_STEP = 3000;

export interface RtpCounters {
  /** @param timestamp left out where it does not tell when the packet was made */
  received(packet: { ssrc: number; sequence: number; timestamp?: number; bytes: number }, at: number): void;
  sent(bytes: number): void;
  totals(): MediaCounters;
}

/** A run of sequence numbers, counted on beyond 16 bits. */
interface Run {
  ssrc: number;
  first: number;
  highest: number;
  received: number;
}

/** Counts what one leg receives and sends, from its first packet to its last, whatever its peer connections. */
export function createRtpCounters(): RtpCounters {
  let packetsReceived = 0;
  let bytesReceived = 0;
  let packetsSent = 0;
  let bytesSent = 0;
  let lostBefore = 0;
  let run: Run | undefined;
  /** In ticks of the RTP clock, as is what the next packet is compared with. */
  let jitter = 0;
  let transit: number | undefined;

  const lostIn = ({ first, highest, received }: Run): number => Math.max(0, highest - first + 1 - received);
  const follow = (ssrc: number, sequence: number): void => {
    const step = run?.ssrc === ssrc ? signed16(sequence - run.highest) : undefined;
    if (run === undefined || step === undefined || Math.abs(step) > LARGEST_STEP) {
      if (run !== undefined) lostBefore += lostIn(run);
      run = { ssrc, first: sequence, highest: sequence, received: 1 };
      transit = undefined;
      return;
    }
    run.received += 1;
    if (step > 0) run.highest += step;
  };

  return {
    received: ({ ssrc, sequence, timestamp, bytes }, at) => {
      packetsReceived += 1;
      bytesReceived += bytes;
      follow(ssrc, sequence);
      if (timestamp === undefined) return;
      const now = at * TICKS_PER_MS - timestamp;
      // RFC 3550 §6.4.1; a wrap of the timestamp is no delay.
      const difference = transit === undefined ? 0 : Math.abs(now - transit);
      transit = now;
      if (difference < LARGEST_STEP * TICKS_PER_MS) jitter += (difference - jitter) / 16;
    },
    sent: (bytes) => {
      packetsSent += 1;
      bytesSent += bytes;
    },
    totals: () => ({
      packetsReceived,
      packetsLost: lostBefore + (run === undefined ? 0 : lostIn(run)),
      bytesReceived,
      packetsSent,
      bytesSent,
      ...(packetsReceived > 1 && { jitterMs: Math.round((jitter / TICKS_PER_MS) * 100) / 100 }),
    }),
  };
}

function signed16(difference: number): number {
  const bits = difference & 0xffff;
  return bits < 0x8000 ? bits : bits - 0x10000;
}
