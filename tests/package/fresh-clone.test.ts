import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Recorder, assertGroupGone, createRecorder } from '@parley/testkit';
import { afterEach, expect, test } from 'vitest';

import { openRawClient } from '../security/raw-client.ts';

const execute = promisify(execFile);
const repository = fileURLToPath(new URL('../../', import.meta.url));
const BUILT_WITHIN_MS = 150_000;

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

test(
  'a fresh clone, by the first command of the README, is a gateway with a console and two users, which ends when told to',
  { timeout: BUILT_WITHIN_MS + 60_000 },
  async () => {
    const clone = await freshClone();
    const { child, output } = start(clone);

    const ready = await output.next((line) => line.startsWith('Parley is ready: '), 'ready line', {
      withinMs: BUILT_WITHIN_MS,
    });
    const url = ready.replace('Parley is ready: ', '');
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);

    const page = await fetch(url);
    expect(page.status).toBe(200);
    expect(await page.text()).toMatch(/<script[^>]+src=/);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);

    const alice = await openRawClient(url.replace('http', 'ws'));
    expect(await alice.enter('alice')).toMatch(/.{16,}/);
    alice.close();

    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    if (child.pid !== undefined) await assertGroupGone(child.pid, 'npm start');
  },
);

/** What is committed, in a folder of its own, beside which nothing of this checkout is found. */
async function freshClone(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-clone-'));
  endings.push(() => rm(folder, { recursive: true, force: true }));
  const clone = join(folder, 'parley');
  await execute('git', ['clone', '--quiet', '--no-local', '--depth', '1', `file://${repository}`, clone]);
  await bringPackages(clone);
  return clone;
}

/**
 * There is no network here from which npm could install: the clone gets the packages of this checkout, which the
 * command finds to be those of the lock file. Their workspaces are links to the clone's own.
 */
async function bringPackages(clone: string): Promise<void> {
  const workspaces = ['packages', 'apps'].map(async (folder) =>
    (await readdir(join(repository, folder))).map((name) => join(folder, name)),
  );
  for (const folder of ['', ...(await Promise.all(workspaces)).flat()]) {
    const packages = join(repository, folder, 'node_modules');
    if (!existsSync(packages) || !existsSync(join(clone, folder))) continue;
    const target = join(clone, folder, 'node_modules');
    // As links where that can be done, which takes a second.
    await execute('cp', ['-al', packages, target]).catch(async () => {
      await rm(target, { recursive: true, force: true });
      await execute('cp', ['-a', packages, target]);
    });
  }
}

function start(clone: string): { child: ChildProcess; output: Recorder<string> } {
  const child = spawn('npm', ['start', '--', '--port', '0'], {
    cwd: clone,
    env: { ...process.env, npm_config_offline: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, so that what it leaves behind can be found.
    detached: true,
  });
  const output = createRecorder<string>((line) => line);
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', output.record);
  }
  endings.push(async () => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    process.kill(-child.pid, 'SIGKILL');
    await once(child, 'exit');
  });
  return { child, output };
}
