import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { oggOpusOf, sine, wavOf } from '../media/clips/sound-files.fixture.ts';
import { type HttpFixture, startHttp } from './http.fixture.ts';

// Real databases and sockets take their time on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp();
});
afterAll(() => http.close());

const path = '/v2/ai/assistants';
const answer = z.looseObject({ id: z.string(), version_id: z.string() });
const failure = z.object({
  errors: z.array(z.looseObject({ detail: z.string(), source: z.looseObject({}).optional() })),
});

async function create(body: object = {}) {
  const made = await http.ask('POST', path, { name: 'Receptionist', ...body });
  expect(made.status).toBe(201);
  return answer.parse(made.body);
}

async function change(id: string, body: object, method = 'PATCH') {
  const { status, body: changed } = await http.ask(method, `${path}/${id}`, body);
  expect(status).toBe(200);
  return answer.parse(changed);
}

const detailsOf = (body: unknown) => failure.parse(body).errors.map(({ detail }) => detail);
const versionsOf = async (id: string) => {
  const { body } = await http.ask('GET', `${path}/${id}/versions`);
  return z.object({ data: z.array(answer) }).parse(body).data;
};

describe('making an assistant', () => {
  it('with a name alone, makes up the rest', async () => {
    const made = await create();
    expect(made).toEqual({
      id: expect.stringMatching(/^assistant-[0-9a-f-]{36}$/) as string,
      name: 'Receptionist',
      model: null,
      instructions: null,
      greeting: null,
      greeting_audio_ms: null,
      engine: 'echo',
      engine_settings: {},
      version_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      version_created_at: '2025-11-22T08:26:40.000Z',
      is_main_version: true,
      created_at: '2025-11-22T08:26:40.000Z',
    });
    expect(await http.ask('GET', `${path}/${made.id}`)).toEqual({ status: 200, body: made });
  });

  it.each([
    ['WAV', wavOf(sine(600, 1))],
    ['Ogg Opus', oggOpusOf(sine(600, 1))],
  ])('with everything given, and a greeting in %s, keeps it', async (kind, file) => {
    const given = {
      id: `reception-${kind.slice(0, 3)}`,
      version_id: 'v1',
      model: 'm-1',
      instructions: 'Be kind.',
      greeting: 'Hello!',
      engine: 'echo',
      engine_settings: { a: { b: [1, null] } },
    };
    const made = await create({ ...given, greeting_audio: file.toString('base64') });
    expect(made).toMatchObject({ ...given, greeting_audio_ms: 1000 });
    expect((await http.ask('POST', path, { name: 'x', id: given.id })).status).toBe(409);
  });

  it.each([
    [{}, 'name must be 1 to 256 characters without control characters.'],
    [{ name: 'a\nb' }, 'name must be 1 to 256 characters without control characters.'],
    [{ id: 'a/b' }, 'id must be 1 to 64 letters, digits and the characters _ . -.'],
    [{ engine: 'oracle' }, 'engine must be one of echo.'],
    [{ engine_settings: [] }, 'engine_settings must be a JSON object.'],
    [{ greeting: 5 }, 'greeting must be a text of at most 4096 characters.'],
    [{ greeting_audio: '…' }, 'greeting_audio must be a file of at most 6 MiB in base64.'],
    [{ greeting_audio: 'AAAA' }, 'greeting_audio is neither a WAV nor an Ogg Opus file.'],
    [
      { greeting_audio: wavOf(sine(60, 61, 8000), 8000).toString('base64') },
      'greeting_audio is longer than 60 seconds.',
    ],
    [{ colour: 'red' }, 'colour is not known.'],
  ])('with %j, is refused by a sentence that names it', async (given, sentence) => {
    const named = Object.keys(given).length === 0 ? {} : { name: 'x', ...given };
    const { status, body } = await http.ask('POST', path, named);
    expect(status).toBe(400);
    expect(detailsOf(body)).toEqual([sentence]);
  });

  it('without an API key, is refused', async () => {
    const { status } = await fetch(http.url + path, { method: 'POST' });
    expect(status).toBe(401);
  });
});

