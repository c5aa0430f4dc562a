import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { resolveSettings, SettingsError } from '../config/settings.ts';
import { temporaryFolder } from '../config/temporary-folder.fixture.ts';
import { unpackClip } from '../media/clips/clip.ts';
import { encodeClip } from '../media/clips/encode-clip.ts';
import { sine, wavOf } from '../media/clips/sound-files.fixture.ts';
import { openStore } from '../store/open-store.ts';
import { storeConfigured } from './configured-assistants.ts';
import type { Studio } from './studio.ts';

const studio: Studio = {
  encode: (file) => Promise.resolve().then(() => encodeClip(file)),
  speak: () => Promise.resolve(null),
};

it('assistants of the configuration, are in the store with their versions and sounds, again and again', async () => {
  const folder = await temporaryFolder();
  const greetingAudio = join(folder, 'hello.wav');
  await writeFile(greetingAudio, wavOf(sine(600, 0.5)));
  const { assistants } = resolveSettings({
    assistants: [
      {
        id: 'desk',
        defaultVersion: 'v2',
        versions: [
          { id: 'v1', greetingAudio },
          { id: 'v2', name: 'Desk', greeting: 'Hello!' },
        ],
      },
      { id: 'lost-property', versions: [{ id: 'v1' }] },
    ],
  });
  const store = await openStore({ data: folder, databaseUrl: null });
  for (const now of [1, 2]) await storeConfigured(assistants, { assistants: store.assistants, studio, now });
  const desk = await store.assistants.find('desk');
  expect(desk?.version).toMatchObject({ id: 'v2', name: 'Desk', greeting: 'Hello!', engine: 'echo' });
  const first = await store.assistants.findVersion('desk', 'v1');
  expect(first?.name).toBe('desk');
  expect(unpackClip(first?.greetingClip ?? '')).toHaveLength(25);
  expect((await store.assistants.list({ number: 1, size: 10 })).total).toBe(2);
  await store.close();
});

it.each([
  [{ assistants: {} }, 'assistants must be a list of assistants.'],
  [{ assistants: [{ id: 'a' }] }, 'assistants[0].versions must be a list of at least one version.'],
  [
    { assistants: [{ id: 'a', versions: [] }] },
    'assistants[0].versions must be a list of at least one version.',
  ],
  [
    { assistants: [{ id: 'a', versions: [{ id: 'v', greeting: 1 }] }] },
    'assistants[0].versions[0].greeting must be a text of at most 4096 characters.',
  ],
  [
    { assistants: [{ id: 'a', versions: [{ id: 'v', gretting: 'x' }] }] },
    'There is no setting assistants[0].versions[0].gretting.',
  ],
  [
    { assistants: [{ id: 'a', versions: [{ id: 'v' }, { id: 'v' }] }] },
    'assistants[0].versions must not have two versions of one id.',
  ],
  [
    { assistants: [{ id: 'a', defaultVersion: 'w', versions: [{ id: 'v' }] }] },
    'assistants[0].defaultVersion must be the id of one of the versions.',
  ],
])('%j, is refused by a sentence that names it', (given, sentence) => {
  const mistakes = () => {
    try {
      resolveSettings(given);
    } catch (error) {
      if (error instanceof SettingsError) return error.mistakes;
    }
    return [];
  };
  expect(mistakes()).toEqual([sentence]);
});

it('a sound that cannot be used, is named with its assistant', async () => {
  const { assistants } = resolveSettings({
    assistants: [{ id: 'desk', versions: [{ id: 'v1', greetingAudio: import.meta.filename }] }],
  });
  const stored = storeConfigured(assistants, {
    assistants: { put: () => Promise.resolve() },
    studio,
    now: 1,
  });
  await expect(stored).rejects.toThrow(/^greetingAudio of version v1 of assistant desk: .* is neither/);
});
