/** Samples at 48 kHz of one frame, by the configuration of the packet: RFC 6716 §3.1, table 2. */
const FRAME_SAMPLES = [
  // SILK: three bandwidths.
  ...[480, 960, 1920, 2880],
  ...[480, 960, 1920, 2880],
  ...[480, 960, 1920, 2880],
  // Hybrid: two bandwidths.
  ...[480, 960],
  ...[480, 960],
  // CELT: four bandwidths.
  ...[120, 240, 480, 960],
  ...[120, 240, 480, 960],
  ...[120, 240, 480, 960],
  ...[120, 240, 480, 960],
];

/** How many samples at 48 kHz a packet decodes to, which its first bytes tell: RFC 6716 §3.1 and §3.2. */
export function opusSamplesOf([toc = 0, frames = 0]: Uint8Array): number {
  const samples = FRAME_SAMPLES[toc >> 3] ?? 0;
  switch (toc & 3) {
    case 0:
      return samples;
    case 3:
      return samples * (frames & 0x3f);
    default:
      return samples * 2;
  }
}
