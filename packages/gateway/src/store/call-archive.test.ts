import { causes } from '@parley/protocol';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../config/temporary-folder.fixture.ts';
import { archivedCall } from '../reports/archived-call.fixture.ts';
import { openStore } from './open-store.ts';
import { type PostgresqlServer, startPostgresqlServer } from './postgresql-server.fixture.ts';
import type { Store } from './store.ts';

// Real databases take their time on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const firstPage = { number: 1, size: 10 };

let postgresql: PostgresqlServer;
const stores: Store[] = [];
beforeAll(async () => {
  postgresql = await startPostgresqlServer();
});
afterAll(async () => {
  await Promise.all(stores.map((store) => store.close()));
  await postgresql.stop();
});

describe.each(['SQLite', 'PostgreSQL'] as const)('the archive of calls on %s', (engine) => {
  const open = async (): Promise<Store> => {
    const databaseUrl = engine === 'SQLite' ? null : await postgresql.newDatabase();
    const store = await openStore({ data: await temporaryFolder(), databaseUrl });
    stores.push(store);
    return store;
  };
  const report = (id: string, callId: string) => ({
    id,
    callReportId: 'report-1',
    callId,
    voiceSdkId: null,
    credentialId: 'id-of-alice',
    segment: null,
    receivedAt: 1,
    body: '{}',
  });

  it('has a call as it was written, with its legs, and with its chunks in their order', async () => {
    const { callArchive: archive } = await open();
    const started = archivedCall('a', 1000);
    const [alice, bob] = ['alice a', 'bob a'];
    await archive.write([
      started,
      { type: 'chunk', chunk: { leg: alice, kind: 'events', body: '{"a":1}' } },
      { type: 'chunk', chunk: { leg: bob, kind: 'media', body: '{"ü\\u0000":2}' } },
      { type: 'chunk', chunk: { leg: 'nobody', kind: 'events', body: '{}' } },
      { type: 'answered', call: 'id of a', at: 2000 },
      { type: 'clock', leg: alice, offsetMs: -1.5 },
      { type: 'legEnded', leg: alice, at: 3000, cause: causes.normalClearing },
      { type: 'ended', call: 'id of a', at: 3001, cause: causes.normalClearing },
    ]);
    // A commit whose answer was lost is written again.
    await archive.write([started]);
    expect(await archive.find('id of a')).toEqual({
      ...started.call,
      answeredAt: 2000,
      endedAt: 3001,
      cause: 'NORMAL_CLEARING',
      causeCode: 16,
    });
    expect(await archive.legsOf('id of a')).toEqual([
      {
        ...started.legs[0],
        endedAt: 3000,
        cause: 'NORMAL_CLEARING',
        causeCode: 16,
        clockOffsetMs: -1.5,
      },
      started.legs[1],
    ]);
    expect(await archive.chunksOf('id of a')).toEqual([
      { leg: alice, kind: 'events', body: '{"a":1}' },
      { leg: bob, kind: 'media', body: '{"ü\\u0000":2}' },
    ]);
    expect(await archive.findLeg('report-1', 'a')).toMatchObject({ id: alice, call: 'id of a' });
    expect(await archive.findLeg('report-1', 'b')).toBeUndefined();
    expect(await archive.find('a')).toBeUndefined();
  });

  it('lists calls newest first, and finds them by everything that a list is searched by', async () => {
    const { callArchive: archive } = await open();
    await archive.write([
      archivedCall('a', 1000, { cause: 'USER_BUSY', callerNumber: '+1 55%_!' }),
      archivedCall('b', 2000, { destination: 'Carol' }),
    ]);
    await archive.rate('id of b', { seconds: 2, sum: 7, worst: { at: 5, mos: 3 } });
    const found = async (filter: Parameters<typeof archive.list>[0]) =>
      (await archive.list(filter, firstPage)).items.map(({ id }) => id.at(-1)).join('');
    expect(await found({})).toBe('ba');
    expect((await archive.list({}, { number: 2, size: 1 })).items).toHaveLength(1);
    expect((await archive.list({}, { number: 2, size: 1 })).total).toBe(2);
    for (const [filter, calls] of [
      [{ user: 'bob' }, 'ba'],
      [{ user: 'carol' }, ''],
      [{ credentialId: 'id-of-alice' }, 'ba'],
      [{ credentialId: 'alice' }, ''],
      [{ number: 'CAROL' }, 'b'],
      [{ number: '%_!' }, 'a'],
      [{ number: '%' }, 'a'],
      [{ callId: 'bobs a' }, 'a'],
      [{ callId: 'id of b' }, 'b'],
      [{ from: 2000 }, 'b'],
      [{ to: 2000 }, 'a'],
      [{ cause: 'USER_BUSY' }, 'a'],
      [{ minMos: 3.5 }, 'b'],
      [{ minMos: 3.6 }, ''],
      [{ maxMos: 4 }, 'b'],
    ] as const)
      expect([filter, await found(filter)]).toEqual([filter, calls]);
  });

  it('takes ratings of parts together, and keeps the worst', async () => {
    const { callArchive: archive } = await open();
    await archive.write([archivedCall('a', 1000)]);
    const rate = (seconds: number, sum: number, at: number, mos: number) =>
      archive.rate('id of a', { seconds, sum, worst: { at, mos } });
    expect(await rate(2, 8, 10, 3.5)).toMatchObject({ mos: 4, worst: { at: 10, mos: 3.5 } });
    expect(await rate(1, 2.5, 20, 2.5)).toMatchObject({ mos: 3.5, worst: { at: 20, mos: 2.5 } });
    expect(await rate(1, 4, 30, 4)).toMatchObject({ worst: { at: 20 } });
    expect(await archive.rate('nobody', { seconds: 1, sum: 1, worst: { at: 1, mos: 1 } })).toBeUndefined();
  });

  it('deletes a call, those of a user that are over, and those that are too old, with their reports', async () => {
    const { callArchive: archive, callReports } = await open();
    const over = { endedAt: 5000 };
    await archive.write([
      archivedCall('a', 1000, over),
      archivedCall('b', 2000, over),
      archivedCall('c', 3000),
      archivedCall('d', 4000, over),
    ]);
    for (const call of ['a', 'b', 'c', 'd']) await callReports.insert(report(`of ${call}`, call));
    const reports = async () => {
      const left = await Promise.all(
        ['a', 'b', 'c', 'd'].map((call) => callReports.ofCall('report-1', call)),
      );
      return left.flat().map(({ callId }) => callId);
    };
    expect([await archive.delete('id of a'), await archive.delete('id of a')]).toEqual([true, false]);
    expect(await reports()).toEqual(['b', 'c', 'd']);
    expect(await archive.legsOf('id of a')).toEqual([]);
    expect(await archive.prune(3000)).toBe(1);
    expect(await reports()).toEqual(['c', 'd']);
    expect(await archive.deleteOf('id-of-nobody')).toEqual([]);
    expect(await archive.deleteOf('id-of-bob')).toEqual(['id of d']);
    expect(await reports()).toEqual(['c']);
  });

  it('ends the calls of a node that nobody goes on with', async () => {
    const { callArchive: archive } = await open();
    await archive.write([
      archivedCall('a', 1000),
      archivedCall('b', 1000),
      archivedCall('c', 1000, { nodeId: 'n2' }),
      archivedCall('d', 1000, { endedAt: 1500, cause: 'USER_BUSY' }),
    ]);
    await archive.endOthers('n1', ['id of b'], 9000, causes.temporaryFailure);
    const { items } = await archive.list({}, firstPage);
    expect(items.map(({ id, endedAt, cause }) => [id.at(-1), endedAt, cause]).sort()).toEqual([
      ['a', 9000, 'NORMAL_TEMPORARY_FAILURE'],
      ['b', null, null],
      ['c', null, null],
      ['d', 1500, 'USER_BUSY'],
    ]);
    expect((await archive.legsOf('id of a')).map(({ endedAt }) => endedAt)).toEqual([9000, 9000]);
  });
});
