import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { AssistantVersion, Conversation, ConversationItem } from './assistant-records.ts';
import { openStore } from './open-store.ts';
import { type PostgresqlServer, startPostgresqlServer } from './postgresql-server.fixture.ts';
import { DuplicateError, type Store } from './store.ts';

// Real databases take their time on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const firstPage = { number: 1, size: 10 };

function version(assistantId: string, id: string, parts: Partial<AssistantVersion> = {}): AssistantVersion {
  return {
    id,
    assistantId,
    name: 'Receptionist',
    model: 'm-1',
    instructions: 'Be kind.',
    greeting: "Hello, it's me. ü 𝄞",
    greetingClip: 'AAE=',
    engine: 'echo',
    engineSettings: { depth: { x: [1, null] } },
    createdAt: 1_763_800_000_000,
    ...parts,
  };
}

function conversation(id: string, parts: Partial<Conversation> = {}): Conversation {
  const targetParams = '{"x":{"y":1}}';
  return { id, assistantId: 'a', targetParams, createdAt: 5, lastItemAt: 5, ...parts };
}

const item = (id: string, createdAt: number): ConversationItem => ({
  id,
  type: 'message',
  body: '{"text":"\\u0000 ü"}',
  createdAt,
});

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
  const open = async () => {
    const store = await openStore({
      data: join(data, `${engine}-${String((folders += 1))}`),
      databaseUrl: engine === 'SQLite' ? null : await postgresql.newDatabase(),
    });
    stores.push(store);
    return store;
  };

  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()));
  });

  it('an assistant, is found with its first version as the default one', async () => {
    const { assistants } = await open();
    await assistants.insert(version('a', 'v1'));
    expect(await assistants.find('a')).toEqual({
      assistant: { id: 'a', defaultVersionId: 'v1', createdAt: 1_763_800_000_000 },
      version: version('a', 'v1'),
    });
    expect(await assistants.find('b')).toBeUndefined();
    expect(await assistants.findVersion('a', 'v2')).toBeUndefined();
  });

  it('a second assistant of one id, is refused and leaves nothing behind', async () => {
    const { assistants } = await open();
    await assistants.insert(version('a', 'v1'));
    await expect(assistants.insert(version('a', 'v2'))).rejects.toThrow(DuplicateError);
    expect(await assistants.versions('a')).toHaveLength(1);
  });

  it('a further version, is the default one where it is meant to be', async () => {
    const { assistants } = await open();
    await assistants.insert(version('a', 'v1', { createdAt: 1 }));
    await assistants.addVersion('a', false, () => version('a', 'v2', { createdAt: 2, greeting: null }));
    expect((await assistants.find('a'))?.version.id).toBe('v1');
    await assistants.addVersion('a', true, () => version('a', 'v3', { createdAt: 3 }));
    expect((await assistants.find('a'))?.version.id).toBe('v3');
    expect((await assistants.versions('a')).map(({ id }) => id)).toEqual(['v3', 'v2', 'v1']);
    expect(await assistants.findVersion('a', 'v2')).toMatchObject({ greeting: null });
    await expect(assistants.addVersion('a', true, () => version('a', 'v2'))).rejects.toThrow(DuplicateError);
  });

  it('versions that are added at once, are each made of the one before', async () => {
    const { assistants } = await open();
    await assistants.insert(version('a', 'v', { instructions: '' }));
    const letters = ['1', '2', '3', '4', '5'];
    await Promise.all(
      letters.map((letter) =>
        assistants.addVersion('a', true, ({ instructions }) =>
          version('a', `v${letter}`, { instructions: `${String(instructions)}${letter}` }),
        ),
      ),
    );
    const last = await assistants.find('a');
    expect([...(last?.version.instructions ?? '')].sort()).toEqual(letters);
    expect(await assistants.addVersion('b', true, (basis) => basis)).toBeUndefined();
  });

  it('another default version, is one that exists', async () => {
    const { assistants } = await open();
    await assistants.insert(version('a', 'v1'));
    await assistants.insert(version('b', 'v2'));
    expect(await assistants.setDefault('a', 'v2')).toBe(false);
    await assistants.addVersion('a', false, () => version('a', 'v2'));
    expect(await assistants.setDefault('a', 'v2')).toBe(true);
    expect((await assistants.find('a'))?.assistant.defaultVersionId).toBe('v2');
  });

  it('a version, can be deleted unless it is the default one', async () => {
    const { assistants } = await open();
    await assistants.insert(version('a', 'v1'));
    await assistants.addVersion('a', false, () => version('a', 'v2'));
    expect(await assistants.deleteVersion('a', 'v1')).toBe(false);
    expect(await assistants.deleteVersion('a', 'v2')).toBe(true);
    expect((await assistants.versions('a')).map(({ id }) => id)).toEqual(['v1']);
  });

  it('assistants that are put, become what they are put as, again and again', async () => {
    const { assistants } = await open();
    await assistants.put([version('a', 'v1'), version('a', 'v2')], 'v2');
    await assistants.addVersion('a', true, () => version('a', 'v3'));
    await assistants.put([version('a', 'v1', { greeting: 'New' }), version('a', 'v2')], 'v1');
    expect((await assistants.find('a'))?.version).toMatchObject({ id: 'v1', greeting: 'New' });
    expect(await assistants.versions('a')).toHaveLength(3);
  });

  it('a list of assistants, comes newest first, in pages', async () => {
    const { assistants } = await open();
    for (const [age, id] of ['d', 'a', 'c'].entries())
      await assistants.insert(version(id, 'v1', { createdAt: age }));
    const ids = async (number: number, size: number) => {
      const { items, total } = await assistants.list({ number, size });
      return [items.map(({ assistant }) => assistant.id).join(''), total];
    };
    expect(await ids(1, 2)).toEqual(['ca', 3]);
    expect(await ids(2, 2)).toEqual(['d', 3]);
  });

  it('a deleted assistant, is gone with its versions and revoked, as often as it is', async () => {
    const { assistants, revocations } = await open();
    await assistants.insert(version('a', 'v1'));
    expect(await assistants.delete('a', 7)).toBe(true);
    expect(await assistants.delete('a', 8)).toBe(false);
    expect(await assistants.find('a')).toBeUndefined();
    await assistants.insert(version('a', 'v1'));
    expect(await assistants.delete('a', 9)).toBe(true);
    expect(await revocations.since(0)).toEqual([{ kind: 'assistant', subject: 'a', revokedAt: 9 }]);
  });

  it('a conversation, has its items in the order in which they were appended', async () => {
    const { conversations } = await open();
    await conversations.insert(conversation('c'));
    for (const [id, at] of [
      ['i1', 9],
      ['i2', 9],
      ['i0', 8],
    ] as const)
      await conversations.append('c', item(id, at));
    expect(await conversations.find('c')).toEqual(conversation('c', { lastItemAt: 8 }));
    expect(await conversations.items('c', firstPage)).toEqual({
      items: [item('i1', 9), item('i2', 9), item('i0', 8)],
      total: 3,
    });
    const second = await conversations.items('c', { number: 2, size: 2 });
    expect(second.items.map(({ id }) => id)).toEqual(['i0']);
  });

  it('a list of conversations, comes latest item first', async () => {
    const { conversations } = await open();
    for (const id of ['c1', 'c2']) await conversations.insert(conversation(id));
    await conversations.insert(conversation('c3', { assistantId: 'b', lastItemAt: 1 }));
    await conversations.append('c1', item('i', 9));
    const { items, total } = await conversations.list({}, firstPage);
    expect([items.map(({ id }) => id), total]).toEqual([['c1', 'c2', 'c3'], 3]);
    expect((await conversations.list({ assistantId: 'b' }, firstPage)).total).toBe(1);
  });

  it('a conversation, is forgotten with its items, by name or by age', async () => {
    const { conversations } = await open();
    for (const id of ['c1', 'c2', 'c3']) await conversations.insert(conversation(id));
    await conversations.append('c1', item('i1', 20));
    await conversations.append('c2', item('i2', 9));
    expect(await conversations.prune(10)).toBe(2);
    expect((await conversations.items('c2', firstPage)).total).toBe(0);
    expect((await conversations.items('c1', firstPage)).total).toBe(1);
    expect(await conversations.delete('c1')).toBe(true);
    expect(await conversations.delete('c1')).toBe(false);
    expect((await conversations.items('c1', firstPage)).total).toBe(0);
  });
});
