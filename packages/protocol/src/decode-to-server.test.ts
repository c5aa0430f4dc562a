import { describe, expect, it } from 'vitest';
import {
  goldenAcknowledgement,
  goldenDebugReports,
  goldenSpeedTest,
  goldenToServer,
  type GoldenMessage,
} from './golden/index.ts';
import { decodeToServer, limits, RpcErrorCode, type ServerMethod } from './index.ts';
import { isRecord } from './record.ts';

type Frame = GoldenMessage<unknown>['frame'];

const decode = (frame: unknown) => decodeToServer(JSON.stringify(frame));
const requests = Object.entries(goldenToServer).flatMap(([method, messages]) =>
  messages.map((message) => ({ method, ...message })),
);

/** What each method cannot do without. Everything else may be left out of a frame. */
const requiredByMethod: Readonly<Record<ServerMethod, readonly string[]>> = {
  login: [],
  anonymous_login: ['target_type', 'target_id'],
  'telnyx_rtc.gatewayState': [],
  'telnyx_rtc.ping': [],
  'telnyx_rtc.invite': ['sdp', 'dialogParams', 'dialogParams.callID'],
  'telnyx_rtc.answer': ['dialogParams', 'dialogParams.callID'],
  'telnyx_rtc.attach': ['sdp', 'dialogParams', 'dialogParams.callID'],
  'telnyx_rtc.bye': ['dialogParams', 'dialogParams.callID'],
  'telnyx_rtc.modify': ['action', 'dialogParams', 'dialogParams.callID'],
  'telnyx_rtc.info': ['dialogParams', 'dialogParams.callID'],
  'telnyx_rtc.candidate': ['candidate', 'dialogParams', 'dialogParams.callID'],
  'telnyx_rtc.endOfCandidates': ['dialogParams', 'dialogParams.callID'],
  'telnyx_rtc.subscribe': [],
  'telnyx_rtc.unsubscribe': [],
  'telnyx_rtc.broadcast': [],
  ai_conversation: ['type', 'item', 'item.type'],
  'parley.preAnswer': ['sdp', 'dialogParams', 'dialogParams.callID'],
  'parley.remake': ['dialogParams', 'dialogParams.callID'],
};

const required: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(requiredByMethod));
/** Required in some messages of the method only. */
const contextual: ReadonlyMap<string, readonly string[]> = new Map([
  ['telnyx_rtc.modify', ['sdp']],
  ['telnyx_rtc.info', ['dtmf', 'msg']],
]);

const requiredMembers = [...required].flatMap(([method, paths]) =>
  requests
    .filter((golden) => golden.method === method)
    .flatMap((golden) => paths.map((path) => ({ ...golden, path }))),
);

describe('decodeToServer, given a golden message', () => {
  it.each(requests)('$method: $name', ({ method, frame, decoded }) => {
    expect(decode(frame)).toEqual(
      frame.id === undefined
        ? { kind: 'notification', method, params: decoded }
        : { kind: 'request', id: frame.id, method, params: decoded },
    );
  });

  it.each(goldenDebugReports)('$name', ({ frame, decoded }) => {
    expect(decode(frame)).toEqual({ kind: 'debugReport', frame: decoded });
  });

  it('takes an acknowledgement for a response', () => {
    const { frame, decoded } = goldenAcknowledgement;
    expect(decode(frame)).toEqual({ kind: 'response', id: frame.id, result: decoded });
  });

  it('reads the raw text of a speed test', () => {
    expect(goldenSpeedTest.toServer.map((text) => decodeToServer(text))).toEqual([
      { kind: 'speedTest', phase: 'start', bytes: 2048 },
      { kind: 'speedTest', phase: 'data' },
      { kind: 'speedTest', phase: 'data' },
      { kind: 'speedTest', phase: 'end' },
    ]);
  });
});

