import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { issueApiKey } from '../registrar/api-key.ts';
import { type HttpFixture, startHttp, startOfTest } from './http.fixture.ts';

// Real databases and sockets take their time on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp();
});
afterAll(() => http.close());
afterEach(async () => {
  const { items } = await http.store.credentials.list({}, { number: 1, size: 100 });
  for (const { id } of items) await http.store.credentials.delete(id, 0);
  http.clock.now = startOfTest;
});

const path = '/v2/telephony_credentials';
const answer = z.object({ data: z.looseObject({ id: z.string(), sip_username: z.string() }) });
const failure = z.object({ errors: z.array(z.looseObject({ code: z.string(), detail: z.string() })) });

async function create(body: object = {}) {
  const { status, body: created } = await http.ask('POST', path, body);
  expect(status).toBe(201);
  return answer.parse(created).data;
}

describe('making a credential', () => {
  it('with nothing given, makes everything up and tells the password', async () => {
    const made = await create();
    expect(made).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      record_type: 'credential',
      name: made.sip_username,
      tag: null,
      connection_id: null,
      resource_id: null,
      sip_username: expect.stringMatching(/^gen[0-9a-f]{30}$/),
      sip_password: expect.stringMatching(/^[0-9a-f]{32}$/),
      expired: false,
      created_at: '2025-11-22T08:26:40.000Z',
      updated_at: '2025-11-22T08:26:40.000Z',
      expires_at: null,
      display_name: made.sip_username,
      caller_numbers: [],
      generate_ringback: true,
      max_calls: null,
    });
  });

  it('with everything given, keeps it, and the user can log in', async () => {
    const given = {
      name: 'Sales',
      tag: 'staff',
      connection_id: '1234',
      sip_username: 'alice',
      sip_password: 'correct horse',
      display_name: 'Alice A.',
      caller_numbers: ['+15550100'],
      generate_ringback: false,
      max_calls: 2,
    };
    const made = await create({ ...given, expires_at: '2030-01-01T00:00:00' });
    expect(made).toMatchObject({
      ...given,
      expires_at: '2030-01-01T00:00:00.000Z',
      resource_id: 'connection:1234',
    });
    const found = await http.registrar.authenticator.password('alice', 'correct horse');
    expect(found?.identity).toMatchObject({ credentialId: made.id, displayName: 'Alice A.', maxCalls: 2 });
  });

  it('of a name that is taken, is refused as a duplicate', async () => {
    await create({ sip_username: 'alice' });
    const { status, body } = await http.ask('POST', path, { sip_username: 'alice' });
    expect(status).toBe(409);
    expect(body).toEqual({
      errors: [
        {
          code: '10012',
          title: 'Duplicate resource',
          detail: 'A user named alice exists already.',
          source: { pointer: '/sip_username' },
        },
      ],
    });
  });

  it.each([
    [
      { sip_username: 'a b' },
      '/sip_username',
      'sip_username must be 1 to 64 letters, digits and the characters _ . + -.',
    ],
    [
      { sip_username: 'a@b' },
      '/sip_username',
      'sip_username must be 1 to 64 letters, digits and the characters _ . + -.',
    ],
    [
      { sip_username: '' },
      '/sip_username',
      'sip_username must be 1 to 64 letters, digits and the characters _ . + -.',
    ],
    [{ sip_username: 'Echo' }, '/sip_username', 'sip_username is reserved for the gateway.'],
    [{ sip_password: 'short' }, '/sip_password', 'sip_password must be 8 to 128 characters.'],
    [{ name: 'a\r\nb' }, '/name', 'name must be 1 to 256 characters without control characters.'],
    [
      { display_name: 7 },
      '/display_name',
      'display_name must be 1 to 128 characters without control characters.',
    ],
    [
      { caller_numbers: ['+1555', 'x'] },
      '/caller_numbers/1',
      'caller_numbers.1 must be a phone number such as +15550100.',
    ],
    [
      { caller_numbers: '+1555' },
      '/caller_numbers',
      'caller_numbers must be a list of at most 100 phone numbers.',
    ],
    [{ generate_ringback: 'yes' }, '/generate_ringback', 'generate_ringback must be true or false.'],
    [{ max_calls: 0 }, '/max_calls', 'max_calls must be a whole number from 1 to 1000, or null.'],
    [
      { expires_at: 'tomorrow' },
      '/expires_at',
      'expires_at must be a time in ISO 8601 such as 2030-01-31T12:00:00Z.',
    ],
    [
      { expires_at: '2030-13-01T00:00:00Z' },
      '/expires_at',
      'expires_at must be a time in ISO 8601 such as 2030-01-31T12:00:00Z.',
    ],
    [{ expires_at: '2020-01-01T00:00:00Z' }, '/expires_at', 'expires_at must be in the future.'],
    [{ colour: 'red' }, '/colour', 'colour is not known.'],
    [[], '', 'The body must be a JSON object.'],
    ['null', '', 'The body must be a JSON object.'],
  ])('of %j, is refused and names what is wrong', async (body, pointer, detail) => {
    const { status, body: refusal } = await http.ask('POST', path, body);
    expect(status).toBe(400);
    expect(refusal).toEqual({
      errors: [{ code: '10015', title: 'Bad Request', detail, source: { pointer } }],
    });
    expect((await http.store.credentials.list({}, { number: 1, size: 1 })).total).toBe(0);
  });

  it('of several mistakes, names each', async () => {
    const { body } = await http.ask('POST', path, { max_calls: 'x', tag: '', a: 1, b: 2 });
    expect(failure.parse(body).errors).toHaveLength(4);
  });

  it.each([
    ['{', 'The body is not valid JSON.'],
    ['', 'The body is empty.'],
    ['{"__proto__":{"a":1}}', 'The body is not valid JSON.'],
  ])('of the text %j, is refused', async (text, detail) => {
    const { status, body } = await http.ask('POST', path, text);
    expect(status).toBe(400);
    expect(failure.parse(body).errors[0]?.detail).toBe(detail);
  });

  it('of a body of another type, is refused', async () => {
    const headers = { authorization: `Bearer ${http.apiKey}`, 'content-type': 'text/xml' };
    const response = await fetch(http.url + path, { method: 'POST', headers, body: '<a/>' });
    expect(response.status).toBe(415);
    expect(failure.parse(await response.json()).errors[0]?.code).toBe('10014');
  });

  it('of a body that is too large, is refused', async () => {
    const { status } = await http.ask('POST', path, { name: 'x'.repeat(70_000) });
    expect(status).toBe(413);
  });
});

