import { describe, expect, it } from 'vitest';
import {
  goldenAcknowledgement,
  goldenDebugReports,
  goldenSpeedTest,
  goldenToServer,
  type GoldenMessage,
} from './golden/index.ts';
import { decodeToServer, RpcErrorCode, type ServerMethod } from './index.ts';

type Frame = GoldenMessage<unknown>['frame'];

const decode = (frame: unknown) => decodeToServer(JSON.stringify(frame));
const requests = Object.entries(goldenToServer).flatMap(([method, messages]) =>
  messages.map((message) => ({ method, ...message })),
);

/** What each method cannot do without. Everything else may be left out of a frame. */
const required: Readonly<Record<ServerMethod, readonly string[]>> = {
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
};

const requiredMembers = Object.entries(required).flatMap(([method, paths]) =>
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

describe('decodeToServer, given a message without one member', () => {
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
    const neededHere = [
      ...(required[method as ServerMethod] ?? []),
      ...(method === 'telnyx_rtc.info' ? ['dtmf', 'msg'] : []),
    ];
    const optional = Object.keys(decoded).filter((key) => !neededHere.includes(key) && key !== 'sdp');
    const outcomes = optional.map((key) => [key, decode(without(frame, `params.${key}`)).kind]);
    const kind = frame.id === undefined ? 'notification' : 'request';
    expect(outcomes).toEqual(optional.map((key) => [key, kind]));
  });
});

function without(frame: Frame, path: string): unknown {
  const copy: unknown = structuredClone(frame);
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const holder = keys.reduce<unknown>((value, key) => Reflect.get(Object(value), key), copy);
  Reflect.deleteProperty(Object(holder), last);
  return copy;
}