describe('decodeToServer, given a message without one member [FRAME-7]', () => {
  it.each(requiredMembers)('$method: $name, names the missing $path', ({ frame, path }) => {
    expect(decode(without(frame, `params.${path}`))).toMatchObject({
      kind: 'invalid',
      id: frame.id ?? null,
      error: {
        code: RpcErrorCode.invalidParams,
        path: `params.${path}`,
        message: `params.${path} is missing.`,
      },
    });
  });

  it.each(requests)('$method: $name, does without every optional one', ({ method, frame, decoded }) => {
    const needed = new Set([...(required.get(method) ?? []), ...(contextual.get(method) ?? [])]);
    const optional = Object.keys(decoded).filter((key) => !needed.has(key));
    const outcomes = optional.map((key) => [key, decode(without(frame, `params.${key}`)).kind]);
    const kind = frame.id === undefined ? 'notification' : 'request';
    expect(outcomes).toEqual(optional.map((key) => [key, kind]));
  });

  it('names the missing offer of an updateMedia', () => {
    const frame = request('telnyx_rtc.modify', { action: 'updateMedia', dialogParams: { callID: 'a' } });
    expect(decode(frame)).toMatchObject({ error: { path: 'params.sdp' } });
  });

  it('refuses an info with neither tones nor a text', () => {
    const frame = request('telnyx_rtc.info', { dialogParams: { callID: 'a' } });
    expect(decode(frame)).toMatchObject({
      error: { path: 'params', message: 'params must carry dtmf or msg.' },
    });
  });

  it('takes absent params for none', () => {
    expect(decode({ jsonrpc: '2.0', id: 1, method: 'telnyx_rtc.ping' })).toMatchObject({
      kind: 'request',
      params: {},
    });
    expect(decode({ jsonrpc: '2.0', id: 1, method: 'telnyx_rtc.bye' })).toMatchObject({
      error: { path: 'params.dialogParams' },
    });
  });
});

