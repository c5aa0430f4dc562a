/**
 * A clip is a piece of sound as a leg sends it: packets of 20 ms of Opus, each behind its length in 16 bits, in base64,
 * so that it fits into a message and into a file as it is.
 */

export const CLIP_PACKET_MS = 20;
export const LONGEST_CLIP_SECONDS = 60;
const LENGTH_BYTES = 2;

export function packClip(packets: readonly Uint8Array[]): string {
  const parts = packets.flatMap((packet) => {
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt16BE(packet.length);
    return [length, packet];
  });
  return Buffer.concat(parts).toString('base64');
}

export function unpackClip(clip: string): Uint8Array[] {
  const bytes = Buffer.from(clip, 'base64');
  const packets: Uint8Array[] = [];
  for (let at = 0; at + LENGTH_BYTES <= bytes.length;) {
    const start = at + LENGTH_BYTES;
    at = start + bytes.readUInt16BE(at);
    packets.push(bytes.subarray(start, at));
  }
  return packets;
}
