import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGreetings } from '../assistants/greetings.ts';
import { version } from '../assistants/visits.fixture.ts';
import { AudioError } from '../media/clips/audio-error.ts';
import { unpackClip } from '../media/clips/clip.ts';
import { decodeClip, levelOf, sine, wavOf } from '../media/clips/sound-files.fixture.ts';
import { createStudio } from './studio.ts';

/** Says half a second for each letter of its input. */
const speaker = [
  process.execPath,
  '-e',
  `let text = '';
   process.stdin.on('data', (part) => (text += part)).on('end', () => {
     const wav = Buffer.alloc(44 + 8000 * text.length);
     wav.write('RIFF', 0); wav.write('WAVEfmt ', 8); wav.writeUInt32LE(16, 16);
     wav.writeUInt16LE(1, 20); wav.writeUInt16LE(1, 22); wav.writeUInt32LE(8000, 24);
     wav.writeUInt16LE(16, 34); wav.write('data', 36); wav.writeUInt32LE(0x7ffff000, 40);
     process.stdout.write(wav);
   });`,
] as const;

const ignore = () => undefined;
const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-studio-'));
});
afterAll(() => rm(folder, { recursive: true }));

const spoken = (text: string) => version('a', 'v1', { greeting: text, greetingClip: null });

describe('the studio', () => {
  it('makes clips of files, one after the other', async () => {
    const studio = createStudio();
    const clips = await Promise.all([0.1, 0.2].map((seconds) => studio.encode(wavOf(sine(600, seconds)))));
    expect(clips.map((clip) => unpackClip(clip).length)).toEqual([5, 10]);
  });

  it('given what is no sound, says what is wrong', async () => {
    const made = createStudio().encode(Buffer.from('Hello'));
    await expect(made).rejects.toThrow(AudioError);
    await expect(made).rejects.toThrow('is neither a WAV nor an Ogg Opus file');
  });

  it('reads a text out', async () => {
    const studio = createStudio();
    const wav = await studio.speak('Hello, how can I help you?');
    const samples = decodeClip(await studio.encode(wav ?? Buffer.alloc(0)));
    expect(samples.length).toBeGreaterThan(48_000);
    expect(levelOf(samples)).toBeGreaterThan(0.02);
  });

  it('reads a text out by another program, where that is installed', async () => {
    expect(await createStudio(speaker).speak('ab')).toHaveLength(44 + 16_000);
    expect(await createStudio(['/nowhere/espeak-ng']).speak('ab')).toBeNull();
    await expect(createStudio([process.execPath, '-e', 'process.exit(3)']).speak('ab')).rejects.toThrow(
      'exit code 3',
    );
  });
});

describe('a greeting', () => {
  it('that is a text, is read out and kept', async () => {
    const ports = { folder, now: () => 0, log };
    const clip = await createGreetings({ ...ports, studio: createStudio(speaker) }).clipOf(spoken('ab'));
    expect(unpackClip(clip ?? '').length).toBe(50);
    expect(await readdir(folder)).toHaveLength(1);
    const mute = createGreetings({ ...ports, studio: createStudio(['/nowhere']) });
    expect(await mute.clipOf(spoken('ab'))).toBe(clip);
  });
});