describe('decodeToServer, given a member of the wrong type or size [FRAME-7]', () => {
  const call = (dialogParams: object, rest: object = {}) =>
    request('telnyx_rtc.invite', { sdp: 'v=0', ...rest, dialogParams: { callID: 'a', ...dialogParams } });

  it.each([
    ['params', request('telnyx_rtc.invite', [])],
    ['params', request('telnyx_rtc.invite', 'sdp')],
    ['params.sdp', call({}, { sdp: 1 })],
    ['params.sdp', call({}, { sdp: '' })],
    ['params.sdp', call({}, { sdp: 'v=0\0' })],
    ['params.sdp', call({}, { sdp: 'v'.repeat(limits.sdpLength + 1) })],
    ['params.trickle', call({}, { trickle: 'yes' })],
    ['params.dialogParams', request('telnyx_rtc.invite', { sdp: 'v=0', dialogParams: [] })],
    ['params.dialogParams.callID', call({ callID: 7 })],
    ['params.dialogParams.callID', call({ callID: '' })],
    ['params.dialogParams.callID', call({ callID: 'with space' })],
    ['params.dialogParams.callID', call({ callID: 'ü' })],
    ['params.dialogParams.callID', call({ callID: 'a'.repeat(limits.callIdLength + 1) })],
    ['params.dialogParams.destination_number', call({ destination_number: 'a'.repeat(257) })],
    ['params.dialogParams.destination_number', call({ destination_number: true })],
    ['params.dialogParams.attach', call({ attach: 1 })],
    ['params.dialogParams.audio', call({ audio: 'on' })],
    ['params.dialogParams.userVariables', call({ userVariables: [] })],
    ['params.dialogParams.custom_headers', call({ custom_headers: {} })],
    ['params.dialogParams.custom_headers[0]', call({ custom_headers: ['X-A: 1'] })],
    ['params.dialogParams.custom_headers[1].name', call({ custom_headers: [header('X-A'), { value: '' }] })],
    ['params.dialogParams.custom_headers[0].value', call({ custom_headers: [{ name: 'X-A' }] })],
    ['params.dialogParams.custom_headers', call({ custom_headers: Array(65).fill(header('X-A')) })],
    ['params.action', request('telnyx_rtc.modify', { action: 'transfer', dialogParams: { callID: 'a' } })],
    ['params.dtmf', request('telnyx_rtc.info', { dtmf: '5x', dialogParams: { callID: 'a' } })],
    ['params.dtmf', request('telnyx_rtc.info', { dtmf: '1'.repeat(65), dialogParams: { callID: 'a' } })],
    ['params.causeCode', request('telnyx_rtc.bye', { causeCode: 1.5, dialogParams: { callID: 'a' } })],
    ['params.sdpMLineIndex', candidate({ sdpMLineIndex: -1 })],
    ['params.candidate', candidate({ candidate: `candidate:${'1'.repeat(1100)}` })],
    ['params.eventChannel', request('telnyx_rtc.subscribe', { eventChannel: {} })],
    ['params.item.type', aiItem({ type: 'reboot' })],
    ['params.item.role', aiItem({ type: 'message', role: 'system', content: [] })],
    ['params.item.content[0].type', aiItem({ type: 'message', role: 'user', content: [{ type: 'audio' }] })],
    ['params.login', request('login', { login: {}, passwd: 'secret' })],
    ['params.login_token', request('login', { login_token: 'a'.repeat(8193) })],
    ['params.passwd', request('login', { login: 'alice', passwd: ['secret'] })],
  ])('names %s', (path, frame) => {
    const decoded = decode(frame);
    expect(decoded).toMatchObject({
      kind: 'invalid',
      id: 1,
      answerable: true,
      error: { code: RpcErrorCode.invalidParams, path },
    });
  });

  it('names the type of a debug report that it does not know, and its missing id', () => {
    const frame = { jsonrpc: '2.0', id: 1, type: 'debug_report_pause', debug_report_id: 'r' };
    expect(decode(frame)).toMatchObject({ kind: 'invalid', id: 1, error: { path: 'type' } });
    expect(decode({ ...frame, type: 'debug_report_start', debug_report_id: undefined })).toMatchObject({
      kind: 'invalid',
      id: 1,
      error: { path: 'debug_report_id' },
    });
  });

  it('drops what only informs and cannot be used', () => {
    const frame = request('login', {
      login: 'alice',
      passwd: 'secret',
      loginParams: 'none',
      'User-Agent': { sdkVersion: 2, data: 'x'.repeat(2000) },
      parley: { capabilities: 'all' },
    });
    expect(decode(frame)).toMatchObject({
      kind: 'request',
      params: { login: 'alice', passwd: 'secret', 'User-Agent': { sdkVersion: '2' } },
    });
  });

  it('repeats no value of the frame in its message [FRAME-8]', () => {
    const secrets = ['hunter2-\r\n', 'hunter2'.repeat(2000), ['hunter2'], { hunter2: 'hunter2' }];
    const frames = secrets.flatMap((secret) => [
      request('login', { login: 'alice', passwd: secret }),
      request('login', { login_token: secret }),
      call({ custom_headers: [{ name: 'X-A', value: secret }] }),
      request('telnyx_rtc.modify', { action: secret, dialogParams: { callID: 'a' } }),
      request('telnyx_rtc.info', { dtmf: secret, dialogParams: { callID: 'a' } }),
      { jsonrpc: '2.0', id: secret, method: 'telnyx_rtc.ping' },
      { jsonrpc: 'hunter2', id: 1, method: 'hunter2' },
      { jsonrpc: '2.0', id: 1, method: 'hunter2' },
    ]);
    const messages = frames.map((frame) => decode(frame)).filter((decoded) => decoded.kind === 'invalid');
    expect(messages.length).toBeGreaterThan(24);
    expect(messages.filter(({ error }) => error.message.includes('hunter2'))).toEqual([]);
  });

  it.each(['\r', '\n', '\0', '\r\nVia: x', '\u2028', '\u001b[2J'])(
    'refuses %j wherever it could reach a SIP message or a log line [FRAME-12]',
    (text) => {
      const frames = [
        call({ destination_number: `bob${text}` }),
        call({ caller_id_name: `Alice${text}` }),
        call({ caller_id_number: text }),
        call({ custom_headers: [{ name: `X-A${text}`, value: '1' }] }),
        request('telnyx_rtc.bye', { cause: `USER_BUSY${text}`, dialogParams: { callID: 'a' } }),
        request('telnyx_rtc.bye', { sip_call_id: text, dialogParams: { callID: 'a' } }),
        request('login', { login: `alice${text}`, passwd: 'x' }),
        candidate({ candidate: `candidate:1${text}` }),
        { jsonrpc: '2.0', id: 1, result: { method: `telnyx_rtc.bye${text}` } },
      ];
      expect(frames.map((frame) => decode(frame).kind)).toEqual(frames.map(() => 'invalid'));
    },
  );

  it.each(['a\rb', 'a\nb', 'a\0b', '\u007f'])('refuses %j in the value of a header [FRAME-12]', (value) => {
    expect(decode(call({ custom_headers: [{ name: 'X-A', value }] }))).toMatchObject({
      error: { path: 'params.dialogParams.custom_headers[0].value' },
    });
  });

  it.each(['', 'X A', 'X:A', 'Ä', 'X-A\t'])('refuses %j as the name of a header [FRAME-12]', (name) => {
    expect(decode(call({ custom_headers: [{ name, value: '1' }] }))).toMatchObject({
      error: { path: 'params.dialogParams.custom_headers[0].name' },
    });
  });

  it('takes a tab and any letter in the value of a header', () => {
    const custom_headers = [{ name: 'X-A', value: 'Zoë\tÅ' }];
    expect(decode(call({ custom_headers }))).toMatchObject({
      kind: 'request',
      params: { dialogParams: { custom_headers } },
    });
  });

  it('takes null for left out, and numbers for their text [FRAME-11]', () => {
    const frame = call({
      destination_number: 100,
      caller_id_number: null,
      custom_headers: [header('X-A', 5)],
    });
    expect(decode(frame)).toEqual({
      kind: 'request',
      id: 1,
      method: 'telnyx_rtc.invite',
      params: {
        sdp: 'v=0',
        dialogParams: { callID: 'a', destination_number: '100', custom_headers: [header('X-A', '5')] },
      },
    });
    expect(decode(request('telnyx_rtc.info', { dtmf: 5, dialogParams: { callID: 'a' } }))).toMatchObject({
      params: { dtmf: '5' },
    });
  });

  it('drops the members that it does not know [FRAME-9, CALL-1]', () => {
    const iceServers = [{ urls: 'turn:t', username: 'u', credential: 'seeded-secret' }];
    const frame = {
      ...call({ iceServers, nested: { iceServers } }, { iceServers }),
      iceServers,
    };
    expect(JSON.stringify(decode(frame))).not.toContain('seeded-secret');
  });
});

