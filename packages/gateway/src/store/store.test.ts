import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Libsql from 'libsql';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openStore } from './open-store.ts';
import { type PostgresqlServer, startPostgresqlServer } from './postgresql-server.fixture.ts';
import { type CallReport, type Credential, DuplicateError, type Store } from './store.ts';

// Real databases and sockets take their time on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const secrets = { passwordHash: 'slow', sealedHa1: 'sealed' };
const firstPage = { number: 1, size: 10 };

function credential(sipUsername: string, parts: Partial<Credential> = {}): Credential {
  return {
    id: `id-of-${sipUsername}`,
    name: sipUsername,
    tag: null,
    connectionId: null,
    sipUsername,
    displayName: 'Alice',
    callerNumbers: ['+15550100', "+1555'0101"],
    generateRingback: true,
    maxCalls: null,
    createdAt: 1_763_800_000_000,
    updatedAt: 1_763_800_000_000,
    expiresAt: null,
    ...parts,
  };
}

function report(id: string, parts: Partial<CallReport> = {}): CallReport {
  return {
    id,
    callReportId: 'report-1',
    callId: 'call-1',
    voiceSdkId: 'n1-1',
    credentialId: 'id-of-alice',
    segment: null,
    receivedAt: 1_763_800_000_000,
    body: `{"logs":["${id} \\u0000 ü 𝄞"]}`,
    ...parts,
  };
}

let postgresql: PostgresqlServer;
let data: string;

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'parley-store-'));
  postgresql = await startPostgresqlServer();
}, 30_000);

afterAll(async () => {
  await postgresql.stop();
  await rm(data, { recursive: true });
});

