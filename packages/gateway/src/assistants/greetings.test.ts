import { readdir, rm, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../config/temporary-folder.fixture.ts';
import { unpackClip } from '../media/clips/clip.ts';
import { encodeClip } from '../media/clips/encode-clip.ts';
import { wavOf } from '../media/clips/sound-files.fixture.ts';
import { createGreetings } from './greetings.ts';
import { version } from './visits.fixture.ts';

/** Says a second for each letter, nothing where it is mute, and fails where it is given nothing to say. */
async function greeter() {
  const [said, logged]: [string[], string[]] = [[], []];
  const log = (_: object, message: string) => void logged.push(message);
  const rig = { mute: false, now: 0, said, logged, folder: await temporaryFolder() };
  const greetings = createGreetings({
    studio: {
      encode: (file) => Promise.resolve().then(() => encodeClip(file)),
      speak: (text) => {
        said.push(text);
        return Promise.resolve(rig.mute ? null : wavOf(new Float32Array(text.trim().length * 8_000), 8_000));
      },
    },
    folder: rig.folder,
    now: () => rig.now,
    log: { debug: log, info: log, warn: log, error: log },
  });
  const greet = async (greeting: string | null, greetingClip: string | null = null) => {
    const clip = await greetings.clipOf(version('a', 'v1', { greeting, greetingClip }));
    return clip === null ? null : unpackClip(clip).length / 50;
  };
  return { ...rig, greet, rig };
}

it('a greeting that has a sound, is that sound; one that has nothing, is nothing', async () => {
  const { greet, said } = await greeter();
  expect(await greet('Hello', 'AAE=')).toBe(1 / 50);
  expect(await greet(null)).toBeNull();
  expect(said).toEqual([]);
});

it('a text that many ask for at once, is read out once', async () => {
  const { greet, said, folder } = await greeter();
  expect(await Promise.all([greet('abc'), greet('abc'), greet('abc')])).toEqual([3, 3, 3]);
  expect(await greet('abc')).toBe(3);
  expect(said).toEqual(['abc']);
  expect(await readdir(folder)).toHaveLength(1);
});

it('a text that takes longer than a minute, is heard for a minute', async () => {
  const { greet, said, logged } = await greeter();
  expect(await greet('x'.repeat(61))).toBe(60);
  expect(await greet('x'.repeat(61))).toBe(60);
  expect(said).toHaveLength(1);
  expect(logged).toEqual(['the greeting is spoken no further than a minute: its text is too long']);
});

it('a text that was read out and cannot be kept, is heard all the same', async () => {
  const { greet, logged, folder } = await greeter();
  await rm(folder, { recursive: true });
  await writeFile(folder, 'in the way');
  expect(await greet('ab')).toBe(2);
  expect(logged).toEqual(['the greeting as it was spoken cannot be kept']);
});

it.each([
  ['fails', ' ', false, 'the greeting cannot be spoken'],
  ['has no program for it', 'a', true, 'the greeting is not spoken: espeak-ng is not installed here'],
])('a text whose reading %s, is left alone for ten minutes', async (_, text, mute, message) => {
  const { greet, said, logged, rig } = await greeter();
  rig.mute = mute;
  expect(await Promise.all([greet(text), greet(text)])).toEqual([null, null]);
  rig.now = 599_999;
  expect(await greet(text)).toBeNull();
  expect([said, logged]).toEqual([[text], [message]]);
  rig.now = 600_000;
  rig.mute = false;
  expect(await greet(text)).toBe(mute ? 1 : null);
  expect(said).toHaveLength(2);
});
