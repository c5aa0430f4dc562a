import { describe, expect, it } from 'vitest';
import { goldenLoginError, goldenResults, goldenSpeedTest, goldenToClient } from './golden/index.ts';
import { decodeToClient, RpcErrorCode } from './index.ts';

const decode = (frame: unknown) => decodeToClient(JSON.stringify(frame));
const pushes = Object.entries(goldenToClient).flatMap(([method, messages]) =>
  messages.map((message) => ({ method, ...message })),
);
const results = Object.entries(goldenResults).flatMap(([method, messages]) =>
  messages.map((message) => ({ method, ...message })),
);

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
    expect(goldenSpeedTest.toClient.map((text) => decodeToClient(text))).toEqual([
      { kind: 'speedTest', direction: 'up', ms: 17 },
      { kind: 'speedTest', direction: 'down', ms: 23 },
    ]);
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
    expect(decode({ method: 'telnyx_rtc.invite', params: {} })).not.toHaveProperty('refusal');
  });
});
