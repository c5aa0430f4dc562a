import type { ServerMethod } from '@parley/protocol';
import { type GoldenMessage, goldenDebugReports, goldenToServer } from '@parley/protocol/golden';
import { type GatewayProcess, startGateway } from '@parley/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { BUSY_MS, expectWithin } from '../figures.ts';
import { administrationOf } from './administration.ts';
import { type RawClient, openRawClient, requestText } from './raw-client.ts';
import { type Witness, openWitness } from './witness.ts';

const PARSE_ERROR = -32700;
const INVALID_REQUEST = -32600;
const METHOD_NOT_FOUND = -32601;
const INVALID_PARAMS = -32602;
const NOT_LOGGED_IN = -32002;
const NO_SUCH_CALL = -32003;

let gateway: GatewayProcess;
let witness: Witness;
const clients: RawClient[] = [];

beforeAll(async () => {
  gateway = await startGateway({ args: ['--hold-seconds', '1'] });
  witness = await openWitness(gateway.signaling, 'bob');
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await witness.assertUntouched();
  gateway.assertHealthy();
});
afterAll(async () => {
  witness.leave();
  await gateway.stop();
});

async function stranger(path = ''): Promise<RawClient> {
  const client = await openRawClient(`${gateway.signaling}${path}`);
  clients.push(client);
  return client;
}

async function alice(): Promise<RawClient> {
  const client = await stranger();
  await client.enter('alice');
  return client;
}

const bothWays = [
  ['before a login', stranger],
  ['after a login', alice],
] as const;

const afterLogin = Object.keys(goldenToServer).filter(
  (method): method is ServerMethod => !['login', 'anonymous_login'].includes(method),
);
const call = (callID: unknown) => ({ dialogParams: { callID } });
const depth = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

describe.each(bothWays)('a frame that means nothing, %s', (_when, open) => {
  test.each([
    ['not JSON', 'hello', null, PARSE_ERROR, /not JSON/],
    ['nothing', '', null, PARSE_ERROR, /not JSON/],
    ['half of JSON', '{"jsonrpc":"2.0","id":1', null, PARSE_ERROR, /not JSON/],
    ['null', 'null', null, INVALID_REQUEST, /one JSON object/],
    ['a number', '42', null, INVALID_REQUEST, /one JSON object/],
    ['a batch', `[${requestText(1, 'telnyx_rtc.ping')}]`, null, INVALID_REQUEST, /one JSON object/],
    ['an empty object', '{}', null, INVALID_REQUEST, /jsonrpc/],
    ['another version', '{"jsonrpc":"1.0","id":5,"method":"login"}', 5, INVALID_REQUEST, /jsonrpc/],
    ['no method', '{"jsonrpc":"2.0","id":6}', 6, INVALID_REQUEST, /method/],
    ['a method that is no text', requestText(7, { login: 1 }), 7, INVALID_REQUEST, /method/],
    ['no id', '{"jsonrpc":"2.0","method":"login"}', null, INVALID_REQUEST, /id/],
    ['an id that is an object', requestText({}, 'login'), null, INVALID_REQUEST, /id/],
    ['an endless id', requestText('i'.repeat(10_000), 'login'), null, INVALID_REQUEST, /id/],
    ['an unknown method', requestText(8, 'telnyx_rtc.teleport'), 8, METHOD_NOT_FOUND, /method/],
    ['__proto__ as method', requestText(9, '__proto__'), 9, METHOD_NOT_FOUND, /method/],
    ['deep JSON', depth(4_000), null, INVALID_REQUEST, /deeper/],
    ['no params', requestText(10, 'telnyx_rtc.bye'), 10, INVALID_PARAMS, /params\.dialogParams is missing/],
    ['an array of params', requestText(11, 'telnyx_rtc.bye', []), 11, INVALID_PARAMS, /params/],
    [
      'no callID',
      requestText(12, 'telnyx_rtc.bye', { dialogParams: {} }),
      12,
      INVALID_PARAMS,
      /params\.dialogParams\.callID is missing/,
    ],
    [
      'a callID that is a number',
      requestText(13, 'telnyx_rtc.bye', call(7)),
      13,
      INVALID_PARAMS,
      /params\.dialogParams\.callID/,
    ],
    [
      'an invite without an offer',
      requestText(14, 'telnyx_rtc.invite', call('a')),
      14,
      INVALID_PARAMS,
      /params\.sdp/,
    ],
    [
      'a login that is an object',
      requestText(15, 'login', { login: {}, passwd: [] }),
      15,
      INVALID_PARAMS,
      /params\.login/,
    ],
    [
      'a header that begins another',
      requestText(16, 'telnyx_rtc.bye', {
        dialogParams: { callID: 'a', custom_headers: [{ name: 'X-A', value: 'a\r\nVia: b' }] },
      }),
      16,
      INVALID_PARAMS,
      /custom_headers\[0\]\.value/,
    ],
  ])(
    '%s, is answered with an error and the socket goes on [FRAME-3, FRAME-4, FRAME-5, FRAME-6, FRAME-7, FRAME-12, FRAME-19]',
    async (_name, text, id, code, message) => {
      const client = await open();
      client.send(text);
      const { error } = await client.answer(id);
      expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
      expect(await client.request('telnyx_rtc.teleport')).toMatchObject({
        error: { code: METHOD_NOT_FOUND },
      });
    },
  );

  test.each(['__proto__', 'constructor', 'hasOwnProperty', 'toString', ''])(
    'but for its id %j, is answered under that id [FRAME-10]',
    async (id) => {
      const client = await open();
      client.send(requestText(id, 'telnyx_rtc.teleport'));
      expect(await client.answer(id)).toMatchObject({ error: { code: METHOD_NOT_FOUND } });
    },
  );

  test('one that is itself an answer, or a notification, is not answered [FRAME-15]', async () => {
    const client = await open();
    const before = client.frames.entries.length;
    client.send('{"jsonrpc":"2.0","id":1,"result":{"method":"telnyx_rtc.bye"}}');
    client.send('{"jsonrpc":"2.0","id":"__proto__","result":{}}');
    client.send('{"jsonrpc":"2.0","id":77,"result":null}');
    client.send('{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"?"}}');
    client.send('{"jsonrpc":"2.0","id":{},"error":7}');
    client.send('{"jsonrpc":"2.0","method":"ai_conversation","params":{"type":7}}');
    await client.request('telnyx_rtc.teleport');
    expect(client.frames.entries.slice(before)).toHaveLength(1);
  });
});

