import { readFile } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

import * as sdk from './index.ts';
import { VERSION } from './api/version.ts';

describe('the package', () => {
  it('exports by name what pages import from the package that it replaces', () => {
    expect(Object.keys(sdk).sort()).toEqual([
      'Call',
      'ERROR_TYPE',
      'NOTIFICATION_TYPE',
      'Region',
      'SDK_ERRORS',
      'SDK_WARNINGS',
      'State',
      'SwEvent',
      'TELNYX_ERROR_CODES',
      'TELNYX_ICE_SERVERS',
      'TELNYX_WARNING_CODES',
      'TelnyxError',
      'TelnyxRTC',
      'isFunctionCallOutputParams',
      'isFunctionCallParams',
      'isMediaRecoveryErrorEvent',
    ]);
  });

  it('is the version that it tells the server', async () => {
    const manifest: unknown = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
    expect(manifest).toMatchObject({ version: VERSION });
  });
});

describe('a client where there is no browser', () => {
  it('can be made, has what needs no browser, and says what cannot be done', async () => {
    const client = new sdk.TelnyxRTC({ login_token: 'jwt', env: 'wss://gw.test' });
    expect(client.connected).toBe(false);
    expect(client.remoteElement).toBeNull();
    expect(client.iceServers).toEqual([]);
    expect(await client.getAudioInDevices()).toEqual([]);
    expect(await client.checkPermissions()).toBe(false);
    expect(sdk.TelnyxRTC.webRTCInfo()).toBe('This browser does not support WebRTC.');
    expect(sdk.TelnyxRTC.uuid()).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    await client.disconnect();
  });

  it('refuses options that it cannot use', () => {
    expect(() => new sdk.TelnyxRTC({})).toThrow(/^Invalid init options: /);
  });
});

describe('TelnyxRTC.telnyxStateCall', () => {
  it('rewrites the state of a call in place', () => {
    const client = new sdk.TelnyxRTC({ login_token: 'jwt', env: 'wss://gw.test' });
    const call = client.newCall({ destinationNumber: 'bob' });
    const words = Object.values(sdk.State).map((state) => {
      call.state = state;
      return sdk.TelnyxRTC.telnyxStateCall(call).state;
    });
    expect([...new Set(words)]).toEqual([
      'new',
      'connecting',
      'recovering',
      'ringing',
      'active',
      'held',
      'done',
    ]);
  });
});
