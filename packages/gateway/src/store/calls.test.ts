import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { causes } from '@parley/protocol';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CallChange, CallRecord, LegRecord, SessionRecord } from './call-records.ts';
import { openStore } from './open-store.ts';
import { type PostgresqlServer, startPostgresqlServer } from './postgresql-server.fixture.ts';
import type { Store } from './store.ts';

// Real databases take their time on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const session = (id: string, parts: Partial<SessionRecord> = {}): SessionRecord => ({
  id,
  voiceSdkId: `n1-${id}`,
  callReportId: `reports-of-${id}`,
  credentialId: 'alice',
  tokenId: null,
  granted: ['preAnswer', 'recovery'],
  visit: null,
  ...parts,
});

const visitor = {
  visitor: 'visitor:1',
  assistantId: 'a',
  wantedVersionId: null,
  params: { b: 1, a: [null], conversation_id: 'c' },
  versionId: 'v1',
  conversationId: 'c',
};

const leg = (id: string, parts: Partial<LegRecord> = {}): LegRecord => ({
  id,
  sessionId: 's1',
  callId: `client's ${id}`,
  callReportId: 'reports-of-s1',
  credentialId: 'alice',
  held: false,
  ...parts,
});

const call = (id: string, parts: Partial<CallRecord> = {}): CallRecord => ({
  id,
  destination: 'bob "𝄞"',
  callerName: 'Alice',
  callerNumber: '+15550100',
  establishedAt: 100,
  caller: leg(`${id}-caller`),
  callees: [leg(`${id}-callee`, { sessionId: 's2', held: true })],
  invite: null,
  end: null,
  ...parts,
});

const began = (record: CallRecord): CallChange => ({ type: 'began', call: record });

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