describe('before a login', () => {
  test.each(afterLogin)('%s is refused [LOGIN-1]', async (method) => {
    const client = await stranger();
    client.send(JSON.stringify({ ...goldenToServer[method][0]?.frame, id: 'early' }));
    expect(await client.answer('early')).toMatchObject({ error: { code: NOT_LOGGED_IN } });
  });

  test('every path and query opens a socket, and no query logs it in [CONN-1, CONN-2]', async () => {
    const administration = administrationOf(gateway);
    const token = await administration.makeToken(await administration.makeCredential());
    const paths = [
      '/',
      '/any/path?voice_sdk_id=guessed&canary=true&skip_last_voice_sdk_id=true&skip_trailing=true',
      '/?rtc_ip=203.0.113.9&rtc_port=5060',
      `/?login_token=${token}&token=${token}&access_token=${token}`,
      '/?login=alice&passwd=alice',
    ];
    for (const path of paths) {
      const client = await stranger(path);
      expect(await client.request('telnyx_rtc.ping')).toMatchObject({ error: { code: NOT_LOGGED_IN } });
    }
  });

  test('a socket without one is closed after 5 s, whatever else it says [CONN-3]', async () => {
    const openedAt = performance.now();
    const client = await stranger();
    const timer = setInterval(() => {
      client.send(requestText(1, 'telnyx_rtc.ping', {}));
    }, 500);
    const { code } = await client.closed;
    clearInterval(timer);
    expect(code).toBe(4401);
    expect(performance.now() - openedAt).toBeGreaterThan(4_500);
    expect(performance.now() - openedAt).toBeLessThan(6_000);
  });

  test('a frame of more than 16 KiB closes the socket with 1009 [FRAME-1]', async () => {
    const client = await stranger();
    client.send(requestText(1, 'login', { login: 'alice', passwd: 'alice', padding: 'x'.repeat(16 * 1024) }));
    expect((await client.closed).code).toBe(1009);
    expect(client.frames.entries).toEqual([]);
  });

  test('a frame of less is read [FRAME-1]', async () => {
    const client = await stranger();
    client.send(requestText(1, 'telnyx_rtc.ping', { padding: 'x'.repeat(15 * 1024) }));
    expect(await client.answer(1)).toMatchObject({ error: { code: NOT_LOGGED_IN } });
  });

  test('a frame that never ends closes the socket with 1009 before it is collected [FRAME-1]', async () => {
    const client = await stranger();
    const send = () => {
      for (let chunk = 0; chunk < 64 && client.isOpen; chunk++) client.socket.send('[', { fin: false });
      if (client.isOpen) setImmediate(send);
    };
    send();
    expect((await client.closed).code).toBe(1009);
  });
});

