import { Encoder } from '@evan/opus';

export const OPUS_SAMPLE_RATE = 48_000;
export const OPUS_FRAME_SAMPLES = 960;

/** @returns packets of 20 ms each; what does not fill one at the end is left out */
export function encodeOpus(samples: Int16Array): Uint8Array[] {
  const encoder = new Encoder({ channels: 1, application: 'audio', sample_rate: OPUS_SAMPLE_RATE });
  const packets: Uint8Array[] = [];
  for (let start = 0; start + OPUS_FRAME_SAMPLES <= samples.length; start += OPUS_FRAME_SAMPLES)
    // The encoder gives a view of memory that it uses again.
    packets.push(Uint8Array.from(encoder.encode(samples.subarray(start, start + OPUS_FRAME_SAMPLES))));
  return packets;
}