describe('reading credentials', () => {
  it('one, tells all but the password', async () => {
    const { sip_password: password, ...made } = await create({ sip_username: 'alice' });
    expect(password).toBeDefined();
    expect(await http.ask('GET', `${path}/${made.id}`)).toEqual({ status: 200, body: { data: made } });
  });

  it('one that is not there, is not found', async () => {
    for (const method of ['GET', 'DELETE', 'PATCH']) {
      const { status, body } = await http.ask(method, `${path}/nobody`, method === 'PATCH' ? {} : undefined);
      expect(status).toBe(404);
      expect(failure.parse(body).errors[0]).toMatchObject({
        code: '10005',
        detail: 'There is no telephony credential nobody.',
      });
    }
    expect((await http.ask('POST', `${path}/nobody/token`)).status).toBe(404);
  });

  it('a list, comes in pages and can be filtered', async () => {
    for (const name of ['a', 'b', 'c']) {
      await create({ sip_username: name, tag: name === 'c' ? 'late' : 'early' });
      http.clock.now += 1;
    }
    const list = z.object({
      data: z.array(z.looseObject({ sip_username: z.string() })),
      meta: z.object({}).loose(),
    });
    const read = async (query: string) => {
      const { data, meta } = list.parse((await http.ask('GET', `${path}?${query}`)).body);
      return { names: data.map((item) => item.sip_username), meta };
    };
    expect(await read('page[number]=2&page[size]=2')).toEqual({
      names: ['a'],
      meta: { page_number: 2, page_size: 2, total_pages: 2, total_results: 3 },
    });
    expect(await read('')).toMatchObject({ names: ['c', 'b', 'a'], meta: { page_size: 20, total_pages: 1 } });
    expect((await read('filter[tag]=early')).names).toEqual(['b', 'a']);
    expect((await read('filter%5Bsip_username%5D=b')).names).toEqual(['b']);
  });

  it.each([
    'page[size]=0',
    'page[size]=251',
    'page[number]=x',
    'page[number]=1&page[number]=2',
    'order=name',
  ])('a list of %s, is refused', async (query) => {
    const { status, body } = await http.ask('GET', `${path}?${query}`);
    expect(status).toBe(400);
    expect(failure.parse(body).errors[0]?.['source']).toEqual({ parameter: query.split('=')[0] });
  });
});