describe('after a login', () => {
  test('a frame of more than 1 MiB closes the socket with 1009 [FRAME-1]', async () => {
    const client = await alice();
    client.send(requestText(1, 'telnyx_rtc.ping', { padding: 'x'.repeat(1024 * 1024) }));
    expect((await client.closed).code).toBe(1009);
  });

  test('a frame of nearly 1 MiB is read [FRAME-1]', async () => {
    const client = await alice();
    client.send(requestText('big', 'telnyx_rtc.ping', { padding: 'x'.repeat(1024 * 1024 - 200) }));
    expect(await client.answer('big')).toMatchObject({ result: { message: 'pong' } });
  });

  test('1 MiB of deep JSON is refused, and the socket goes on [FRAME-4]', async () => {
    const client = await alice();
    client.send('['.repeat(1024 * 1024 - 1));
    expect(await client.answer(null)).toMatchObject({ error: { code: INVALID_REQUEST } });
    expect(await client.request('telnyx_rtc.ping')).toMatchObject({ result: { message: 'pong' } });
  });

  test('requests are answered in their order, each once, with an object or an error [FRAME-13, FRAME-14, FRAME-16, FRAME-20]', async () => {
    const client = await alice();
    const before = client.frames.entries.length;
    const messages = [
      ...framesOf(afterLogin.filter((one) => one !== 'telnyx_rtc.invite')),
      ...goldenDebugReports,
    ]
      .map(({ frame }) => frame)
      .filter(({ id }) => id !== undefined);
    const ids = messages.map((_, index) => `in-order-${String(index)}`);
    for (const [index, frame] of messages.entries()) {
      client.send(JSON.stringify({ ...frame, id: ids[index] }));
    }
    await client.answer(ids.at(-1) ?? null);
    await client.request('telnyx_rtc.gatewayState');
    const answers = client.frames.entries.slice(before, -1).filter(({ method }) => method === undefined);
    expect(answers.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    for (const { result, error } of answers) {
      if (error === undefined) {
        expect(result).toEqual(expect.any(Object));
        expect(result).not.toHaveProperty('result');
      } else expect(error).toEqual({ code: expect.any(Number), message: expect.stringMatching(/\.$/) });
      expect(error?.code).not.toBe(-32_000);
    }
  });

  test('a call that it does not have is refused, but a bye and late candidates are not [CALL-7, BYE-3, ICE-4]', async () => {
    const client = await alice();
    const unknown = call('__proto__');
    for (const [method, params] of [
      ['telnyx_rtc.answer', { ...unknown, sdp: 'v=0' }],
      ['telnyx_rtc.attach', { ...unknown, sdp: 'v=0' }],
      ['telnyx_rtc.modify', { ...unknown, action: 'hold' }],
      ['telnyx_rtc.modify', { ...unknown, action: 'updateMedia', sdp: 'v=0' }],
      ['telnyx_rtc.info', { ...unknown, dtmf: '5' }],
    ] as const) {
      expect(await client.request(method, params)).toMatchObject({ error: { code: NO_SUCH_CALL } });
    }
    for (const [method, params] of [
      ['telnyx_rtc.bye', unknown],
      ['telnyx_rtc.bye', unknown],
      ['telnyx_rtc.candidate', { ...unknown, candidate: 'candidate:1 1 udp 1 127.0.0.1 9 typ host' }],
      ['telnyx_rtc.candidate', { ...unknown, candidate: '' }],
      ['telnyx_rtc.endOfCandidates', unknown],
      ['telnyx_rtc.endOfCandidates', unknown],
    ] as const) {
      expect(await client.request(method, params)).toMatchObject({ result: { message: expect.any(String) } });
    }
  });

  test.each([
    'v=0',
    'not a session description',
    `v=0\r\n${'a=x\r\n'.repeat(40_000)}`,
    '\u{1f4a9}'.repeat(1000),
  ])('an offer that is none, %.30j, makes no call and does no harm [INV-2, FRAME-19]', async (sdp) => {
    const client = await alice();
    const callID = `bad-offer-${String(sdp.length)}`;
    const answer = await client.request('telnyx_rtc.invite', {
      sdp,
      dialogParams: { callID, destination_number: 'echo' },
    });
    expect(answer).toMatchObject({ result: { callID } });
    const bye = await client.push('telnyx_rtc.bye');
    expect(bye.params).toMatchObject({ callID, cause: expect.any(String), causeCode: expect.any(Number) });
    expect(bye.params?.['causeCode']).not.toBe(0);
  });
});

describe.each(bothWays)('%s', (_when, open) => {
  test('a binary frame closes the socket with 1003 [FRAME-2]', async () => {
    const client = await open();
    client.send(Buffer.from(requestText(1, 'telnyx_rtc.ping', {})));
    expect((await client.closed).code).toBe(1003);
  });

  test('text that is not UTF-8 closes the socket with 1007', async () => {
    const client = await open();
    client.socket.send(Buffer.from([0x7b, 0xff, 0xfe]), { binary: false });
    expect((await client.closed).code).toBe(1007);
  });

  test('the fifth frame in a row that is not JSON closes the socket with 1008 [FRAME-3]', async () => {
    const client = await open();
    const before = client.frames.entries.length;
    for (let sent = 0; sent < 5; sent++) client.send('junk');
    expect((await client.closed).code).toBe(1008);
    const answers = client.frames.entries.slice(before).filter(({ error }) => error?.code === PARSE_ERROR);
    expect(answers.length).toBeGreaterThanOrEqual(4);
  });

  test('a flood closes the socket with 1008 within a second [FRAME-17]', async () => {
    const client = await open();
    const startedAt = performance.now();
    // So short that before a login they are too many frames, and never too many bytes, however they are cut up.
    for (let sent = 0; sent < 2000; sent++) client.send('{}');
    expect((await client.closed).code).toBe(1008);
    const closed = performance.now() - startedAt;
    expectWithin('a flood', { closed }, { closed: 1_000 + BUSY_MS });
  });
});

describe('many sockets', () => {
  test('that send junk at once are all closed, and nobody else notices [FRAME-17, FRAME-19]', async () => {
    const crowd = await Promise.all(
      Array.from({ length: 40 }, (_, index) => (index % 2 ? stranger() : alice())),
    );
    for (const [index, client] of crowd.entries()) {
      for (let sent = 0; sent < 400; sent++) {
        if (index % 4 === 0) client.send('junk');
        else if (index % 4 === 1) client.send(depth(100));
        else if (index % 4 === 2) client.send(requestText(sent, 'telnyx_rtc.bye', call('__proto__')));
        else client.send(requestText('__proto__', 'constructor', {}));
      }
    }
    const codes = await Promise.all(crowd.map(async ({ closed }) => (await closed).code));
    expect(codes.filter((_, index) => index % 2 === 0)).toEqual(Array(20).fill(1008));
    // Before a login the bytes may be too many sooner than the frames.
    expect(codes.filter((code) => code !== 1008 && code !== 1009)).toEqual([]);
    await witness.assertUntouched();
  });

  test('that send messages with a value changed each get one answer to each [FRAME-13, FRAME-19]', async () => {
    const frames = changedFrames();
    const perSocket = 250;
    for (let start = 0; start < frames.length; start += perSocket) {
      const client = await alice();
      const before = client.frames.entries.length;
      const mine = frames.slice(start, start + perSocket);
      for (const text of mine) client.send(text);
      await client.request('telnyx_rtc.gatewayState');
      const answered = client.frames.entries
        .slice(before)
        .filter(({ id, method }) => method === undefined && typeof id === 'number')
        .map(({ id }) => Number(id));
      expect(answered.toSorted((a, b) => a - b)).toEqual(mine.map((_, index) => start + index));
      client.close();
    }
  });
});

function framesOf(methods: readonly ServerMethod[]) {
  return methods.flatMap((method): readonly GoldenMessage<unknown>[] => goldenToServer[method]);
}

/** Each golden request but those for media, with each of its members in turn changed to each of some values. */
function changedFrames(): string[] {
  const values = [null, true, -1, 1e300, '', '__proto__', '\r\n', 'x'.repeat(300), [], {}, [[null]]];
  const frames = afterLogin
    .flatMap((method) => framesOf([method]).slice(0, 1))
    .flatMap(({ frame }) => {
      const params = new Map(Object.entries(frame['params'] ?? {}));
      return [...params.keys()].flatMap((member) =>
        values.map((value) => ({ ...frame, params: Object.fromEntries([...params, [member, value]]) })),
      );
    });
  return frames.map((frame, id) => JSON.stringify({ ...frame, id }));
}
