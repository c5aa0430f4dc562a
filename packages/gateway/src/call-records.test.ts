import type { CallFile, CallFileSummary, CallFileUpdate } from '@parley/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from './config/temporary-folder.fixture.ts';
import { createGateway, type Gateway } from './gateway.ts';
import { connectRaw } from './node/raw-client.fixture.ts';
import { CallHistory } from './reports/call-history.ts';
import { FakeMediaPlane } from './signaling.fixture.ts';

// Real databases and sockets take their time on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let data: string;
let gateway: Gateway;
let media: FakeMediaPlane;
let apiKey: string;

beforeEach(async () => {
  data = await temporaryFolder();
  media = new FakeMediaPlane();
  gateway = await createGateway(settings(), { media });
  apiKey = `Bearer ${gateway.demoApiKey ?? ''}`;
});
afterEach(() => gateway.close(false));

const settings = () =>
  ({ port: 0, data, noTurn: true, demo: true, keepCalls: true, logLevel: 'silent' }) as const;
const alicesPassword = basic('alice', 'alice');
const bobsPassword = basic('bob', 'bob');

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

async function ask(path: string, authorization = apiKey, method = 'GET'): Promise<Response> {
  return await fetch(gateway.url + path, { method, headers: { authorization } });
}

async function list(query = '', authorization = apiKey): Promise<CallFileSummary[]> {
  const response = await ask(`/v2/calls${query}`, authorization);
  expect(response.status).toBe(200);
  const { data: calls } = (await response.json()) as { data: CallFileSummary[] };
  return calls;
}

async function fileOf(id: string, authorization = apiKey): Promise<CallFile> {
  const response = await ask(`/v2/calls/${id}`, authorization);
  expect(response.status).toBe(200);
  return (await response.json()) as CallFile;
}

async function signedIn(user: 'alice' | 'bob') {
  const client = await connectRaw(gateway.url);
  await client.request('login', { login: user, passwd: user });
  return client;
}

/** Alice has called Bob, and he has answered. */
async function talking() {
  const [alice, bob] = [await signedIn('alice'), await signedIn('bob')];
  const state = await alice.request('telnyx_rtc.gatewayState');
  await alice.request('telnyx_rtc.invite', {
    sdp: 'offer of alice',
    dialogParams: { callID: 'a-1', destination_number: 'bob' },
  });
  const { callID } = await bob.told('telnyx_rtc.invite');
  await bob.request('telnyx_rtc.answer', { sdp: 'answer of bob', dialogParams: { callID } });
  await alice.told('telnyx_rtc.answer');
  const params = state.result?.['params'] as { call_report_id: string };
  return { alice, bob, bobsCallId: String(callID), callReportId: params.call_report_id };
}

async function hangUp(call: Awaited<ReturnType<typeof talking>>): Promise<void> {
  await call.alice.request('telnyx_rtc.bye', { dialogParams: { callID: 'a-1' } });
  await call.bob.told('telnyx_rtc.bye');
}

async function report(callReportId: string, body: object): Promise<number> {
  const { headers, status } = await fetch(`${gateway.url}/call_report`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-call-report-id': callReportId,
      'x-call-id': 'a-1',
    },
    body: JSON.stringify(body),
  });
  expect(headers.get('retry-after')).toBe(status === 429 ? '10' : null);
  return status;
}

const eventsOf = (file: CallFile, leg: number) =>
  file.legs[leg]?.events.map(({ context = {} }) => {
    const { event, method, state } = context;
    const what = method ?? state;
    return typeof what === 'string' ? `${String(event)} ${what}` : event;
  });