describe('decodeToServer, given names of Object.prototype [FRAME-10]', () => {
  const hostile = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'];

  it.each(hostile)('takes %s for an unknown method', (method) => {
    expect(decode({ jsonrpc: '2.0', id: 1, method })).toMatchObject({
      error: { code: RpcErrorCode.methodNotFound },
      id: 1,
      method,
    });
  });

  it.each(hostile)('gives %s back as an id and as a callID', (id) => {
    const frame = { jsonrpc: '2.0', id, method: 'telnyx_rtc.bye', params: { dialogParams: { callID: id } } };
    expect(decode(frame)).toMatchObject({ kind: 'request', id, params: { dialogParams: { callID: id } } });
  });

  it('finds no required member in a prototype that the frame brings', () => {
    const text =
      '{"jsonrpc":"2.0","id":1,"method":"telnyx_rtc.bye","params":{"__proto__":{"dialogParams":{"callID":"a"}}}}';
    expect(decodeToServer(text)).toMatchObject({ error: { path: 'params.dialogParams' } });
  });

  it('leaves them out of the objects of the application, at every depth', () => {
    const text = `{"jsonrpc":"2.0","id":1,"method":"login","params":{"userVariables":
      {"__proto__":{"polluted":1},"a":[{"constructor":{"prototype":{"polluted":1}},"b":1}]}}}`;
    const decoded = decodeToServer(text);
    expect(decoded).toMatchObject({ kind: 'request', params: { userVariables: { a: [{ b: 1 }] } } });
    expect(JSON.stringify(decoded)).not.toContain('polluted');
  });
});

