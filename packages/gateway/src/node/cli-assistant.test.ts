import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../config/temporary-folder.fixture.ts';
import { unpackClip } from '../media/clips/clip.ts';
import { sine, wavOf } from '../media/clips/sound-files.fixture.ts';
import { openStore } from '../store/open-store.ts';
import { runCommand } from './cli-commands.ts';

// Real databases and processes take their time on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

async function run(...args: string[]) {
  const printed: string[] = [];
  const complaints: string[] = [];
  const code = await runCommand(['assistant', ...args], {
    environment: { PARLEY_DATA: join(folder, 'data') },
    print: (line) => printed.push(line),
    complain: (line) => complaints.push(line),
  });
  return { code, printed, complaints };
}

const greetingFile = async () => {
  const file = join(folder, 'hello.wav');
  await writeFile(file, wavOf(sine(600, 0.5)));
  return file;
};

it('an assistant that is made, is listed with its version, and has its greeting', async () => {
  const made = await run(
    ...['create', 'Reception', '--id', 'desk', '--version-id', 'v1', '--greeting', 'Hello!'],
    ...['--greeting-audio', await greetingFile()],
  );
  expect(made).toEqual({ code: 0, printed: ['id       desk', 'version  v1'], complaints: [] });
  expect((await run('list')).printed).toEqual([
    'ID    VERSION  ENGINE  NAME',
    'desk  v1       echo    Reception',
  ]);
  const store = await openStore({ data: join(folder, 'data'), databaseUrl: null });
  const found = await store.assistants.find('desk');
  await store.close();
  expect(found?.version.greeting).toBe('Hello!');
  expect(unpackClip(found?.version.greetingClip ?? '')).toHaveLength(25);
});

it('an assistant that is deleted, is gone', async () => {
  await run('create', 'Reception', '--id', 'desk');
  expect(await run('delete', 'desk')).toMatchObject({ code: 0 });
  expect(await run('delete', 'desk')).toMatchObject({ code: 1, complaints: ['There is no assistant desk.'] });
});

it.each([
  [['create'], 2, 'NAME is missing.'],
  [['create', 'x', '--engine', 'oracle'], 1, '--engine must be one of echo.'],
  [['create', 'x', '--id', 'a/b'], 1, '--id must be 1 to 64 letters, digits and the characters _ . -.'],
  [['create', 'x', '--greeting-audio', '/nowhere'], 1, '--greeting-audio /nowhere cannot be read: '],
  [['create', 'x', '--greeting-audio', import.meta.filename], 1, '--greeting-audio is neither'],
])('%j, is refused by a sentence that names it', async (args, code, sentence) => {
  const refused = await run(...args);
  expect(refused.code).toBe(code);
  expect(refused.complaints).toEqual([expect.stringContaining(sentence)]);
});