describe.each(['SQLite', 'PostgreSQL'] as const)('the store on %s', (engine) => {
  let folders = 0;
  const stores: Store[] = [];
  const freshSettings = async () => ({
    data: join(data, `${engine}-${String((folders += 1))}`),
    databaseUrl: engine === 'SQLite' ? null : await postgresql.newDatabase(),
  });
  const open = async (settings?: { data: string; databaseUrl: string | null }) => {
    const store = await openStore(settings ?? (await freshSettings()));
    stores.push(store);
    return store;
  };

  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()));
  });

  it('opened a second time, has what was stored', async () => {
    const settings = await freshSettings();
    const first = await open(settings);
    await first.credentials.insert(credential('alice'), secrets);
    const second = await open(settings);
    expect(await second.credentials.findByUsername('alice')).toEqual(credential('alice'));
  });

  it('answering, passes its check; closed, fails it', async () => {
    const store = await openStore(await freshSettings());
    await expect(store.check()).resolves.toBeUndefined();
    await store.close();
    await expect(store.check()).rejects.toThrow();
  });

  it('a credential, is found by id and by user name as it was given', async () => {
    const { credentials } = await open();
    const given = credential('alice', {
      tag: 'sales',
      connectionId: '1',
      maxCalls: 3,
      expiresAt: 1_800_000_000_000,
    });
    await credentials.insert(given, secrets);
    expect(await credentials.find(given.id)).toEqual(given);
    expect(await credentials.findByUsername('alice')).toEqual(given);
    expect(await credentials.findSecrets(given.id)).toEqual(secrets);
  });

  it('a credential that does not exist, is not found', async () => {
    const { credentials } = await open();
    await credentials.insert(credential('alice'), secrets);
    expect(await credentials.find('id-of-bob')).toBeUndefined();
    expect(await credentials.findByUsername('Alice')).toBeUndefined();
    expect(await credentials.findByUsername("' or ''='")).toBeUndefined();
    expect(await credentials.findSecrets('id-of-bob')).toBeUndefined();
    expect(await credentials.update('id-of-bob', { name: 'Bob' }, 1)).toBeUndefined();
    expect(await credentials.delete('id-of-bob', 1)).toBeUndefined();
  });

  it('a second credential of one user name, is refused', async () => {
    const { credentials } = await open();
    await credentials.insert(credential('alice'), secrets);
    const again = credentials.insert(credential('alice', { id: 'another' }), secrets);
    await expect(again).rejects.toThrow(DuplicateError);
    expect((await credentials.list({}, firstPage)).total).toBe(1);
  });

  it('a change, touches what it names and the time of the change', async () => {
    const { credentials } = await open();
    await credentials.insert(credential('alice', { tag: 'sales', maxCalls: 3 }), secrets);
    const change = { maxCalls: null, callerNumbers: [], generateRingback: false, expiresAt: 5 };
    const expected = credential('alice', { tag: 'sales', ...change, updatedAt: 9 });
    expect(await credentials.update('id-of-alice', change, 9)).toEqual(expected);
    expect(await credentials.find('id-of-alice')).toEqual(expected);
  });

  it('a list, comes newest first, in pages, with the number of all', async () => {
    const { credentials } = await open();
    for (const [age, name] of ['d', 'a', 'c', 'b'].entries()) {
      await credentials.insert(
        credential(name, { createdAt: age, tag: name < 'c' ? 'early' : null }),
        secrets,
      );
    }
    const names = async (...args: Parameters<typeof credentials.list>) => {
      const { items, total } = await credentials.list(...args);
      return { names: items.map((item) => item.sipUsername).join(''), total };
    };
    expect(await names({}, { number: 1, size: 3 })).toEqual({ names: 'bca', total: 4 });
    expect(await names({}, { number: 2, size: 3 })).toEqual({ names: 'd', total: 4 });
    expect(await names({}, { number: 3, size: 3 })).toEqual({ names: '', total: 4 });
    expect(await names({ tag: 'early' }, firstPage)).toEqual({ names: 'ba', total: 2 });
    expect(await names({ sipUsername: 'c', name: 'c' }, firstPage)).toEqual({ names: 'c', total: 1 });
    expect(await names({ name: 'nobody' }, firstPage)).toEqual({ names: '', total: 0 });
  });

  it('a deleted credential, is gone, revoked, and its name is free', async () => {
    const { credentials, revocations } = await open();
    await credentials.insert(credential('alice'), secrets);
    expect(await credentials.delete('id-of-alice', 7)).toEqual(credential('alice'));
    expect(await credentials.find('id-of-alice')).toBeUndefined();
    expect(await revocations.since(7)).toEqual([
      { kind: 'credential', subject: 'id-of-alice', revokedAt: 7 },
    ]);
    await credentials.insert(credential('alice', { id: 'another' }), secrets);
  });

  it('a revoked token, is known as revoked, however often it is revoked', async () => {
    const { revocations } = await open();
    await revocations.revokeToken('t1', 100);
    await revocations.revokeToken('t1', 200);
    expect(await revocations.isTokenRevoked('t1')).toBe(true);
    expect(await revocations.isTokenRevoked('t2')).toBe(false);
    expect(await revocations.since(101)).toEqual([]);
    expect(await revocations.prune(100)).toBe(0);
    expect(await revocations.prune(101)).toBe(1);
    expect(await revocations.isTokenRevoked('t1')).toBe(false);
  });

  it('an API key, is found by its hash alone until it is deleted', async () => {
    const { apiKeys } = await open();
    const key = { id: 'k1', name: 'Website', hint: 'KEYab', createdAt: 1 };
    await apiKeys.insert(key, 'hash-1');
    expect(await apiKeys.findByHash('hash-1')).toEqual(key);
    expect(await apiKeys.findByHash('hash-2')).toBeUndefined();
    expect(await apiKeys.list()).toEqual([key]);
    expect(await apiKeys.delete('k1')).toBe(true);
    expect(await apiKeys.delete('k1')).toBe(false);
    expect(await apiKeys.findByHash('hash-1')).toBeUndefined();
  });

  it('signing keys, are listed newest first', async () => {
    const { signingKeys } = await open();
    const key = (kid: string, createdAt: number) => ({
      kid,
      publicJwk: '{}',
      sealedPrivateJwk: 'x',
      createdAt,
    });
    await signingKeys.insert(key('a', 1));
    await signingKeys.insert(key('b', 2));
    expect(await signingKeys.list()).toEqual([key('b', 2), key('a', 1)]);
  });

  it('reports of a call, are kept in the order of their arrival', async () => {
    const { callReports } = await open();
    const first = report('z', { segment: 0 });
    const second = report('a', { segment: 1, voiceSdkId: null });
    await callReports.insert(first);
    await callReports.insert(second);
    await callReports.insert(report('b', { callId: 'call-2' }));
    expect(await callReports.ofCall('report-1', 'call-1')).toEqual([first, second]);
    expect(await callReports.sizeOfCall('report-1', 'call-1')).toMatchObject({ segments: 2 });
    expect(await callReports.sizeOfCall('report-2', 'call-1')).toMatchObject({ segments: 0 });
  });

  it('a report that was told before, is stored once for each leg', async () => {
    const { callReports } = await open();
    const body = '{"segment":1}';
    expect(await callReports.insert(report('a', { body }))).toBe(true);
    expect(
      await Promise.all([
        callReports.insert(report('b', { body })),
        callReports.insert(report('c')),
        callReports.insert(report('d', { body, callId: 'call-2' })),
      ]),
    ).toEqual([false, true, true]);
    expect((await callReports.ofCall('report-1', 'call-1')).map(({ id }) => id)).toEqual(['a', 'c']);
  });

  it('reports that arrive together, are all stored', async () => {
    const { callReports } = await open();
    await Promise.all(Array.from({ length: 200 }, (_, index) => callReports.insert(report(String(index)))));
    expect(await callReports.sizeOfCall('report-1', 'call-1')).toMatchObject({ segments: 200 });
  });

  it('a report that cannot be stored, is told so, and later ones are stored', async () => {
    const { callReports } = await open();
    await callReports.insert(report('a'));
    await expect(callReports.insert(report('a', { body: '{}' }))).rejects.toThrow();
    await callReports.insert(report('b'));
    expect(await callReports.sizeOfCall('report-1', 'call-1')).toMatchObject({ segments: 2 });
  });

  it('old reports, are forgotten', async () => {
    const { callReports } = await open();
    await callReports.insert(report('a', { receivedAt: 1 }));
    await callReports.insert(report('b', { receivedAt: 2 }));
    expect(await callReports.prune(2)).toBe(1);
    expect(await callReports.sizeOfCall('report-1', 'call-1')).toMatchObject({ segments: 1 });
  });
});