describe('changing an assistant', () => {
  it.each(['PATCH', 'POST'])(
    'by %s, makes a default version of it and leaves the former one',
    async (method) => {
      const made = await create({ greeting: 'Hello!', instructions: 'Be kind.' });
      const changed = await change(made.id, { greeting: 'Hi!' }, method);
      expect(changed).toMatchObject({ greeting: 'Hi!', instructions: 'Be kind.', is_main_version: true });
      expect((await versionsOf(made.id)).map(({ version_id: id }) => id).sort()).toEqual(
        [made.version_id, changed.version_id].sort(),
      );
      const former = await http.ask('GET', `${path}/${made.id}/versions/${made.version_id}`);
      expect(former.body).toMatchObject({ greeting: 'Hello!', is_main_version: false });
    },
  );

  it('without promotion, leaves the default version; promotion makes it so', async () => {
    const made = await create();
    const next = await change(made.id, { version_id: 'next', promote_to_main: false });
    expect(next).toMatchObject({ version_id: 'next', is_main_version: false });
    expect((await http.ask('GET', `${path}/${made.id}`)).body).toEqual(made);
    await http.ask('POST', `${path}/${made.id}/versions/next/promote`);
    expect((await http.ask('GET', `${path}/${made.id}`)).body).toMatchObject({ version_id: 'next' });
  });

  it('keeps the sound of its greeting until that is taken away', async () => {
    const audio = wavOf(sine(600, 0.5)).toString('base64');
    const made = await create({ greeting_audio: audio });
    expect(await change(made.id, { name: 'New' })).toMatchObject({ greeting_audio_ms: 500, name: 'New' });
    expect(await change(made.id, { greeting_audio: null })).toMatchObject({ greeting_audio_ms: null });
  });

  it('by another greeting without a sound, takes the former sound away', async () => {
    const audio = wavOf(sine(600, 0.5)).toString('base64');
    const made = await create({ greeting: 'Hello!', greeting_audio: audio });
    const both = await change(made.id, { greeting: 'Hi!', greeting_audio: audio });
    expect(both).toMatchObject({ greeting: 'Hi!', greeting_audio_ms: 500 });
    expect(await change(made.id, { greeting: 'Ahoy!' })).toMatchObject({ greeting_audio_ms: null });
  });

  it('in several ways at once, loses none of them', async () => {
    const made = await create();
    const changes = [
      { model: 'm-2' },
      { greeting_audio: wavOf(sine(600, 2)).toString('base64') },
      { instructions: 'Be brief.' },
      { engine_settings: { depth: 2 } },
    ];
    await Promise.all(changes.map((body) => change(made.id, body)));
    const { body } = await http.ask('GET', `${path}/${made.id}`);
    expect(body).toMatchObject({ ...changes[0], ...changes[2], ...changes[3], greeting_audio_ms: 2000 });
  });

  it('to a version that it has already, is refused', async () => {
    const made = await create();
    const { status, body } = await http.ask('PATCH', `${path}/${made.id}`, { version_id: made.version_id });
    expect(status).toBe(409);
    expect(detailsOf(body)[0]).toContain(made.version_id);
  });
});

describe('deleting', () => {
  it('an assistant, revokes it and leaves nothing of it', async () => {
    const made = await create();
    const { body } = await http.ask('DELETE', `${path}/${made.id}`);
    expect(body).toEqual({ id: made.id, object: 'assistant', deleted: true });
    for (const [method, at] of [
      ['GET', ''],
      ['PATCH', ''],
      ['DELETE', ''],
      ['GET', '/versions'],
    ] as const)
      expect(
        (await http.ask(method, `${path}/${made.id}${at}`, method === 'PATCH' ? {} : undefined)).status,
      ).toBe(404);
    const revoked = await http.store.revocations.since(0);
    expect(revoked.map(({ subject }) => subject)).toContain(made.id);
  });

  it('a version, is refused for the default one alone', async () => {
    const made = await create();
    await change(made.id, { version_id: 'next' });
    expect((await http.ask('DELETE', `${path}/${made.id}/versions/next`)).status).toBe(422);
    expect((await http.ask('DELETE', `${path}/${made.id}/versions/${made.version_id}`)).status).toBe(204);
    expect(await versionsOf(made.id)).toHaveLength(1);
  });
});