describe('changing a credential', () => {
  it('changes what is given and nothing else', async () => {
    const { id } = await create({ sip_username: 'alice', tag: 'a', max_calls: 3 });
    const { data: made } = answer.parse((await http.ask('GET', `${path}/${id}`)).body);
    http.clock.now += 1000;
    const { status, body } = await http.ask('PATCH', `${path}/${id}`, {
      max_calls: null,
      display_name: 'A',
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      data: { ...made, max_calls: null, display_name: 'A', updated_at: '2025-11-22T08:26:41.000Z' },
    });
  });

  it.each(['sip_username', 'sip_password', 'id'])('of its %s, is refused', async (member) => {
    const { id } = await create();
    const { status } = await http.ask('PATCH', `${path}/${id}`, { [member]: 'something' });
    expect(status).toBe(400);
  });

  it('that has expired, is refused', async () => {
    const { id } = await create({ expires_at: '2025-11-23T00:00:00Z' });
    http.clock.now += 86_400_000;
    const { status } = await http.ask('PATCH', `${path}/${id}`, { expires_at: '2030-01-01T00:00:00Z' });
    expect(status).toBe(422);
    expect((await http.ask('GET', `${path}/${id}`)).body).toMatchObject({ data: { expired: true } });
    expect((await http.ask('POST', `${path}/${id}/token`)).status).toBe(422);
  });
});

describe('a login token', () => {
  it('is given as plain text and opens the credential', async () => {
    const { id } = await create({ sip_username: 'alice' });
    const response = await fetch(`${http.url}${path}/${id}/token`, {
      method: 'POST',
      headers: { authorization: `Bearer ${http.apiKey}` },
    });
    expect(response.status).toBe(201);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    const found = await http.registrar.authenticator.token(await response.text());
    expect(found?.identity.sipUsername).toBe('alice');
  });

  it('revoked, or of a deleted credential, opens nothing', async () => {
    const { id } = await create();
    const tokenOf = async () => String((await http.ask('POST', `${path}/${id}/token`)).body);
    const [first, second] = [await tokenOf(), await tokenOf()];
    const jti = (await http.registrar.tokens.verify(first))?.jti ?? '';
    expect((await http.ask('DELETE', `${path}/${id}/tokens/${jti}`)).status).toBe(204);
    expect(await http.registrar.authenticator.token(first)).toBeNull();
    expect(await http.registrar.authenticator.token(second)).not.toBeNull();
    expect((await http.ask('DELETE', `${path}/${id}`)).status).toBe(200);
    expect(await http.registrar.authenticator.token(second)).toBeNull();
    expect((await http.ask('GET', `${path}/${id}`)).status).toBe(404);
  });
});

describe('an API key', () => {
  it.each([
    ['missing', undefined],
    ['empty', 'Bearer '],
    ['wrong', 'Bearer KEYwrong'],
    ['of another scheme', 'Basic KEYwrong'],
    ['with something behind it', 'Bearer KEYwrong x'],
  ])('%s, opens nothing', async (_, authorization) => {
    for (const [method, where] of [
      ['GET', path],
      ['POST', path],
      ['GET', `${path}/x`],
      ['POST', `${path}/x/token`],
      ['DELETE', `${path}/x`],
    ] as const) {
      const response = await fetch(http.url + where, {
        method,
        headers: authorization === undefined ? {} : { authorization },
      });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      expect(failure.parse(await response.json()).errors[0]?.code).toBe('10009');
    }
  });

  it('revoked, opens nothing from then on', async () => {
    const { key, secret } = await issueApiKey(http.store.apiKeys, 'second', 0);
    const status = async () =>
      (await fetch(http.url + path, { headers: { authorization: `Bearer ${secret}` } })).status;
    expect(await status()).toBe(200);
    await http.store.apiKeys.delete(key.id);
    expect(await status()).toBe(401);
  });
});

describe('a failure inside', () => {
  it('is told to the log and not to the client', async () => {
    const failing = await startHttp();
    await failing.store.close();
    const { status, body } = await failing.ask('GET', path);
    expect(status).toBe(500);
    expect(failure.parse(body).errors[0]).toMatchObject({ code: '10007', title: 'Unexpected error' });
    expect(JSON.stringify(body)).not.toMatch(/sql|database|driver/i);
    expect(failing.logged.some((line) => line.includes('a request failed'))).toBe(true);
    expect(failing.logged.join('')).not.toContain(failing.apiKey);
    await failing.close();
  });
});
