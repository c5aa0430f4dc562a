import { Decoder } from '@evan/opus';
import { AudioError } from './audio-error.ts';
import type { Sound } from './wav.ts';

/** Opus in Ogg: RFC 7845, in pages of RFC 3533. */

const PAGE_HEADER_BYTES = 27;
const SAMPLE_RATE = 48_000;
/** A segment of this many bytes does not end its packet. */
const FULL_SEGMENT = 255;

interface Page {
  serial: number;
  /** Samples up to the end of the page; -1 where no packet ends in it. */
  granule: number;
  segments: Buffer;
  body: Buffer;
  end: number;
}

export function isOgg(file: Buffer): boolean {
  return file.toString('latin1', 0, 4) === 'OggS';
}

/** Reads the first stream of the file; two channels are mixed into one. @throws AudioError */
export function readOggOpus(file: Buffer): Sound {
  const { packets, granule } = readPackets(file);
  const [head, , ...audio] = packets;
  if (head?.toString('latin1', 0, 8) !== 'OpusHead' || head.length < 19)
    throw new AudioError('is an Ogg file without Opus');
  const [channels, mapping] = [head.readUInt8(9), head.readUInt8(18)];
  if (mapping !== 0 || channels > 2) throw new AudioError('has more than two channels');
  const preSkip = head.readUInt16LE(10);
  const samples = decode(audio);
  return { sampleRate: SAMPLE_RATE, samples: samples.subarray(preSkip, Math.max(preSkip, granule)) };
}

function readPackets(file: Buffer): { packets: Buffer[]; granule: number } {
  const packets: Buffer[] = [];
  let serial: number | undefined;
  let granule = -1;
  let started: Buffer[] = [];
  for (let page = readPage(file, 0); page !== undefined; page = readPage(file, page.end)) {
    serial ??= page.serial;
    if (page.serial !== serial) continue;
    granule = Math.max(granule, page.granule);
    let at = 0;
    for (const length of page.segments) {
      started.push(page.body.subarray(at, at + length));
      at += length;
      if (length === FULL_SEGMENT) continue;
      packets.push(Buffer.concat(started));
      started = [];
    }
  }
  return { packets, granule };
}

function readPage(file: Buffer, at: number): Page | undefined {
  if (at + PAGE_HEADER_BYTES > file.length) return undefined;
  if (file.toString('latin1', at, at + 4) !== 'OggS') throw new AudioError('is an Ogg file that is damaged');
  const segmentsAt = at + PAGE_HEADER_BYTES;
  const bodyAt = segmentsAt + file.readUInt8(at + 26);
  const segments = file.subarray(segmentsAt, bodyAt);
  const end = bodyAt + segments.reduce((sum, length) => sum + length, 0);
  if (end > file.length) throw new AudioError('is an Ogg file that is cut off');
  return {
    serial: file.readUInt32LE(at + 14),
    granule: Number(file.readBigInt64LE(at + 6)),
    segments,
    body: file.subarray(bodyAt, end),
    end,
  };
}

function decode(packets: readonly Buffer[]): Float32Array {
  const decoder = new Decoder({ channels: 1, sample_rate: SAMPLE_RATE });
  const decoded: Int16Array[] = [];
  try {
    for (const packet of packets) {
      // The decoder gives a view of memory that it uses again.
      const { buffer } = Uint8Array.from(decoder.decode(packet));
      decoded.push(new Int16Array(buffer));
    }
  } catch (error) {
    throw new AudioError('has Opus that cannot be decoded', { cause: error });
  }
  const samples = new Float32Array(decoded.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of decoded) for (const sample of part) samples[at++] = sample / 0x8000;
  return samples;
}
