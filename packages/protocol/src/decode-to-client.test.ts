import { describe, expect, it } from 'vitest';
import {
  goldenLoginError,
  goldenResults,
  goldenSpeedTest,
  goldenToClient,
  goldenToServer,
} from './golden/index.ts';
import { decodeSpeedTestAnswer, decodeToClient, RpcErrorCode, type ClientMethod } from './index.ts';

const decode = (frame: unknown) => decodeToClient(JSON.stringify(frame));
const pushes = Object.entries(goldenToClient).flatMap(([method, messages]) =>
  messages.map((message) => ({ method, ...message })),
);
const results = Object.entries(goldenResults).flatMap(([method, messages]) =>
  messages.map((message) => ({ method, ...message })),
);

/** Without these a client can do nothing with the message. */
const required: Readonly<Record<ClientMethod, readonly string[]>> = {
  'telnyx_rtc.clientReady': [],
  'telnyx_rtc.gatewayState': ['state'],
  'telnyx_rtc.ping': [],
  'telnyx_rtc.invite': ['callID', 'sdp'],
  'telnyx_rtc.ringing': ['callID'],
  'telnyx_rtc.media': ['callID', 'sdp'],
  'telnyx_rtc.answer': ['callID'],
  'telnyx_rtc.attach': ['callID', 'sdp'],
  'telnyx_rtc.bye': ['callID'],
  'telnyx_rtc.info': [],
  'telnyx_rtc.candidate': ['callID', 'candidate'],
  'telnyx_rtc.endOfCandidates': ['callID'],
  'telnyx_rtc.display': ['callID'],
  'telnyx_rtc.event': [],
  'webrtc.event': [],
  'telnyx_rtc.punt': [],
  ai_conversation: ['type'],
  'parley.iceServers': ['iceServers'],
};
const requiredOf: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(required));

describe('decodeToClient, given a golden message', () => {
  it.each(pushes)('$method: $name', ({ method, frame, decoded }) => {
    const { id, voice_sdk_id: voiceSdkId } = frame;
    expect(decode(frame)).toEqual({ kind: 'push', id, method, params: decoded, voiceSdkId });
  });

  it.each(results)('result of $method: $name', ({ frame, decoded }) => {
    const { id, voice_sdk_id: voiceSdkId } = frame;
    expect(decode(frame)).toEqual({ kind: 'response', id, result: decoded, voiceSdkId });
  });

  it('reads an error', () => {
    const { frame, decoded } = goldenLoginError;
    expect(decode(frame)).toEqual({ kind: 'response', id: frame.id, error: decoded });
  });

  it('reads the raw text of a speed test', () => {
    expect(goldenSpeedTest.toClient.map((text) => decodeSpeedTestAnswer(text))).toEqual([
      { direction: 'up', ms: 17 },
      { direction: 'down', ms: 23 },
    ]);
    expect(decodeSpeedTestAnswer('{}')).toBeUndefined();
  });
});

describe('decodeToClient, given a message without one member', () => {
  it.each(pushes)(
    '$method: $name, is ignored or does without, as the member is',
    ({ method, frame, decoded }) => {
      const keys = Object.keys(decoded);
      const kinds = keys.map((key) => {
        const params = Object.fromEntries(Object.entries(decoded).filter(([member]) => member !== key));
        return [key, decode({ ...frame, params }).kind];
      });
      expect(kinds).toEqual(
        keys.map((key) => [key, requiredOf.get(method)?.includes(key) ? 'ignored' : 'push']),
      );
    },
  );

  it('says which member is missing', () => {
    expect(decode({ method: 'telnyx_rtc.media', params: { callID: 'a' } })).toEqual({
      kind: 'ignored',
      reason: 'telnyx_rtc.media lacks one of: callID sdp',
    });
  });

  it('names what to refuse of a request that it cannot read', () => {
    expect(decode({ id: 7, method: 'telnyx_rtc.transfer', params: {} })).toMatchObject({
      kind: 'ignored',
      refusal: { id: 7, code: RpcErrorCode.methodNotFound },
    });
    expect(decode({ id: 8, method: 'telnyx_rtc.invite', params: { callID: 'c' } })).toMatchObject({
      kind: 'ignored',
      refusal: { id: 8, code: RpcErrorCode.invalidParams },
    });
    expect(decode({ method: 'telnyx_rtc.invite', params: {} })).toHaveProperty('refusal', undefined);
  });
});

