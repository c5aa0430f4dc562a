import { describe, expect, it } from 'vitest';

import { Resumption, type Route } from './resumption.ts';

const PLAIN: Route = {
  rtcIp: undefined,
  rtcPort: undefined,
  canary: false,
  skipTrailing: false,
  skipLastNode: false,
};
const held = (what: Partial<Resumption>): Resumption => Object.assign(new Resumption(), what);
const HELD = held({ sessionId: 'S', voiceSdkId: 'V' });

describe('the URL of a socket', () => {
  it.each<[Partial<Route>, boolean, string]>([
    [{}, true, '?x=1&voice_sdk_id=V'],
    [{ skipLastNode: true }, true, '?x=1&voice_sdk_id=V&skip_last_voice_sdk_id=true'],
    [{ canary: true }, false, '?x=1&canary=true'],
    [{ canary: true }, true, '?x=1&voice_sdk_id=V&canary=true'],
    [
      { rtcIp: '10.0.0.1', rtcPort: 5060, canary: true, skipLastNode: true },
      true,
      '?x=1&rtc_ip=10.0.0.1&rtc_port=5060',
    ],
    [{ rtcIp: '10.0.0.1', skipTrailing: true }, true, '?x=1&voice_sdk_id=V&skip_trailing=true'],
  ])('routed by %j (resumable: %s) ends in %s', (route, resumable, query) => {
    expect(HELD.socketUrl('wss://gw.test/base?x=1', { ...PLAIN, ...route }, resumable)).toBe(
      `wss://gw.test/base${query}`,
    );
  });

  it('asks for no other node where there is none to be avoided', () => {
    const route = { ...PLAIN, skipLastNode: true };
    expect(new Resumption().socketUrl('wss://gw.test/', route, true)).toBe('wss://gw.test/');
  });
});

describe('the claim of a login', () => {
  it('is made for what is known', () => {
    expect(new Resumption().claim).toEqual({ reconnection: false });
    expect(HELD.claim).toEqual({ reconnection: true, sessid: 'S' });
    expect(held({ voiceSdkId: 'V' }).claim).toEqual({ reconnection: true });
  });
});
