import { writeFileSync } from 'node:fs';

const SAMPLE_RATE = 48_000;
const HEADER_BYTES = 44;

/**
 * Writes a sine tone as 16-bit mono PCM at 48 kHz, for Chromium's fake microphone. The length is a whole number of
 * seconds and the frequency a whole number of hertz, so that the file repeats without a click.
 */
export function writeToneFile(path: string, frequency: number, seconds = 10): void {
  const samples = SAMPLE_RATE * seconds;
  const wav = Buffer.alloc(HEADER_BYTES + samples * 2);
  wav.write('RIFF', 0, 'latin1');
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write('WAVEfmt ', 8, 'latin1');
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(SAMPLE_RATE, 24);
  wav.writeUInt32LE(SAMPLE_RATE * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36, 'latin1');
  wav.writeUInt32LE(samples * 2, 40);
  for (let n = 0; n < samples; n += 1) {
    const sample = 0.5 * Math.sin((2 * Math.PI * frequency * n) / SAMPLE_RATE);
    wav.writeInt16LE(Math.round(sample * 0x7fff), HEADER_BYTES + n * 2);
  }
  writeFileSync(path, wav);
}