describe('a call that was answered', () => {
  it('is listed with who, when and why it ended, and read with what the gateway saw of both legs', async () => {
    const call = await talking();
    await hangUp(call);
    const [summary, ...others] = await list();
    expect(others).toEqual([]);
    expect(summary).toMatchObject({
      caller: 'alice',
      callee: 'bob',
      destination: 'bob',
      callerNumber: 'alice',
      cause: 'NORMAL_CLEARING',
      causeCode: 16,
    });
    expect(Date.parse(summary?.answeredAt ?? '')).toBeGreaterThanOrEqual(
      Date.parse(summary?.startedAt ?? ''),
    );
    const file = await fileOf(summary?.id ?? '');
    expect(file).toMatchObject({
      format: 'parley-call',
      version: 1,
      call: summary,
      legs: [
        { role: 'caller', user: 'alice', callId: 'a-1', callReportId: call.callReportId },
        { role: 'callee', user: 'bob', callId: call.bobsCallId, cause: 'NORMAL_CLEARING' },
      ],
    });
    expect(eventsOf(file, 0)).toEqual([
      'received telnyx_rtc.invite',
      'state inviting',
      'sent telnyx_rtc.media',
      'sent telnyx_rtc.ringing',
      'state ringing',
      'sent telnyx_rtc.answer',
      'state established',
      'received telnyx_rtc.bye',
      'ended',
    ]);
    expect(eventsOf(file, 1)).toEqual([
      'state inviting',
      'sent telnyx_rtc.invite',
      'state ringing',
      'received telnyx_rtc.answer',
      'state established',
      'sent telnyx_rtc.bye',
      'ended',
    ]);
  });

  it('is found by user, number, id, time and cause, page by page', async () => {
    await hangUp(await talking());
    const [{ id, startedAt } = { id: '', startedAt: '' }] = await list();
    for (const [query, found] of [
      ['filter[user]=bob', 1],
      ['filter[user]=carol', 0],
      ['filter[number]=LIC', 1],
      ['filter[number]=%25', 0],
      [`filter[call_id]=${id}`, 1],
      ['filter[call_id]=a-1', 1],
      ['filter[call_id]=a', 0],
      [`filter[from]=${startedAt}`, 1],
      [`filter[to]=${startedAt}`, 0],
      ['filter[cause]=NORMAL_CLEARING', 1],
      ['filter[cause]=USER_BUSY', 0],
      ['filter[min_mos]=1', 0],
      ['page[number]=2', 0],
    ] as const) {
      expect([query, (await list(`?${query}`)).length]).toEqual([query, found]);
    }
    expect((await ask('/v2/calls?filter[from]=yesterday')).status).toBe(400);
    expect((await ask('/v2/calls?filter[nobody]=x')).status).toBe(400);
  });

  it('is downloaded as a file', async () => {
    await hangUp(await talking());
    const [call] = await list();
    const response = await ask(`/v2/calls/${call?.id ?? ''}/export`);
    expect(response.headers.get('content-disposition')).toBe(
      `attachment; filename="call-${call?.id ?? ''}.json"`,
    );
    expect(await response.json()).toMatchObject({ format: 'parley-call', call: { id: call?.id } });
  });

  it('is deleted with its reports, of which it takes no more', async () => {
    const call = await talking();
    const [{ id } = { id: '' }] = await list();
    expect((await ask(`/v2/calls/${id}`, apiKey, 'DELETE')).status).toBe(422);
    await hangUp(call);
    expect(await report(call.callReportId, { summary: {}, stats: [] })).toBe(204);
    expect((await fileOf(id)).legs[0]?.reports).toHaveLength(1);
    expect((await ask(`/v2/calls/${id}`, alicesPassword, 'DELETE')).status).toBe(403);
    expect((await ask(`/v2/calls/${id}`, apiKey, 'DELETE')).status).toBe(204);
    expect((await ask(`/v2/calls/${id}`)).status).toBe(404);
    expect((await ask(`/v2/calls/${id}`, apiKey, 'DELETE')).status).toBe(404);
    expect(await report(call.callReportId, { summary: {}, stats: [] })).toBe(404);
  });
});

