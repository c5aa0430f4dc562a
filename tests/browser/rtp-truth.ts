/** What a path did to RTP (RFC 3550), by the packets themselves: what measurements of the ends are held to. */
export interface RtpTruth {
  /** To be shown every packet. @param sent false: it was dropped */
  see(bytes: Buffer, sent: boolean): void;
  /** Forgets what has been seen. */
  reset(): void;
  /** Of the stream of this source. `jitterMs`: mean of the estimate of section 6.4.1 over all packets. */
  of(ssrc: number): { share: number; jitterMs: number; packets: number };
}

interface Stream {
  sent: number;
  dropped: number;
  transit: number | undefined;
  jitter: number;
  jitterSum: number;
}

const CLOCK_PER_MS = 48;

export function createRtpTruth(): RtpTruth {
  const streams = new Map<number, Stream>();
  return {
    see: (bytes, sent) => {
      const payload = (bytes[1] ?? 0) & 0x7f;
      if ((bytes[0] ?? 0) >> 6 !== 2 || bytes.length < 12 || (payload >= 64 && payload <= 95)) return;
      const ssrc = bytes.readUInt32BE(8);
      const stream = streams.get(ssrc) ?? {
        sent: 0,
        dropped: 0,
        transit: undefined,
        jitter: 0,
        jitterSum: 0,
      };
      streams.set(ssrc, stream);
      if (!sent) {
        stream.dropped += 1;
        return;
      }
      const transit = performance.now() - bytes.readUInt32BE(4) / CLOCK_PER_MS;
      if (stream.transit !== undefined)
        stream.jitter += (Math.abs(transit - stream.transit) - stream.jitter) / 16;
      stream.transit = transit;
      stream.sent += 1;
      stream.jitterSum += stream.jitter;
    },
    reset: () => {
      streams.clear();
    },
    of: (ssrc) => {
      const { dropped = 0, jitterSum = 0, sent = 0 } = streams.get(ssrc) ?? {};
      return { share: dropped / (sent + dropped), jitterMs: jitterSum / sent, packets: sent + dropped };
    },
  };
}
