import { AudioError } from './audio-error.ts';

/** One channel of samples from -1 to 1. */
export interface Sound {
  sampleRate: number;
  samples: Float32Array;
}

const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const FORMAT_BYTES = 16;
const PCM = 1;
const FLOAT = 3;
/** WAVE_FORMAT_EXTENSIBLE: what it really is stands in the first bytes of a GUID at this place. */
const EXTENSIBLE = 0xfffe;
const SUBFORMAT_AT = 24;

interface Format {
  kind: number;
  channels: number;
  sampleRate: number;
  bits: number;
}

export function isWav(file: Buffer): boolean {
  return file.toString('latin1', 0, 4) === 'RIFF' && file.toString('latin1', 8, 12) === 'WAVE';
}

/** Reads PCM of 8 to 32 bits or floating point; channels are mixed into one. @throws AudioError */
export function readWav(file: Buffer): Sound {
  const { format, body } = findSamples(file);
  return { sampleRate: format.sampleRate, samples: readSamples(body, format) };
}

/** @returns the file without what comes later than that. @throws AudioError */
export function cutWav(file: Buffer, seconds: number): Buffer {
  const { format, body } = findSamples(file);
  const { sampleRate, channels, bits } = format;
  const bytes = (seconds * sampleRate * channels * bits) / 8;
  return body.length <= bytes ? file : file.subarray(0, body.byteOffset - file.byteOffset + bytes);
}

function findSamples(file: Buffer): { format: Format; body: Buffer } {
  let format: Format | undefined;
  for (let at = RIFF_HEADER_BYTES; at + CHUNK_HEADER_BYTES <= file.length;) {
    const name = file.toString('latin1', at, at + 4);
    const start = at + CHUNK_HEADER_BYTES;
    const size = file.readUInt32LE(at + 4);
    // A program that writes into a pipe cannot know the size, and states one that is far too large.
    const body = file.subarray(start, start + size);
    if (name === 'fmt ') format = readFormat(body);
    if (name === 'data') {
      if (format === undefined) throw new AudioError('is a WAV file without a format');
      return { format, body };
    }
    at = start + size + (size % 2);
  }
  throw new AudioError('is a WAV file without sound');
}

function readFormat(body: Buffer): Format {
  if (body.length < FORMAT_BYTES) throw new AudioError('is a WAV file that is cut off');
  const stated = body.readUInt16LE(0);
  const kind =
    stated === EXTENSIBLE && body.length > SUBFORMAT_AT + 1 ? body.readUInt16LE(SUBFORMAT_AT) : stated;
  return {
    kind,
    channels: body.readUInt16LE(2),
    sampleRate: body.readUInt32LE(4),
    bits: body.readUInt16LE(14),
  };
}

function readSamples(body: Buffer, { kind, channels, bits }: Format): Float32Array {
  const read = readers.get(`${String(kind)} ${String(bits)}`);
  if (read === undefined || channels < 1)
    throw new AudioError('is a WAV file of a kind that is not known: use PCM of 16 bits');
  const bytes = bits / 8;
  const samples = new Float32Array(Math.floor(body.length / (bytes * channels)));
  for (let index = 0; index < samples.length; index += 1) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel += 1)
      sum += read(body, (index * channels + channel) * bytes);
    samples[index] = sum / channels;
  }
  return samples;
}

/** By kind and bits. */
const readers = new Map<string, (body: Buffer, at: number) => number>([
  [`${String(PCM)} 8`, (body, at) => (body.readUInt8(at) - 0x80) / 0x80],
  [`${String(PCM)} 16`, (body, at) => body.readInt16LE(at) / 0x8000],
  [`${String(PCM)} 24`, (body, at) => body.readIntLE(at, 3) / 0x80_0000],
  [`${String(PCM)} 32`, (body, at) => body.readInt32LE(at) / 0x8000_0000],
  [`${String(FLOAT)} 32`, (body, at) => body.readFloatLE(at)],
]);