describe('what clients report', () => {
  it('makes the score of the call, and tells by how much their clocks are ahead', async () => {
    const call = await talking();
    await hangUp(call);
    const told = Date.now() + 3_600_000;
    const row = (second: number, mos: number) => ({
      intervalEndUtc: new Date(told + second * 1000).toISOString(),
      audio: {},
      quality: { mos },
    });
    const summary = { callId: 'a-1', endTimestamp: new Date(told).toISOString() };
    for (const [segment, scores] of [
      [4.4, 4.2],
      [2.4, 4.2],
    ].entries())
      expect(
        await report(call.callReportId, { summary, segment, stats: scores.map((mos, at) => row(at, mos)) }),
      ).toBe(204);
    const [listed] = await list('?filter[min_mos]=3.7&filter[max_mos]=3.9');
    expect(listed).toMatchObject({ mos: 3.8, worst: { mos: 2.4 } });
    expect(Math.abs(Date.parse(listed?.worst?.at ?? '') - Date.now())).toBeLessThan(60_000);
    expect(await list('?filter[min_mos]=3.9')).toEqual([]);
    const { legs } = await fileOf(listed?.id ?? '');
    expect(legs[0]?.reports.map(({ segment }) => segment)).toEqual([0, 1]);
    const [offset = 0] = legs.map(({ clockOffsetMs }) => clockOffsetMs);
    expect(offset).toBeGreaterThan(3_600_000 - 20_000);
    expect(offset).toBeLessThanOrEqual(3_600_000);
    expect(legs[1]).not.toHaveProperty('clockOffsetMs');
  });

  it('is refused where it is too much at once, before it is read [REPORT-3]', async () => {
    const call = await talking();
    const statuses = new Set<number>();
    for (let count = 0; count < 25; count += 1)
      statuses.add(await report(call.callReportId, { summary: {}, stats: [] }));
    expect([...statuses]).toEqual([204, 429]);
  });

  it('says when it logged in, tells its clock to within half of a round trip', async () => {
    const alice = await connectRaw(gateway.url);
    const parley = { capabilities: [], at: Date.now() - 120_000 };
    await alice.request('login', { login: 'alice', passwd: 'alice', parley });
    await alice.request('telnyx_rtc.invite', {
      sdp: 'offer',
      dialogParams: { callID: 'a-1', destination_number: 'echo' },
    });
    const [call] = await list();
    const { legs } = await fileOf(call?.id ?? '');
    expect(legs[0]?.clockOffsetMs).toBeGreaterThan(-121_000);
    expect(legs[0]?.clockOffsetMs).toBeLessThanOrEqual(-120_000);
  });

  it('with a clock that cannot be, leaves calls that everybody can read', async () => {
    const alice = await connectRaw(gateway.url);
    const parley = { capabilities: [], at: Number.MAX_SAFE_INTEGER };
    await alice.request('login', { login: 'alice', passwd: 'alice', parley });
    const state = await alice.request('telnyx_rtc.gatewayState');
    await alice.request('telnyx_rtc.invite', {
      sdp: 'offer',
      dialogParams: { callID: 'a-1', destination_number: 'echo' },
    });
    const [{ id } = { id: '' }] = await list();
    expect((await fileOf(id)).legs[0]).not.toHaveProperty('clockOffsetMs');
    const { call_report_id: reportId } = state.result?.['params'] as { call_report_id: string };
    const never = '+275760-09-13T00:00:00.000Z';
    const row = (at: string) => ({
      intervalStartUtc: at,
      intervalEndUtc: at,
      audio: {},
      quality: { mos: 2 },
    });
    expect(await report(reportId, { summary: { endTimestamp: never }, stats: [row(never)] })).toBe(204);
    const soon = new Date(Date.now() + 1_000).toISOString();
    const longAgo = new Date(Date.now() - 2 * 3_600_000).toISOString();
    expect(await report(reportId, { summary: {}, stats: [row(longAgo)] })).toBe(204);
    expect((await list())[0]).not.toHaveProperty('worst');
    expect((await fileOf(id)).legs[0]).not.toHaveProperty('clockOffsetMs');
    expect(await report(reportId, { summary: {}, stats: [row(never), row(soon)] })).toBe(204);
    expect((await list())[0]).toMatchObject({ mos: 2, worst: { at: soon } });
  });
});

describe('the debug stream of a client', () => {
  it('is in the file of its call alone, from its start before the invite to its stop after the end [DEBUG-2]', async () => {
    const [alice, bob] = [await signedIn('alice'), await signedIn('bob')];
    let frames = 0;
    const frame = (client: typeof alice, type: string, more: object = {}) => {
      const id = `debug-${String((frames += 1))}`;
      client.socket.send(
        JSON.stringify({ jsonrpc: '2.0', id, type, debug_report_id: 'd', call_id: 'a-1', ...more }),
      );
      return expect
        .poll(() => client.frames.find((answer) => answer.id === id)?.result)
        .toEqual({ message: 'ok' });
    };
    const data = (part: object) => frame(alice, 'debug_report_data', { debug_report_data: part });
    const timestamp = new Date().toISOString();
    const stats = { event: 'stats', tag: 'stats', timestamp, data: {}, statsObject: {} };
    await frame(alice, 'debug_report_start');
    await alice.request('telnyx_rtc.invite', {
      sdp: 'offer',
      dialogParams: { callID: 'a-1', destination_number: 'echo' },
    });
    await data({ record: { timestamp, level: 'info', message: 'login with token=hunter22' } });
    await data({ row: { intervalStartUtc: timestamp, intervalEndUtc: timestamp, audio: {} } });
    await data(stats);
    await data({ ...stats, data: { again: true } });
    await frame(bob, 'debug_report_data', { debug_report_data: { event: 'of another session' } });
    await alice.request('telnyx_rtc.bye', { dialogParams: { callID: 'a-1' } });
    await frame(alice, 'debug_report_stop');
    const [call] = await list();
    const [leg] = (await fileOf(call?.id ?? '')).legs;
    expect(leg?.debug.map(({ message }) => message)).toEqual([
      'The debug stream begins.',
      'login with token=[redacted]',
      'stats',
      'The debug stream ends.',
    ]);
    expect(leg?.debugRows).toEqual([{ intervalStartUtc: timestamp, intervalEndUtc: timestamp, audio: {} }]);
  });
});