describe.each(['SQLite', 'PostgreSQL'] as const)('calls in the store on %s', (engine) => {
  let folders = 0;
  const stores: Store[] = [];
  const open = async () => {
    const store = await openStore({
      data: join(data, `${engine}-${String((folders += 1))}`),
      databaseUrl: engine === 'SQLite' ? null : await postgresql.newDatabase(),
    });
    stores.push(store);
    return store.callRecords;
  };
  /** A node's first process, which has written these. */
  const opened = async (...changes: CallChange[]) => {
    const records = await open();
    const { epoch } = await records.takeOver('n1', 1_000);
    await records.write({ nodeId: 'n1', epoch }, changes, 2_000);
    return records;
  };

  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()));
  });

  it('a node that starts for the first time, finds nothing', async () => {
    const records = await open();
    const expected = { epoch: 1, lastWrittenAt: null, sessions: [], calls: [] };
    expect(await records.takeOver('n1', 5)).toEqual(expected);
  });

  it('what a process wrote, is found by the next one as it was written, and when', async () => {
    const echo = call('c2', { establishedAt: 101, callees: [] });
    const sessions = [session('s1'), session('s2', { tokenId: 't2', granted: [], visit: visitor })];
    const records = await opened(
      ...sessions.map((one): CallChange => ({ type: 'session', session: one })),
      began(call('c1')),
      began(echo),
    );
    const legacy = await records.takeOver('n1', 3_000);
    expect(legacy).toEqual({ epoch: 2, lastWrittenAt: 2_000, sessions, calls: [call('c1'), echo] });
  });

  it('changes, are carried out in their order', async () => {
    const end = { cause: causes.userBusy, at: 170 };
    const records = await opened(
      { type: 'session', session: session('s1') },
      { type: 'session', session: session('s2') },
      began(call('c1')),
      { type: 'held', leg: 'c1-caller', held: true },
      { type: 'held', leg: 'c1-callee', held: false },
      began(call('c2')),
      { type: 'ended', call: 'c2', end },
      { type: 'session', session: session('s2', { tokenId: 't2' }) },
      { type: 'sessionEnded', id: 's1' },
    );
    const { sessions, calls } = await records.takeOver('n1', 3_000);
    expect(sessions).toEqual([session('s2', { tokenId: 't2' })]);
    expect(
      calls.map(({ id, caller, callees, end: ended }) => [id, caller.held, callees[0]?.held, ended]),
    ).toEqual([
      ['c1', true, false, null],
      ['c2', false, true, end],
    ]);
  });

  it('a call that rings, is found with all at whom it rings and with what they are told, and answered with one', async () => {
    const invite = { clientState: 'state', customHeaders: [{ name: 'X-Case', value: '7' }] };
    const callees = ['one', 'three', 'two'].map((id) => leg(id, { sessionId: 's2' }));
    const ringing = call('c1', { callees, invite });
    const records = await opened(began(ringing));
    expect((await records.takeOver('n1', 3_000)).calls).toEqual([ringing]);
    const writer = { nodeId: 'n1', epoch: 2 };
    await records.write(writer, [{ type: 'legEnded', leg: 'three' }], 3_000);
    const fewer = callees.filter(({ id }) => id !== 'three');
    expect((await records.takeOver('n1', 4_000)).calls).toEqual([{ ...ringing, callees: fewer }]);
    await records.write(
      { ...writer, epoch: 3 },
      [{ type: 'answered', call: 'c1', leg: 'two', at: 150 }],
      4_000,
    );
    const answered = { ...ringing, callees: [callees[2]], invite: null, establishedAt: 150 };
    expect((await records.takeOver('n1', 5_000)).calls).toEqual([answered]);
  });

  it('the same changes a second time, change nothing', async () => {
    const records = await opened(began(call('c1')));
    const again = await records.write({ nodeId: 'n1', epoch: 1 }, [began(call('c1'))], 2_000);
    expect(again).toBe(true);
    expect((await records.takeOver('n1', 3_000)).calls).toEqual([call('c1')]);
  });

  it('a change that cannot be written, takes those written with it along', async () => {
    const records = await opened();
    const mistaken = began({ ...call('c2'), establishedAt: Number.NaN });
    const changes = [began(call('c1')), mistaken];
    await expect(records.write({ nodeId: 'n1', epoch: 1 }, changes, 2_000)).rejects.toThrow();
    expect((await records.takeOver('n1', 3_000)).calls).toEqual([]);
  });

  it('a process whose node was taken over, writes no more', async () => {
    const records = await opened(began(call('c1')));
    await records.takeOver('n1', 3_000);
    const end: CallChange = { type: 'ended', call: 'c1', end: { cause: causes.normalClearing, at: 1 } };
    expect(await records.write({ nodeId: 'n1', epoch: 1 }, [end], 9_000)).toBe(false);
    const legacy = await records.takeOver('n1', 4_000);
    expect(legacy).toMatchObject({ lastWrittenAt: 3_000, calls: [{ end: null }] });
  });

  it('another node, finds nothing of them and changes nothing of them', async () => {
    const records = await opened({ type: 'session', session: session('s1') }, began(call('c1')), {
      type: 'ended',
      call: 'c1',
      end: { cause: causes.normalClearing, at: 1 },
    });
    const other = await records.takeOver('n2', 3_000);
    expect(other).toEqual({ epoch: 1, lastWrittenAt: null, sessions: [], calls: [] });
    await records.write({ nodeId: 'n2', epoch: 1 }, [{ type: 'forget', endedBefore: 9_000 }], 3_000);
    const legacy = await records.takeOver('n1', 4_000);
    expect(legacy).toMatchObject({ sessions: [{ id: 's1' }], calls: [{ id: 'c1' }] });
  });

  it('calls that ended long ago, are forgotten, and those that are up are not', async () => {
    const ended = (id: string, at: number): CallChange => ({
      type: 'ended',
      call: id,
      end: { cause: causes.normalClearing, at },
    });
    const records = await opened(
      ...['old', 'young', 'up'].map((id) => began(call(id))),
      ended('old', 49),
      ended('young', 50),
      { type: 'forget', endedBefore: 50 },
    );
    const { calls } = await records.takeOver('n1', 3_000);
    expect(calls.map(({ id }) => id).sort()).toEqual(['up', 'young']);
  });

  it('a node that wrote nothing for long, is forgotten with all that it had', async () => {
    const records = await opened({ type: 'session', session: session('s1') }, began(call('c1')));
    await records.takeOver('n2', 3_000);
    expect(await records.prune(2_000)).toBe(0);
    expect(await records.prune(2_001)).toBe(1);
    const empty = { epoch: 1, lastWrittenAt: null, sessions: [], calls: [] };
    expect(await records.takeOver('n1', 4_000)).toEqual(empty);
    expect(await records.takeOver('n2', 4_000)).toMatchObject({ epoch: 2 });
  });
});