describe('decodeToServer, given what is no request [FRAME-5]', () => {
  it.each([
    '',
    'x',
    '{',
    '[',
    '"',
    '{"a":}',
    '\u0000',
    'NaN',
    '#',
    '#SP',
    '#SPU',
    '#SPU x',
    '#SPX 1',
    '\ufeff{}',
  ])('says of %j that it is not JSON [FRAME-3]', (text) => {
    expect(decodeToServer(text)).toEqual({
      kind: 'invalid',
      id: null,
      answerable: true,
      error: { code: RpcErrorCode.parseError, path: '', message: 'The frame is not JSON.' },
    });
  });

  it.each(['null', 'true', '0', '"text"', '[]', '[{"jsonrpc":"2.0","id":1,"method":"telnyx_rtc.ping"}]'])(
    'says of %s that it must be one object',
    (text) => {
      expect(decodeToServer(text)).toMatchObject({
        id: null,
        answerable: true,
        error: { code: RpcErrorCode.invalidRequest, path: '' },
      });
    },
  );

  it.each([
    ['jsonrpc', {}, null],
    ['jsonrpc', { id: 1, method: 'telnyx_rtc.ping' }, 1],
    ['jsonrpc', { jsonrpc: '1.0', id: 'a', method: 'telnyx_rtc.ping' }, 'a'],
    ['method', { jsonrpc: '2.0', id: 1 }, 1],
    ['method', { jsonrpc: '2.0', id: 1, method: 7 }, 1],
    ['method', { jsonrpc: '2.0', id: 1, method: null, result: {} }, 1],
    ['id', { jsonrpc: '2.0', method: 'telnyx_rtc.bye' }, null],
    ['id', { jsonrpc: '2.0', id: null, method: 'telnyx_rtc.bye' }, null],
    ['id', { jsonrpc: '2.0', id: null, method: 'ai_conversation' }, null],
    ['id', { jsonrpc: '2.0', id: {}, method: 'telnyx_rtc.bye' }, null],
    ['id', { jsonrpc: '2.0', id: 'a'.repeat(129), method: 'telnyx_rtc.bye' }, null],
  ])('names %s of %j', (path, frame, id) => {
    expect(decode(frame)).toMatchObject({
      kind: 'invalid',
      id,
      answerable: true,
      error: { code: RpcErrorCode.invalidRequest, path },
    });
  });

  it('says of an infinite id that it cannot be used', () => {
    expect(decodeToServer('{"jsonrpc":"2.0","id":1e999,"method":"telnyx_rtc.ping"}')).toMatchObject({
      id: null,
      error: { path: 'id' },
    });
  });

  it('names an unknown method with the id of the request [FRAME-6]', () => {
    expect(decode(request('telnyx_rtc.teleport', {}))).toEqual({
      kind: 'invalid',
      id: 1,
      method: 'telnyx_rtc.teleport',
      answerable: true,
      error: {
        code: RpcErrorCode.methodNotFound,
        path: 'method',
        message: 'method names no method of this protocol.',
      },
    });
  });

  it('keeps no more of an unknown method than a log can bear', () => {
    expect(decode(request('m'.repeat(10_000), {}))).toMatchObject({ method: 'm'.repeat(128) });
  });

  it.each([
    { jsonrpc: '2.0', id: {}, result: {} },
    { jsonrpc: '2.0', id: 1, result: null },
    { jsonrpc: '2.0', id: 1, result: 'ok' },
    { jsonrpc: '2.0', id: 1, error: 'no' },
    { jsonrpc: '2.0', id: 1, error: { message: 'no code' } },
    { jsonrpc: '2.0', method: 'ai_conversation', params: {} },
  ])('wants no answer to %j, which is a response or a notification [FRAME-15]', (frame) => {
    expect(decode(frame)).toMatchObject({ kind: 'invalid', answerable: false });
  });

  it('reads an error that a client answers with', () => {
    const error = { code: -32_601, message: 'unknown' };
    expect(decode({ jsonrpc: '2.0', id: 9, error: { ...error, secret: 1 } })).toEqual({
      kind: 'response',
      id: 9,
      error,
    });
  });
});