describe('a call that nobody answered', () => {
  it('is kept with its cause', async () => {
    const alice = await signedIn('alice');
    await alice.request('telnyx_rtc.invite', {
      sdp: 'offer',
      dialogParams: { callID: 'a-1', destination_number: 'nobody' },
    });
    await alice.told('telnyx_rtc.bye');
    const [call] = await list();
    expect(call).toMatchObject({ destination: 'nobody', cause: 'UNALLOCATED_NUMBER', durationSeconds: 0 });
    expect(call).not.toHaveProperty('answeredAt');
    expect(eventsOf(await fileOf(call?.id ?? ''), 0)).toEqual(['received telnyx_rtc.invite', 'ended']);
  });
});

describe('who reads of a call', () => {
  it('with the password or a token of a party, sees its own leg and of the other who it was', async () => {
    const call = await talking();
    await hangUp(call);
    await report(call.callReportId, { summary: {}, stats: [] });
    const [{ id } = { id: '' }] = await list();
    const credentials = (await (
      await ask('/v2/telephony_credentials?filter[sip_username]=alice')
    ).json()) as {
      data: { id: string }[];
    };
    const token = await ask(
      `/v2/telephony_credentials/${credentials.data[0]?.id ?? ''}/token`,
      apiKey,
      'POST',
    );
    for (const alice of [alicesPassword, `Bearer ${await token.text()}`]) {
      expect(await list('', alice)).toHaveLength(1);
      const { legs } = await fileOf(id, alice);
      expect(legs[0]).toMatchObject({ callId: 'a-1', reports: [{}] });
      expect(legs[0]?.events.length).toBeGreaterThan(0);
      expect(legs[1]).toEqual({
        role: 'callee',
        user: 'bob',
        startedAt: expect.any(String),
        endedAt: expect.any(String),
        cause: 'NORMAL_CLEARING',
        causeCode: 16,
        events: [],
        media: [],
        reports: [],
        debug: [],
        debugRows: [],
      });
    }
    expect((await fileOf(id, bobsPassword)).legs[0]).toMatchObject({
      user: 'alice',
      reports: [],
      events: [],
    });
  });

  it('as somebody else, finds none of it', async () => {
    const alice = await signedIn('alice');
    await alice.request('telnyx_rtc.invite', {
      sdp: 'offer',
      dialogParams: { callID: 'a-1', destination_number: 'echo' },
    });
    const [{ id } = { id: '' }] = await list('', alicesPassword);
    expect(await list('', bobsPassword)).toEqual([]);
    const writes = vi.spyOn(CallHistory.prototype, 'writeNow');
    for (const path of ['', '/export', '/events'])
      expect((await ask(`/v2/calls/${id}${path}`, bobsPassword)).status).toBe(404);
    expect(writes).not.toHaveBeenCalled();
    writes.mockRestore();
  });

  it('without a proof that holds, is refused', async () => {
    for (const authorization of [
      '',
      basic('alice', 'wrong'),
      basic('alice', ''),
      basic('', 'alice'),
      'Bearer KEYwrong',
      'Bearer a.b.c',
      'Digest alice',
    ])
      expect([authorization, (await ask('/v2/calls', authorization)).status]).toEqual([authorization, 401]);
  });

  it('and guesses passwords, is slowed down as at a login', async () => {
    for (let guess = 0; guess < 5; guess += 1) await ask('/v2/calls', basic('alice', 'wrong'));
    expect((await ask('/v2/calls', alicesPassword)).status).toBe(401);
    expect(await list('', bobsPassword)).toEqual([]);
  });
});