describe('a list of assistants', () => {
  it('comes in pages', async () => {
    await create();
    await create();
    const { body } = await http.ask('GET', `${path}?page[size]=1&page[number]=2`);
    expect(body).toMatchObject({ data: [{}], meta: { page_number: 2, page_size: 1 } });
  });
});

describe('a conversation', () => {
  const at = 1_763_800_000_000;
  const items = [
    ['call_started', { call_id: 'c', version_id: 'v1', target_params: { x: 1 } }],
    ['message', { role: 'user', content: [{ type: 'input_text', text: 'Hello' }] }],
    ['function_call', { call_id: 'f', name: 'weather', arguments: '{}' }],
    ['function_call_output', { call_id: 'f', output: '{"sun":true}' }],
    ['message', { role: 'assistant', content: [{ type: 'text', text: 'Sunny.' }] }],
    ['call_ended', { call_id: 'c', cause: 'NORMAL_CLEARING' }],
  ] as const;

  beforeAll(async () => {
    const { conversations } = http.store;
    for (const id of ['k1', 'k2'])
      await conversations.insert({
        id,
        assistantId: `of-${id}`,
        targetParams: '{"x":{"y":1}}',
        createdAt: at,
        lastItemAt: at,
      });
    for (const [index, [type, body]] of items.entries())
      await conversations.append('k1', {
        id: `i${String(index)}`,
        type,
        body: JSON.stringify(body),
        createdAt: at + index,
      });
  });

  it('is read with its parameters byte for byte', async () => {
    const { body } = await http.ask('GET', '/v2/ai/conversations/k1');
    expect(body).toEqual({
      data: {
        id: 'k1',
        name: null,
        created_at: '2025-11-22T08:26:40.000Z',
        last_message_at: '2025-11-22T08:26:40.005Z',
        metadata: { assistant_id: 'of-k1', target_params: '{"x":{"y":1}}' },
      },
    });
  });

  it('is listed, also by its assistant', async () => {
    const { body } = await http.ask('GET', '/v2/ai/conversations?filter[assistant_id]=of-k2');
    expect(body).toMatchObject({ data: [{ id: 'k2' }], meta: { total_results: 1 } });
  });

  it('has its messages in order', async () => {
    const { body } = await http.ask('GET', '/v2/ai/conversations/k1/messages');
    expect(body).toMatchObject({
      data: [
        { type: 'call_started', role: 'system', call: { call_id: 'c', target_params: { x: 1 } } },
        { type: 'message', role: 'user', text: 'Hello' },
        {
          type: 'function_call',
          role: 'assistant',
          text: null,
          tool_calls: [{ id: 'f', type: 'function', function: { name: 'weather', arguments: '{}' } }],
        },
        { type: 'function_call_output', role: 'tool', text: '{"sun":true}', tool_call_id: 'f' },
        { type: 'message', role: 'assistant', text: 'Sunny.' },
        { type: 'call_ended', role: 'system', call: { cause: 'NORMAL_CLEARING' } },
      ],
      meta: { total_results: 6 },
    });
  });

  it('is deleted, or not found', async () => {
    expect((await http.ask('DELETE', '/v2/ai/conversations/k1')).status).toBe(204);
    for (const at of ['', '/messages'])
      expect((await http.ask('GET', `/v2/ai/conversations/k1${at}`)).status).toBe(404);
    expect((await fetch(`${http.url}/v2/ai/conversations`)).status).toBe(401);
  });
});