describe('decodeToClient, given what a client cannot use [FRAME-18]', () => {
  it.each([
    ['', 'not JSON'],
    ['<html>', 'not JSON'],
    ['#SPX1', 'not JSON'],
    ['null', 'not an object'],
    ['[]', 'not an object'],
    ['7', 'not an object'],
    ['{}', 'neither a method nor an id'],
    ['{"id":null,"error":{"code":-32700,"message":"?"}}', 'neither a method nor an id'],
    ['{"method":"telnyx_rtc.teleport"}', 'unknown method telnyx_rtc.teleport'],
    ['{"method":"__proto__"}', 'unknown method __proto__'],
    ['{"id":null,"method":"constructor"}', 'unknown method constructor'],
    ['{"method":"telnyx_rtc.bye","params":null}', 'telnyx_rtc.bye without params'],
    ['{"method":"telnyx_rtc.bye","params":[]}', 'telnyx_rtc.bye without params'],
    ['{"method":"telnyx_rtc.bye","params":{"callID":7}}', 'telnyx_rtc.bye lacks one of: callID'],
    ['['.repeat(65_536), 'too deep'],
  ])('ignores %.60s: %s', (text, reason) => {
    expect(decodeToClient(text)).toEqual({ kind: 'ignored', reason });
  });

  it('takes a response without a usable result for an empty one', () => {
    const texts = ['{"id":1}', '{"id":1,"result":null}', '{"id":1,"result":[]}', '{"id":1,"result":"ok"}'];
    expect(texts.map((text) => decodeToClient(text))).toEqual(
      texts.map(() => ({ kind: 'response', id: 1, result: {} })),
    );
  });

  it('makes an error of whatever an error says', () => {
    const texts = ['{"id":1,"error":null}', '{"id":1,"error":"no"}', '{"id":1,"error":{"code":"x"}}'];
    expect(texts.map((text) => decodeToClient(text))).toEqual(
      texts.map(() => ({
        kind: 'response',
        id: 1,
        error: { code: 0, message: 'The gateway gave no reason.' },
      })),
    );
  });

  it('drops members of a wrong type and keeps the message', () => {
    const params = {
      callID: 'a',
      cause: 16,
      causeCode: '16',
      sipReason: null,
      dialogParams: { custom_headers: [{ name: 'X-A', value: '1' }, { name: 'X-B' }, null] },
    };
    expect(decode({ id: 1, method: 'telnyx_rtc.bye', params })).toEqual({
      kind: 'push',
      id: 1,
      method: 'telnyx_rtc.bye',
      params: { callID: 'a', dialogParams: { custom_headers: [{ name: 'X-A', value: '1' }] } },
    });
  });

  it('drops a list of calls that is none: it would end calls', () => {
    const lists = [null, {}, 'a', [1], ['a', null]];
    const decoded = lists.map((reattached_sessions) =>
      decode({ id: 1, method: 'telnyx_rtc.clientReady', params: { reattached_sessions } }),
    );
    expect(decoded).toEqual(
      lists.map(() => ({ kind: 'push', id: 1, method: 'telnyx_rtc.clientReady', params: {} })),
    );
  });

  it.each([
    null,
    {},
    ['stun:a'],
    [{}],
    [{ urls: [] }],
    [{ urls: 'stun:a' }, null],
    [{ urls: 7 }],
    [{ urls: ['stun:a', 7] }],
    [{ urls: 'turn:a', username: 7 }],
    [{ urls: 'turn:a', credential: {} }],
  ])('ignores servers that a peer connection could not take: %j', (iceServers) => {
    expect(decode({ id: 1, method: 'parley.iceServers', params: { iceServers } })).toMatchObject({
      kind: 'ignored',
    });
  });

  it('keeps what an application may know of an event, but no prototype', () => {
    const text = '{"method":"ai_conversation","params":{"type":"x","delta":"y","__proto__":{"polluted":1}}}';
    expect(decodeToClient(text)).toEqual({
      kind: 'push',
      method: 'ai_conversation',
      params: { type: 'x', delta: 'y' },
    });
  });

  it('does without a voice_sdk_id that is no text', () => {
    const ids = [null, 7, {}, ''];
    expect(ids.map((voice_sdk_id) => decode({ id: 1, result: {}, voice_sdk_id }))).toEqual(
      ids.map(() => ({ kind: 'response', id: 1, result: {} })),
    );
  });

  it('does not take what a client sends for a message of a gateway', () => {
    const login = goldenToServer.login[0]?.frame;
    expect(decode(login)).toMatchObject({ kind: 'ignored', reason: 'unknown method login' });
  });

  it.each([
    ['64 KiB of [', '['.repeat(65_536)],
    ['4 MiB of [', '['.repeat(4_194_304)],
    ['1 MiB of digits for a speed test', `#SPU ${'1'.repeat(1_048_576)}`],
    ['a method of 1 MiB', JSON.stringify({ id: 1, method: 'm'.repeat(1_048_576) })],
  ])('decodes %s in a bounded time', (_name, text) => {
    const startedAt = performance.now();
    decodeToClient(text);
    expect(performance.now() - startedAt).toBeLessThan(250);
  });
});
