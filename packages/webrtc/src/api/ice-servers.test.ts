import { describe, expect, it } from 'vitest';

import { defaultIceServers, TELNYX_ICE_SERVERS } from './ice-servers.ts';

describe('the default ICE servers', () => {
  it('are those that the session was granted, whoever granted them', () => {
    const granted = [{ urls: ['turn:a', 'turn:b'], username: 'u', credential: 'c' }];
    expect(defaultIceServers(granted, 'wss://rtc.telnyx.com/')).toEqual(granted);
  });

  it('are none where the server grants none: nobody else is contacted', () => {
    expect(defaultIceServers([], 'wss://calls.example.com/')).toEqual([]);
    expect(defaultIceServers([], 'wss://telnyx.com.example.com/')).toEqual([]);
  });

  it("are the vendor's at the vendor's cloud, TURN by TCP and TLS included", () => {
    expect(defaultIceServers([], 'wss://eu.rtc.telnyx.com/')).toHaveLength(
      Object.keys(TELNYX_ICE_SERVERS).length,
    );
  });
});
