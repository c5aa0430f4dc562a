import { Decoder } from '@evan/opus';
import { AudioError } from './audio-error.ts';
import { opusSamplesOf } from './opus-packet.ts';
import type { Sound } from './wav.ts';

/** Opus in Ogg: RFC 7845, in pages of RFC 3533. */

const PAGE_HEADER_BYTES = 27;
const SAMPLE_RATE = 48_000;
/** A segment of this many bytes does not end its packet. */
const FULL_SEGMENT = 255;
const UNDECODABLE = 'has Opus that cannot be decoded';

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

/**
 * Reads the first stream of the file; two channels are mixed into one.
 *
 * @param longestSeconds no more than this is decoded, up to a packet
 * @throws AudioError
 */
export function readOggOpus(file: Buffer, longestSeconds: number): Sound {
  const packets = readPackets(file);
  const preSkip = readHead(packets.next().value?.packet);
  const tags = packets.next().value;
  const audio: Buffer[] = [];
  let granule = tags?.granule ?? -1;
  let length = 0;
  for (const { packet, granule: granuleOfPage } of packets) {
    // What the last packet has beyond the end of the sound is cut off below.
    if (length >= longestSeconds * SAMPLE_RATE + preSkip)
      throw new AudioError(`is longer than ${String(longestSeconds)} seconds`);
    length += opusSamplesOf(packet);
    if (packet.length === 0) throw new AudioError(UNDECODABLE);
    audio.push(packet);
    granule = Math.max(granule, granuleOfPage);
  }
  const samples = decode(audio);
  return { sampleRate: SAMPLE_RATE, samples: samples.subarray(preSkip, Math.max(preSkip, granule)) };
}

/** @returns how many samples at the beginning are not to be heard */
function readHead(head: Buffer | undefined): number {
  if (head?.toString('latin1', 0, 8) !== 'OpusHead' || head.length < 19)
    throw new AudioError('is an Ogg file without Opus');
  const [channels, mapping] = [head.readUInt8(9), head.readUInt8(18)];
  if (mapping !== 0 || channels > 2) throw new AudioError('has more than two channels');
  return head.readUInt16LE(10);
}

/** One by one: a small file can have very many. The granule is that of the page in which the packet ends. */
function* readPackets(file: Buffer): Generator<{ packet: Buffer; granule: number }, undefined> {
  let serial: number | undefined;
  let started: Buffer[] = [];
  for (let page = readPage(file, 0); page !== undefined; page = readPage(file, page.end)) {
    serial ??= page.serial;
    if (page.serial !== serial) continue;
    let at = 0;
    for (const length of page.segments) {
      started.push(page.body.subarray(at, at + length));
      at += length;
      if (length === FULL_SEGMENT) continue;
      yield { packet: Buffer.concat(started), granule: page.granule };
      started = [];
    }
  }
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
    throw new AudioError(UNDECODABLE, { cause: error });
  }
  const samples = new Float32Array(decoded.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of decoded) for (const sample of part) samples[at++] = sample / 0x8000;
  return samples;
}
