import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../config/temporary-folder.fixture.ts';
import { backUp, restore } from './backup.ts';
import { openDataKey } from './data-key.ts';
import { openStore } from './open-store.ts';

// Real databases and sockets take their time on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

async function gatewayData(): Promise<{ data: string; sealed: string }> {
  const data = join(await temporaryFolder(), 'data');
  const store = await openStore({ data, databaseUrl: null });
  await store.apiKeys.insert({ id: 'k1', name: 'first', hint: 'KEY', createdAt: 1 }, 'hash-1');
  await store.close();
  return { data, sealed: (await openDataKey(data)).seal('secret', 'p') };
}

async function keysIn(data: string): Promise<string[]> {
  const store = await openStore({ data, databaseUrl: null });
  const keys = await store.apiKeys.list();
  await store.close();
  return keys.map(({ id }) => id);
}

describe('a back-up', () => {
  it('restored, has the database and opens what was sealed', async () => {
    const { data, sealed } = await gatewayData();
    const folder = await temporaryFolder();
    await backUp(data, join(folder, 'backup'));
    await restore(join(folder, 'backup'), join(folder, 'data'));
    expect(await keysIn(join(folder, 'data'))).toEqual(['k1']);
    expect((await openDataKey(join(folder, 'data'))).open(sealed, 'p')).toBe('secret');
  });

  it('made while the gateway writes, has everything that was written before it', async () => {
    const { data } = await gatewayData();
    const store = await openStore({ data, databaseUrl: null });
    await store.apiKeys.insert({ id: 'k2', name: 'second', hint: 'KEY', createdAt: 2 }, 'hash-2');
    const folder = await temporaryFolder();
    const backedUp = backUp(data, join(folder, 'backup'));
    await store.apiKeys.insert({ id: 'k3', name: 'third', hint: 'KEY', createdAt: 3 }, 'hash-3');
    await backedUp;
    await store.close();
    await restore(join(folder, 'backup'), join(folder, 'data'));
    expect(await keysIn(join(folder, 'data'))).toEqual(expect.arrayContaining(['k1', 'k2']));
    expect(await keysIn(data)).toEqual(['k1', 'k2', 'k3']);
  });

  it('is one file, that only its owner reads', async () => {
    const { data } = await gatewayData();
    const folder = await temporaryFolder();
    await backUp(data, join(folder, 'backup'));
    expect(await readdir(folder)).toEqual(['backup']);
    expect((await stat(join(folder, 'backup'))).mode & 0o777).toBe(0o600);
  });

  it('restored, leaves a data folder that only its owner reads, with two files', async () => {
    const { data } = await gatewayData();
    const folder = await temporaryFolder();
    await backUp(data, join(folder, 'backup'));
    await restore(join(folder, 'backup'), join(folder, 'data'));
    expect((await readdir(join(folder, 'data'))).sort()).toEqual(['data.key', 'parley.sqlite']);
    for (const name of ['data.key', 'parley.sqlite']) {
      expect((await stat(join(folder, 'data', name))).mode & 0o777).toBe(0o600);
    }
  });

  it('in the place of another file, is refused and leaves that one', async () => {
    const { data } = await gatewayData();
    const file = join(await temporaryFolder(), 'backup');
    await writeFile(file, 'precious');
    await expect(backUp(data, file)).rejects.toThrow(/EEXIST/);
    expect((await stat(file)).size).toBe(8);
  });

  it('restored over data, is refused and leaves them', async () => {
    const { data } = await gatewayData();
    const file = join(await temporaryFolder(), 'backup');
    await backUp(data, file);
    await expect(restore(file, data)).rejects.toThrow(/EEXIST/);
    expect(await keysIn(data)).toEqual(['k1']);
  });

  it('that is none, is refused and leaves nothing behind', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'backup'), 'hello');
    await expect(restore(join(folder, 'backup'), join(folder, 'data'))).rejects.toThrow();
    expect(await readdir(join(folder, 'data'))).toEqual([]);
  });
});
