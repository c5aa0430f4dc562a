import { unpackClip } from './clip.ts';
import { encodeOpus } from './opus-encoder.ts';
import { Decoder } from '@evan/opus';

/** A sine of half amplitude. */
export function sine(frequency: number, seconds: number, sampleRate = 48_000): Float32Array {
  return Float32Array.from(
    { length: Math.round(seconds * sampleRate) },
    (_, index) => 0.5 * Math.sin((2 * Math.PI * frequency * index) / sampleRate),
  );
}

/** 16-bit PCM, every channel alike. */
export function wavOf(samples: Float32Array, sampleRate = 48_000, channels = 1): Buffer {
  const wav = Buffer.alloc(44 + samples.length * 2 * channels);
  wav.write('RIFF', 0, 'latin1');
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write('WAVEfmt ', 8, 'latin1');
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(channels, 22);
  wav.writeUInt32LE(sampleRate, 24);
  wav.writeUInt32LE(sampleRate * 2 * channels, 28);
  wav.writeUInt16LE(2 * channels, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36, 'latin1');
  wav.writeUInt32LE(wav.length - 44, 40);
  samples.forEach((sample, index) => {
    for (let channel = 0; channel < channels; channel += 1)
      wav.writeInt16LE(Math.round(sample * 0x7fff), 44 + (index * channels + channel) * 2);
  });
  return wav;
}

/** Ogg Opus (RFC 7845), a page for each packet. The pages' checksums are left at zero. */
export function oggOpusOf(samples: Float32Array, preSkip = 0): Buffer {
  const packets = encodeOpus(Int16Array.from(samples, (sample) => Math.round(sample * 0x7fff)));
  return oggOf(packets, preSkip);
}

/** Packets of 20 ms, as far as the file says. */
export function oggOf(packets: readonly Uint8Array[], preSkip = 0): Buffer {
  const head = Buffer.concat([Buffer.from('OpusHead\x01\x01', 'latin1'), Buffer.alloc(9)]);
  head.writeUInt16LE(preSkip, 10);
  head.writeUInt32LE(48_000, 12);
  const tags = Buffer.from('OpusTags\0\0\0\0\0\0\0\0', 'latin1');
  return Buffer.concat([
    pageOf(head, 0, 0),
    pageOf(tags, 1, 0),
    ...packets.map((packet, index) => pageOf(packet, index + 2, (index + 1) * 960)),
  ]);
}

function pageOf(packet: Uint8Array, number: number, granule: number): Buffer {
  const full = Math.floor(packet.length / 255);
  const header = Buffer.alloc(27);
  header.write('OggS', 0, 'latin1');
  header.writeBigInt64LE(BigInt(granule), 6);
  header.writeUInt32LE(7, 14);
  header.writeUInt32LE(number, 18);
  header.writeUInt8(full + 1, 26);
  const segments = Buffer.alloc(full + 1, 255);
  segments.writeUInt8(packet.length % 255, full);
  return Buffer.concat([header, segments, packet]);
}

/** What a browser would play. */
export function decodeClip(clip: string): Float32Array {
  const decoder = new Decoder({ channels: 1, sample_rate: 48_000 });
  const parts = unpackClip(clip).map((packet) => {
    const bytes = decoder.decode(packet);
    return [...new Int16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2)];
  });
  return Float32Array.from(parts.flat(), (sample) => sample / 0x8000);
}

export function levelOf(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}

/** The part of the energy that is at a frequency. */
export function shareAt(samples: Float32Array, frequency: number): number {
  let [real, imaginary] = [0, 0];
  samples.forEach((sample, index) => {
    const angle = (2 * Math.PI * frequency * index) / 48_000;
    real += sample * Math.cos(angle);
    imaginary += sample * Math.sin(angle);
  });
  const energy = samples.reduce((sum, sample) => sum + sample * sample, 0);
  return (2 * (real ** 2 + imaginary ** 2)) / (samples.length * energy);
}
