import { describe, expect, it } from 'vitest';

import { checkCallOptions, checkClientOptions, withCredentials } from './check-options.ts';
import type { IClientOptions } from './options.ts';

const LOGIN = { login: 'alice', password: 'secret' };

function check(options: unknown): { options: IClientOptions; warnings: string[] } {
  const warnings: string[] = [];
  return { options: checkClientOptions(options, (line) => warnings.push(line)), warnings };
}

describe('options of a client', () => {
  it('that log in by password, by token or as a visitor are taken as they are', () => {
    const anonymous_login = { target_type: 'ai_assistant', target_id: 'a' };
    for (const options of [
      LOGIN,
      { login: 'a', passwd: 'b' },
      { login_token: 'jwt' },
      { tokenProvider: () => 'jwt' },
      { anonymous_login },
    ]) {
      expect(check(options)).toEqual({ options, warnings: [] });
    }
  });

  it('that are undefined, null or empty never replace a default', () => {
    const nothing = { login_token: '', host: undefined, region: null, debug: null, iceServers: undefined };
    expect(check({ ...LOGIN, ...nothing })).toEqual({ options: LOGIN, warnings: [] });
  });

  it('that can be read are, with a warning', () => {
    const odd = { debug: 'true', trickleIce: 0, maxReconnectAttempts: '5', login: 7, password: 'x' };
    expect(check(odd)).toEqual({
      options: { debug: true, trickleIce: false, maxReconnectAttempts: 5, login: '7', password: 'x' },
      warnings: [
        'debug should be a boolean',
        'trickleIce should be a boolean',
        'maxReconnectAttempts should be a number',
        'login should be a string',
      ],
    });
  });

  it('that nobody knows are kept, with a warning', () => {
    expect(check({ ...LOGIN, tirckleIce: true })).toEqual({
      options: { ...LOGIN, tirckleIce: true },
      warnings: ['unknown option tirckleIce'],
    });
  });

  it('that contradict each other are told of, and credentials win', () => {
    expect(check({ ...LOGIN, login_token: 'jwt' }).warnings).toEqual([
      'login_token and tokenProvider are not used',
    ]);
  });

  it.each<[unknown, string]>([
    [undefined, 'login and password, or login_token, are missing'],
    [{}, 'login and password, or login_token, are missing'],
    [null, 'an object is needed'],
    ['alice', 'an object is needed'],
    [{ login: 'alice' }, 'password is missing'],
    [{ login: 'alice', password: '' }, 'password is missing'],
    [{ login_token: { token: 'jwt' } }, 'login_token must be a string'],
    [{ tokenProvider: 'jwt' }, 'tokenProvider must be a function'],
    [{ ...LOGIN, debug: 'yes' }, 'debug must be a boolean'],
    [{ ...LOGIN, maxReconnectAttempts: 'many' }, 'maxReconnectAttempts must be a number'],
    [{ ...LOGIN, maxReconnectAttempts: NaN }, 'maxReconnectAttempts must be a number'],
    [{ ...LOGIN, iceServers: { urls: 'stun:a' } }, 'iceServers must be an array'],
    [{ ...LOGIN, userVariables: [] }, 'userVariables must be an object'],
    [{ ...LOGIN, env: 'staging' }, "env must be a ws: or wss: URL, 'production' or 'development'"],
    [{ ...LOGIN, rtcIp: '10.0.0.1' }, 'rtcPort is missing'],
    [{ ...LOGIN, rtcPort: 8080 }, 'rtcIp is missing'],
    [{ ...LOGIN, rtcIp: '10.0.0.1', rtcPort: 70_000 }, 'rtcPort must be from 1 to 65535'],
    ...[
      { url: 'stun:a' },
      { urls: [] },
      { urls: [1] },
      { urls: 'nonsense' },
      { urls: 'turn:a' },
      { urls: ['stun:a', 'turn:a'], username: 'u' },
      null,
    ].map((server): [unknown, string] => [
      { ...LOGIN, iceServers: [server] },
      'iceServers[0] needs stun: or turn: urls, for turn: with username and credential',
    ]),
    [
      { anonymous_login: { target_type: 'ai_assistant', target_id: 'a', target_params: 'x' } },
      'anonymous_login.target_params must be an object',
    ],
    [
      { anonymous_login: { target_type: 'ai_assistant', target_id: 'a', target_version_id: {} } },
      'anonymous_login.target_version_id must be a string',
    ],
    [
      { ...LOGIN, mediaPermissionsRecovery: { enabled: true, onSuccess: 5 } },
      'mediaPermissionsRecovery.onSuccess must be a function',
    ],
    [
      { ...LOGIN, env: 'ws://127.0.0.1:1', region: 'eu' },
      'region "eu" cannot be put before the host of ws://127.0.0.1:1/',
    ],
    [
      { ...LOGIN, env: 'wss://localhost', region: ['eu'] },
      'region "eu" cannot be put before the host of wss://localhost/',
    ],
    [
      { ...LOGIN, region: ['eu', 'no region'] },
      'region "no region" cannot be put before the host of wss://rtc.telnyx.com/',
    ],
    [{ ...LOGIN, region: 7 }, 'region 7 cannot be put before the host of wss://rtc.telnyx.com/'],
    [{ ...LOGIN, host: 'ftp://gw' }, "host must be a ws: or wss: URL, 'production' or 'development'"],
    [
      { anonymous_login: { target_type: 'person', target_id: 'a' } },
      "anonymous_login.target_type must be 'ai_assistant'",
    ],
    [{ anonymous_login: { target_type: 'ai_assistant' } }, 'anonymous_login.target_id is missing'],
  ])('that cannot be used (%j) throw, and name the field', (options, message) => {
    expect(() => check(options)).toThrow(new Error(`Invalid init options: ${message}`));
  });

  it('given to login() replace credentials of another kind', () => {
    const token = withCredentials(LOGIN, { login_token: 'jwt', userVariables: undefined });
    expect({ ...LOGIN, ...token }).toEqual({
      login: undefined,
      password: undefined,
      passwd: undefined,
      login_token: 'jwt',
    });
    expect(withCredentials({ login_token: 'jwt' }, LOGIN)).toEqual({ ...LOGIN, login_token: undefined });
    expect(withCredentials({ login_token: 'old' }, { login_token: 'new' })).toEqual({ login_token: 'new' });
  });
});

describe('options of a call', () => {
  const refuse = (reason: string): never => {
    throw new Error(reason);
  };

  it('are read in the same way', () => {
    const warnings: string[] = [];
    const options = checkCallOptions(
      { destinationNumber: 15550100, audio: { echoCancellation: true }, callerName: null, video: false },
      refuse,
      (line) => warnings.push(line),
    );
    expect(options).toEqual({
      destinationNumber: '15550100',
      audio: { echoCancellation: true },
      video: false,
    });
    expect(warnings).toEqual(['destinationNumber should be a string']);
  });
});
