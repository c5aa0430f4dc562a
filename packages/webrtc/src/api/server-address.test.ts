import { describe, expect, it } from 'vitest';

import { inRegion, toServerUrl } from './server-address.ts';

describe('the address of a server', () => {
  it.each([
    [undefined, 'wss://rtc.telnyx.com/'],
    ['production', 'wss://rtc.telnyx.com'],
    ['development', 'wss://rtcdev.telnyx.com'],
    ['wss://gw.example:9/x?y=1', 'wss://gw.example:9/x?y=1'],
    ['ws://127.0.0.1:8080', 'ws://127.0.0.1:8080/'],
    ['https://gw.example', 'wss://gw.example/'],
    ['HTTP://gw.example', 'ws://gw.example/'],
    ['gw.example.com', 'wss://gw.example.com/'],
    ['gw.example.com:8443/ws', 'wss://gw.example.com:8443/ws'],
    ['localhost', 'wss://localhost/'],
    ['gateway:8080', 'wss://gateway:8080/'],
    ['[::1]:8080', 'wss://[::1]:8080/'],
  ])('%s is %s', (address, url) => {
    expect(toServerUrl(address)).toBe(url);
  });

  it.each(['staging', 'ftp://gw.example', 'wss://', 'not a host', '//gw.example'])(
    '%s is none',
    (address) => {
      expect(toServerUrl(address)).toBeUndefined();
    },
  );

  it.each([
    ['wss://rtc.telnyx.com', 'eu', 'wss://eu.rtc.telnyx.com/'],
    ['wss://rtcdev.telnyx.com', 'apac', 'wss://apac.rtcdev.telnyx.com/'],
    ['wss://artc.example.com', 'eu', 'wss://eu.artc.example.com/'],
    ['wss://gw.example.com:8443/rtc?x=1', 'eu', 'wss://eu.gw.example.com:8443/rtc?x=1'],
    ['ws://127.0.0.1:8080', 'eu', undefined],
    ['ws://[::1]:8080', 'eu', undefined],
    ['ws://localhost:8080', 'eu', undefined],
    ['wss://gw.example.com', 'eu.evil.com/', undefined],
  ])('%s in the region %s is %s', (server, region, url) => {
    expect(inRegion(server, region)).toBe(url);
  });
});