describe('who follows a call', () => {
  /** @returns what has come so far */
  async function follow(id: string, authorization = apiKey) {
    const response = await ask(`/v2/calls/${id}/events`, authorization);
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const updates: CallFileUpdate[] = [];
    const ended = (async () => {
      let text = '';
      for await (const piece of response.body ?? []) {
        text += Buffer.from(piece).toString();
        const events = text.split('\n\n');
        text = events.pop() ?? '';
        for (const event of events) {
          const [, type, update = ''] = /^event: (\w+)\ndata: (.*)$/.exec(event) ?? [];
          updates.push(JSON.parse(update) as CallFileUpdate);
          expect(updates.at(-1)?.type).toBe(type);
        }
      }
    })();
    await expect.poll(() => updates[0]?.type).toBe('file');
    return { updates, ended };
  }

  it('while it goes on, has the file first, and then each thing once', async () => {
    const call = await talking();
    const [{ id } = { id: '' }] = await list();
    const { updates, ended } = await follow(id);
    await hangUp(call);
    await report(call.callReportId, { summary: { callId: 'a-1' }, stats: [] });
    await expect.poll(() => updates.at(-1)?.type).toBe('report');
    const [first, ...more] = updates;
    expect(
      more.map((update) => ('leg' in update ? `${update.type} ${String(update.leg)}` : update.type)),
    ).toEqual(['event 0', 'event 0', 'leg 0', 'event 1', 'event 1', 'leg 1', 'call', 'report 0']);
    const before = first?.type === 'file' ? first.file.legs.map(({ events }) => events.length) : [];
    expect(more.filter(({ type }) => type === 'event')).toMatchObject([
      { leg: 0, index: before[0], event: { context: { method: 'telnyx_rtc.bye' } } },
      { leg: 0, index: (before[0] ?? 0) + 1 },
      { leg: 1, index: before[1] },
      { leg: 1, index: (before[1] ?? 0) + 1 },
    ]);
    const file = await fileOf(id);
    expect(file.legs.map(({ events }) => events.length)).toEqual(before.map((count) => count + 2));
    await gateway.close(false);
    await ended;
  });

  it('as a party, is told of its own leg, and of the end of the other', async () => {
    const call = await talking();
    const [{ id } = { id: '' }] = await list();
    const { updates } = await follow(id, bobsPassword);
    await hangUp(call);
    await expect.poll(() => updates.at(-1)?.type).toBe('call');
    const told = updates.flatMap((update) =>
      'leg' in update ? [`${update.type} ${String(update.leg)}`] : [],
    );
    expect(told).toEqual(['leg 0', 'event 1', 'event 1', 'leg 1']);
  });

  it('has four streams at once, and is refused a fifth, unlike others', async () => {
    await talking();
    const [{ id } = { id: '' }] = await list();
    const open = (authorization: string) => ask(`/v2/calls/${id}/events`, authorization);
    const responses = await Promise.all(Array.from({ length: 5 }, () => open(alicesPassword)));
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 429]);
    const bobs = await open(bobsPassword);
    expect(bobs.status).toBe(200);
    for (const { body } of [...responses, bobs]) await body?.cancel();
    await expect.poll(async () => (await open(alicesPassword)).status).toBe(200);
  });

  it('that is long over, has the file and then the end', async () => {
    await hangUp(await talking());
    const [{ id } = { id: '' }] = await list();
    await gateway.close(false);
    gateway = await createGateway(settings(), { media: new FakeMediaPlane() });
    const { updates, ended } = await follow(id, alicesPassword);
    await ended;
    expect(updates.map(({ type }) => type)).toEqual(['file']);
  });
});

describe('a gateway that starts again', () => {
  it('with --keep-calls, has the calls of before, and goes on with them', async () => {
    const call = await talking();
    const carol = await connectRaw(gateway.url);
    await carol.request('login', { login: 'bob', passwd: 'bob' });
    await carol.request('telnyx_rtc.invite', {
      sdp: 'offer',
      dialogParams: { callID: 'c-1', destination_number: 'alice' },
    });
    await call.alice.told('telnyx_rtc.invite');
    await gateway.close(false);
    gateway = await createGateway(settings(), { media: new FakeMediaPlane() });
    const calls = await list('', bobsPassword);
    expect(calls.map(({ destination, cause }) => [destination, cause])).toEqual([
      ['alice', undefined],
      ['bob', undefined],
    ]);
    const { legs } = await fileOf(calls[1]?.id ?? '', bobsPassword);
    expect(legs[1]?.events.map(({ context }) => context?.['event'])).toEqual(
      expect.arrayContaining(['sent', 'received', 'state', 'restored']),
    );
  });
});