describe('decodeToServer, given deep JSON [FRAME-4]', () => {
  const nested = (levels: number) => `${'[['.repeat(levels / 2)}${']]'.repeat(levels / 2)}`;
  const variables = (value: string) =>
    `{"jsonrpc":"2.0","id":1,"method":"login","params":{"userVariables":{"v":${value}}}}`;

  it('takes sixteen levels and refuses more', () => {
    expect(decodeToServer(variables(`[${nested(12)}]`)).kind).toBe('request');
    expect(decodeToServer(variables(nested(14)))).toMatchObject({
      kind: 'invalid',
      id: null,
      error: { code: RpcErrorCode.invalidRequest, message: 'The frame nests deeper than 16 levels.' },
    });
  });

  it('does not count brackets in strings', () => {
    expect(decodeToServer(variables(JSON.stringify(`${'['.repeat(100)}"\\${'{'.repeat(100)}`))).kind).toBe(
      'request',
    );
  });

  it.each([
    ['64 KiB of [', '['.repeat(65_536)],
    ['1 MiB of [', '['.repeat(1_048_576)],
    ['1 MiB of nested objects', '{"a":'.repeat(209_715)],
    ['1 MiB of escaped quotes', `"${'\\"'.repeat(524_287)}`],
    [
      'a callID of 1 MiB',
      JSON.stringify(request('telnyx_rtc.bye', { dialogParams: { callID: ' '.repeat(1_048_000) } })),
    ],
    ['1 MiB of dots for a speed test', `#SPB ${'.'.repeat(1_048_000)}`],
    ['1 MiB of digits for a speed test', `#SPU ${'1'.repeat(1_048_000)}`],
  ])('decodes %s in a bounded time', (_name, text) => {
    const startedAt = performance.now();
    decodeToServer(text);
    expect(performance.now() - startedAt).toBeLessThan(250);
  });
});

function request(method: string, params: unknown) {
  return { jsonrpc: '2.0', id: 1, method, params };
}

function candidate(members: object) {
  return request('telnyx_rtc.candidate', { candidate: '', dialogParams: { callID: 'a' }, ...members });
}

function aiItem(item: object) {
  return request('ai_conversation', { type: 'conversation.item.create', item });
}

function header(name: string, value: string | number = '1') {
  return { name, value };
}

function without(frame: Frame, path: string): unknown {
  const copy = structuredClone(frame);
  const keys = path.split('.');
  const last = keys.pop();
  let holder: unknown = copy;
  for (const key of keys) holder = isRecord(holder) ? holder[key] : undefined;
  if (last === undefined || !isRecord(holder)) throw new Error(`The golden message has no ${path}.`);
  Reflect.deleteProperty(holder, last);
  return copy;
}