describe('the store on SQLite', () => {
  it('made by a newer gateway, is refused', async () => {
    const folder = join(data, 'newer');
    await (await openStore({ data: folder, databaseUrl: null })).close();
    const database = new Libsql(join(folder, 'parley.sqlite'));
    database.exec("insert into kysely_migration values ('9999-of-the-future', '2099-01-01')");
    database.close();
    await expect(openStore({ data: folder, databaseUrl: null })).rejects.toThrow(/9999-of-the-future/);
  });

  it('its file, is readable by nobody else', async () => {
    const folder = join(data, 'private');
    const store = await openStore({ data: folder, databaseUrl: null });
    await store.credentials.insert(credential('alice'), secrets);
    expect((await stat(join(folder, 'parley.sqlite'))).mode & 0o077).toBe(0);
    expect((await stat(join(folder, 'parley.sqlite-wal'))).mode & 0o077).toBe(0);
    await store.close();
  });

  it('another process, writes while it is open', async () => {
    const folder = join(data, 'shared');
    const store = await openStore({ data: folder, databaseUrl: null });
    const script = `
      import Database from 'libsql';
      const database = new Database(${JSON.stringify(join(folder, 'parley.sqlite'))});
      database.exec("insert into api_keys values ('k1', 'other', 'KEY', 'hash', 1)");`;
    await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      cwd: import.meta.dirname,
    });
    await store.apiKeys.insert({ id: 'k2', name: 'own', hint: 'KEY', createdAt: 2 }, 'hash-2');
    expect((await store.apiKeys.list()).map((key) => key.id)).toEqual(['k1', 'k2']);
    await store.close();
  });
});

describe('the store on PostgreSQL', () => {
  it('a server that is not there, is told within seconds', async () => {
    const settings = { data: join(data, 'none'), databaseUrl: 'postgresql://parley@127.0.0.1:1/parley' };
    await expect(openStore(settings)).rejects.toThrow(/ECONNREFUSED/);
  });
});
