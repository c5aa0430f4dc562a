import {
  ANSWERS,
  CALL_ANSWERED,
  fakeSdp,
  IGNORES,
  LOGIN_OK,
  REFUSES,
  ScriptedGateway,
  SEQUENCE,
  settle,
  STATE,
} from '@parley/testkit';
import { beforeEach, describe, expect, it } from 'vitest';

import { Alice, NOTHING_LEFT } from './alice.fixture.ts';
import { TelnyxRTC } from './telnyx-rtc.ts';

let gateway: ScriptedGateway;

beforeEach(() => {
  gateway = new ScriptedGateway();
});

describe('alice signs in', () => {
  it('and is ready after one round trip [REG-3]', async () => {
    const alice = new Alice(gateway);
    await alice.client.connect();
    expect(alice.client.connected).toBe(false);
    await settle();
    expect(alice.connection).toEqual(['open', 'ready']);
    const [login, state] = gateway.received;
    expect(login).toEqual({
      jsonrpc: '2.0',
      id: expect.any(String),
      method: 'login',
      params: {
        login: 'alice',
        passwd: 'wonderland',
        userVariables: { push_when_active: false, pn_late_fanout: false },
        loginParams: { early_sdp_answer: false },
        'User-Agent': { sdkVersion: '2.28.0', data: 'Fake browser' },
        parley: {
          capabilities: ['iceServers', 'preAnswer', 'earlyMedia', 'recovery', 'traceContext'],
          at: alice.clock.now(),
          instance: expect.any(String),
          calls: [],
        },
        reconnection: false,
      },
    });
    expect(state).toMatchObject({ method: 'telnyx_rtc.gatewayState' });
    expect(alice.client).toMatchObject({
      connected: true,
      sessionid: 'S',
      dc: 'fr5',
      region: 'eu',
      callReportId: 'R',
    });
    await alice.client.disconnect();
    expect(alice.client.connected).toBe(false);
    expect(alice.connection.at(-1)).toBe('ready');
    await settle();
    expect(alice.connection.at(-1)).toBe('close');
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
    expect(alice.watchesPage).toBe(false);
  });

  it('with a token, or as a visitor', async () => {
    const token = await Alice.ready(gateway, { login: '', password: '', login_token: 'jwt' });
    expect(gateway.requests('login')[0]?.params).toMatchObject({ login_token: 'jwt' });
    expect(gateway.requests('login')[0]?.params).not.toHaveProperty('login');
    expect(token.connection.at(-1)).toBe('ready');

    const visitor = {
      target_type: 'ai_assistant',
      target_id: 'a-1',
      target_params: { conversation_id: 'c' },
    };
    gateway = new ScriptedGateway().on('telnyx_rtc.invite', CALL_ANSWERED);
    const anonymous = await Alice.ready(gateway, { login: '', password: '', anonymous_login: visitor });
    expect(gateway.requests('anonymous_login')[0]?.params).toMatchObject(visitor);
    expect(anonymous.client.newCall({}).state).toBe('new');
  });

  it('at the server that host names, whatever env says', async () => {
    await Alice.ready(gateway, { host: 'gw.example' });
    expect(gateway.urls).toEqual(['wss://gw.example/']);
  });

  it('with a password and a token: the password is sent, with a warning', async () => {
    const alice = await Alice.ready(gateway, { login_token: 'jwt' });
    expect(gateway.requests('login')[0]?.params).toMatchObject({ login: 'alice', passwd: 'wonderland' });
    expect(gateway.requests('login')[0]?.params).not.toHaveProperty('login_token');
    expect(alice.console).toEqual([expect.stringMatching(/^warn .*login_token .* not used/)]);
  });

  it('at a server that answers TRYING first, and is asked again on clientReady [REG-3]', async () => {
    gateway.on('telnyx_rtc.gatewayState', SEQUENCE(STATE('TRYING'), STATE('REGED')));
    const alice = await Alice.ready(gateway);
    expect(alice.connection).toEqual(['open', 'ready']);
    expect(gateway.requests('telnyx_rtc.gatewayState')).toHaveLength(2);
  });

  it('at a server that pushes the registration', async () => {
    gateway.on('telnyx_rtc.gatewayState', IGNORES);
    const alice = await Alice.ready(gateway);
    gateway.push('telnyx_rtc.gatewayState', { state: 'REGED' });
    await settle();
    expect(alice.connection).toEqual(['open', 'ready']);
  });

  it('at a server that repeats its word, or takes it back for a while: she is ready once for each socket [REG-4]', async () => {
    const alice = await Alice.ready(gateway);
    for (const state of ['REGED', 'REGISTER', 'REGED', 'TRYING', 'REGED']) {
      gateway.push('telnyx_rtc.gatewayState', { state });
      await settle();
    }
    expect(alice.client.connected).toBe(true);
    expect(alice.connection).toEqual(['open', 'ready']);
    gateway.cut();
    await alice.clock.advance(1_000);
    expect(alice.connection).toEqual(['open', 'ready', 'close', 'open', 'ready']);
  });

  it('at a server that never registers her: she is told once', async () => {
    gateway.on('telnyx_rtc.gatewayState', STATE('NOREG'));
    const alice = await Alice.ready(gateway);
    await alice.clock.advance(60_000);
    expect(alice.errorCodes).toEqual([46001]);
    expect(alice.connection).toEqual(['open']);
  });

  it.each([-32001, -32000])(
    'with a wrong password (%i): one error with what the server said, and no other login [FRAME-21]',
    async (code) => {
      gateway.on('login', REFUSES(code, 'Login Incorrect'));
      const alice = await Alice.ready(gateway);
      await alice.clock.advance(120_000);
      expect(gateway.requests('login')).toHaveLength(1);
      expect(alice.errors).toMatchObject([
        { error: { code: 46001, originalError: { message: 'Login Incorrect', code } } },
      ]);
      expect(alice.errors).toMatchObject([{ code: 46001, message: 'The login was refused' }]);
      expect(alice.connection).toEqual(['open']);
    },
  );

  it('at a server that does not open the socket, or does not answer: it is tried again', async () => {
    gateway.hangs = true;
    const alice = await Alice.ready(gateway);
    await alice.clock.advance(5_000 + 200);
    expect(gateway.urls).toHaveLength(2);
    gateway.hangs = false;
    gateway.on('login', SEQUENCE(IGNORES, LOGIN_OK()));
    gateway.on('telnyx_rtc.gatewayState', SEQUENCE(IGNORES, STATE('REGED')));
    await alice.clock.advance(5_000 + 10_000 + 5_000);
    expect(alice.connection.at(-1)).toBe('ready');
  });

  it('at a server whose upstream has failed: it is tried again, and calls are left alone', async () => {
    gateway.on('telnyx_rtc.invite', CALL_ANSWERED);
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    gateway.survivors = [call.id];
    gateway.push('telnyx_rtc.gatewayState', { state: 'FAILED' });
    await alice.clock.advance(6_000);
    expect(alice.errorCodes).toEqual([45004]);
    expect(alice.connection.at(-1)).toBe('ready');
    expect(call.state).toBe('active');
    expect(gateway.requests('telnyx_rtc.bye')).toEqual([]);
  });

  it('at an address that the browser refuses', async () => {
    const alice = new Alice(gateway);
    Object.assign(alice.gateway, {
      openSocket: () => {
        throw new DOMException('Mixed content', 'SecurityError');
      },
    });
    const refused = new Alice(alice.gateway);
    await refused.client.connect();
    await settle();
    expect(refused.errors).toMatchObject([
      { error: { code: 45001, originalError: { name: 'SecurityError' } } },
    ]);
  });

  it('and leaves before the socket is open', async () => {
    const alice = new Alice(gateway);
    void alice.client.connect();
    await alice.client.disconnect();
    await settle();
    await alice.clock.advance(60_000);
    expect(gateway.received).toEqual([]);
    expect(alice.connection).toEqual(['close']);
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it('and stays where she comes back while her calls are being ended', async () => {
    gateway.on('telnyx_rtc.invite', CALL_ANSWERED).on('telnyx_rtc.bye', IGNORES);
    const alice = await Alice.ready(gateway);
    await alice.talk();
    const left = alice.client.disconnect();
    gateway.invite('in-1');
    await settle();
    expect(alice.incoming).toEqual([]);
    await alice.client.connect();
    await alice.clock.advance(5_000);
    await left;
    expect(alice.client.connected).toBe(true);
  });

  it('and shows purge before the end of the calls that she leaves', async () => {
    gateway.on('telnyx_rtc.invite', CALL_ANSWERED);
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    await alice.client.disconnect();
    expect(alice.statesOf(call).slice(-4)).toEqual(['active', 'purge', 'hangup', 'destroy']);
    expect(gateway.requests('telnyx_rtc.bye')).toHaveLength(1);
  });
});

describe('alice, signed in', () => {
  it('answers a ping by a ping, not by a response [PING-2]', async () => {
    const alice = await Alice.ready(gateway);
    const id = gateway.push('telnyx_rtc.ping', { serno: 1 });
    await settle();
    expect(gateway.acknowledgements(id)).toEqual([]);
    expect(gateway.requests('telnyx_rtc.ping')).toMatchObject([{ voice_sdk_id: 'V1', params: {} }]);
    expect(alice.connection.at(-1)).toBe('ready');
  });

  it('logs in once, then asks again, where the server no longer knows her', async () => {
    gateway.on('telnyx_rtc.invite', SEQUENCE(REFUSES(-32000, 'Authentication Required'), CALL_ANSWERED));
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    expect(call.state).toBe('active');
    expect(gateway.requests('login')).toHaveLength(2);
    expect(gateway.requests('telnyx_rtc.invite')).toHaveLength(2);
  });

  it('logs in once and no more where that does not help, whatever else is refused so [FRAME-21]', async () => {
    gateway.on('telnyx_rtc.invite', REFUSES(-32000, 'Authentication Required'));
    const alice = await Alice.ready(gateway, { trickleIce: true });
    gateway.on('telnyx_rtc.candidate', REFUSES(-32000, 'Authentication Required'));
    await alice.talk();
    await alice.clock.advance(60_000);
    expect(gateway.requests('login')).toHaveLength(2);
    expect(gateway.requests('telnyx_rtc.invite')).toHaveLength(2);
    expect(alice.errorCodes).toEqual([40005]);
    await alice.talk();
    expect(gateway.requests('login')).toHaveLength(2);
    expect(alice.errorCodes).toEqual([40005, 40005]);
  });

  it('does not log in again because the login that was asked for is refused [FRAME-21]', async () => {
    const alice = await Alice.ready(gateway);
    gateway.on('telnyx_rtc.invite', REFUSES(-32000)).on('login', REFUSES(-32000));
    await alice.dial();
    await alice.dial();
    await alice.clock.advance(60_000);
    expect(gateway.requests('login')).toHaveLength(2);
    expect(gateway.requests('telnyx_rtc.invite')).toHaveLength(2);
  });

  it('renews her token in a call, which an empty list of calls does not end', async () => {
    gateway.on('telnyx_rtc.invite', CALL_ANSWERED);
    const alice = await Alice.ready(gateway, { login: '', password: '', login_token: 'old' });
    const call = await alice.talk();
    const told: string[] = [];
    const outcome = { onSuccess: () => told.push('success'), onError: () => told.push('error') };
    await alice.client.login({ creds: { login_token: 'new' }, ...outcome });
    await settle();
    expect(gateway.requests('login').at(-1)?.params).toMatchObject({ login_token: 'new', sessid: 'S' });
    expect(call.state).toBe('active');

    gateway.on('login', REFUSES(-32001, 'Token expired'));
    await alice.client.login({ creds: { login_token: 'bad' }, ...outcome });
    await alice.client.login({ creds: { login_token: '' }, ...outcome });
    expect(told).toEqual(['success', 'error', 'error']);
    expect(alice.errors).toMatchObject([
      { error: { code: 46001, originalError: { message: 'Token expired' } } },
      { error: { code: 46002 }, type: 'InvalidCredentialsOptions' },
    ]);
    expect(call.state).toBe('active');
  });

  it('asks whether she is registered, and has an answer in any case', async () => {
    const alice = await Alice.ready(gateway);
    expect(await alice.client.getIsRegistered()).toBe(true);
    gateway.on('telnyx_rtc.gatewayState', STATE('DOWN'));
    expect(await alice.client.getIsRegistered()).toBe(false);
    gateway.on('telnyx_rtc.gatewayState', IGNORES);
    const asked = alice.client.getIsRegistered();
    await alice.clock.advance(10_000);
    expect(await asked).toBe(false);
    await alice.client.disconnect();
    expect(await alice.client.getIsRegistered()).toBe(false);
    expect(alice.errors).toEqual([]);
    expect(alice.connection.filter((event) => event === 'ready')).toHaveLength(1);
  });

  it('uses ICE servers only where they were granted [EXT-2]', async () => {
    gateway.on('login', LOGIN_OK({ granted: ['preAnswer'], iceServers: [{ urls: 'stun:a' }] }));
    const alice = await Alice.ready(gateway);
    await alice.dial();
    expect(alice.client.iceServers).toEqual([]);
    expect(alice.media.peers[0]?.configuration.iceServers).toEqual([]);
  });

  it('keeps what ICE servers it was granted to the peer connections of this session [EXT-4]', async () => {
    const granted = [{ urls: 'turn:b', username: 'GRANTED-USER', credential: 'GRANTED-SECRET' }];
    gateway
      .on('login', LOGIN_OK({ granted: ['iceServers', 'preAnswer'], iceServers: granted }))
      .on('telnyx_rtc.invite', CALL_ANSWERED);
    const alice = await Alice.ready(gateway, { trickleIce: true });
    const call = await alice.talk();
    gateway.push('telnyx_rtc.attach', { callID: call.id, sdp: fakeSdp('offer') });
    gateway.invite('in-1');
    await settle();
    await alice.incoming[0]?.answer();
    await call.hold();
    call.dtmf('1');
    await settle();
    gateway.survivors = [call.id, 'in-1'];
    gateway.cut();
    await alice.clock.advance(1_000);
    await alice.client.disconnect();
    expect(alice.media.peers.map(({ configuration }) => configuration.iceServers)).toEqual([
      granted,
      granted,
      granted,
    ]);
    const methods = new Set(gateway.received.map(({ method }) => method));
    for (const method of ['invite', 'attach', 'answer', 'modify', 'info', 'candidate', 'bye']) {
      expect(methods).toContain(`telnyx_rtc.${method}`);
    }
    expect(JSON.stringify(gateway.received)).not.toContain('GRANTED');

    const other = new ScriptedGateway();
    const bob = await Alice.ready(other);
    await bob.dial();
    expect(bob.media.peers[0]?.configuration.iceServers).toEqual([]);
  });

  describe('when the server renews what it granted [EXT-7]', () => {
    const turn = (credential: string) => [{ urls: 'turn:t', username: 'u', credential }];
    const servers = ({ media }: Alice) =>
      media.openPeers.map(({ configuration }) => configuration.iceServers);

    it('sets it on the calls that there are, and uses it for those to come', async () => {
      gateway.on('login', LOGIN_OK({ granted: ['iceServers'], iceServers: turn('old') }));
      const alice = await Alice.ready(gateway);
      await alice.dial();
      const id = gateway.push('parley.iceServers', { iceServers: turn('new') });
      await settle();
      expect(servers(alice)).toEqual([turn('new')]);
      await alice.dial();
      expect(servers(alice)).toEqual([turn('new'), turn('new')]);
      expect(gateway.acknowledgements(id)).toHaveLength(1);
    });

    it('leaves alone what the application has set, and what was not granted', async () => {
      gateway.on('login', LOGIN_OK({ granted: ['iceServers'], iceServers: turn('old') }));
      const alice = await Alice.ready(gateway);
      alice.client.newCall({ destinationNumber: 'bob', iceServers: turn('own') });
      const bob = await Alice.ready(gateway, { iceServers: turn('own') });
      await bob.dial();
      gateway.push('parley.iceServers', { iceServers: turn('new') });
      await settle();
      expect([servers(alice), servers(bob)]).toEqual([[turn('own')], [turn('own')]]);
    });
  });

  it('uses the ICE servers that the session was granted', async () => {
    const granted = [{ urls: ['stun:a', 'turn:b'], username: 'u', credential: 'c' }, { urls: 'stun:d' }];
    gateway.on(
      'login',
      LOGIN_OK({ granted: ['iceServers'], iceServers: [...granted, { no: 'urls' }, null] }),
    );
    const alice = await Alice.ready(gateway);
    expect(alice.client.iceServers).toEqual(granted);
    await alice.dial();
    expect(alice.media.peers[0]?.configuration.iceServers).toEqual(granted);
    alice.client.iceServers = [];
    await alice.dial();
    expect(alice.media.peers[1]?.configuration.iceServers).toEqual([]);
  });

  it('hears what the server sends beside calls', async () => {
    const alice = await Alice.ready(gateway);
    const heard: unknown[] = [];
    alice.client.on('telnyx.ai.conversation', (event) => heard.push(event));
    alice.client.on('telnyx.socket.message', (message) => heard.push(message['method']));
    gateway.push('ai_conversation', { type: 'response.text.delta', delta: 'Hi' });
    gateway.push('telnyx_rtc.info', { callID: 'x', note: 'n' });
    gateway.push('acme.custom', {});
    await settle();
    expect(heard).toEqual([
      'ai_conversation',
      { method: 'ai_conversation', params: { type: 'response.text.delta', delta: 'Hi' } },
      'telnyx_rtc.info',
      'acme.custom',
    ]);
    expect(alice.notifications).toEqual([{ type: 'event', callID: 'x', note: 'n' }]);
  });

  it('has listeners that cannot hurt: they may throw, and off() removes only theirs', async () => {
    const alice = await Alice.ready(gateway.on('telnyx_rtc.invite', CALL_ANSWERED));
    const heard: string[] = [];
    const first = () => {
      heard.push('first');
      throw new Error('from the application');
    };
    alice.client.on('telnyx.ready', first);
    alice.client.on('telnyx.ready', () => heard.push('second'));
    alice.client.on('acme.never', () => heard.push('never'));
    alice.client.off('telnyx.socket.close').off('telnyx.socket.message').off('telnyx.notification');
    gateway.cut();
    await alice.clock.advance(200);
    expect(heard).toEqual(['first', 'second']);
    expect(alice.console).toEqual([
      'error [TelnyxRTC] a listener of telnyx.ready threw from the application',
    ]);
    alice.client.off('telnyx.ready', first);
    gateway.cut();
    await alice.clock.advance(1_000);
    expect(heard).toEqual(['first', 'second', 'second']);
    expect((await alice.talk()).state).toBe('active');
  });

  it('asks for the microphone alone when it checks permissions', async () => {
    const alice = await Alice.ready(gateway);
    expect(await alice.client.checkPermissions()).toBe(true);
    expect(alice.media.asked).toEqual([{ audio: true, video: false }]);
  });

  it('is heard by listeners of every client', async () => {
    const ready: string[] = [];
    const listener = ({ type }: { type: string }) => ready.push(type);
    TelnyxRTC.on('telnyx.ready', listener);
    await Alice.ready(gateway);
    TelnyxRTC.off('telnyx.ready', listener);
    await Alice.ready(gateway);
    expect(ready).toEqual(['vertoClientReady']);
  });
});

describe('two clients in one page', () => {
  it('have nothing in common', async () => {
    const other = new ScriptedGateway().on('login', ANSWERS({ sessid: 'other' }));
    const [alice, bob] = [await Alice.ready(gateway), await Alice.ready(other)];
    expect([alice.client.sessionid, bob.client.sessionid]).toEqual(['S', 'other']);
    await bob.client.disconnect();
    gateway.invite('in-1');
    await settle();
    expect(alice.incoming).toHaveLength(1);
    expect(bob.incoming).toHaveLength(0);
  });
});

describe('what a server may not do', () => {
  const frames = [
    'null',
    '[]',
    '17',
    '"text"',
    'no JSON',
    '{}',
    '{"id":1}',
    '{"id":1,"result":null}',
    '{"jsonrpc":"2.0","method":"telnyx_rtc.invite"}',
    '{"id":2,"method":"telnyx_rtc.invite","params":null}',
    '{"id":3,"method":"telnyx_rtc.bye","params":{"callID":"__proto__"}}',
    '{"id":4,"method":"telnyx_rtc.answer","params":{"callID":"constructor","sdp":7}}',
    '{"id":5,"method":"telnyx_rtc.event","params":{"eventChannel":5}}',
    '{"id":6,"method":"__proto__","params":{}}',
    '{"id":7,"method":"telnyx_rtc.clientReady","params":{"reattached_sessions":"all"}}',
    '{"id":8,"method":"telnyx_rtc.gatewayState","params":{"state":7}}',
    '{"id":9,"method":"telnyx_rtc.candidate","params":{"callID":"in-1","candidate":{}}}',
    '{"id":10,"method":"telnyx_rtc.modify","params":{"callID":"in-1"}}',
    '#SPU 12',
    `{"method":"x","params":${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
  ];

  it('is to end a call, to ring, or to throw, by frames that mean nothing', async () => {
    const alice = await Alice.ready(gateway.on('telnyx_rtc.invite', CALL_ANSWERED));
    const call = await alice.talk();
    for (const frame of frames) gateway.raw(frame);
    await settle();
    expect(call.state).toBe('active');
    expect(alice.incoming).toEqual([]);
    expect(alice.errors).toEqual([]);
    expect(alice.client.connected).toBe(true);
    const refused = gateway.received.filter(({ error }) => error !== undefined).map(({ id }) => id);
    expect(refused).toEqual([2, 6, 8, 9, 10]);
  });

  it('is to leave a request unsettled by a result of null', async () => {
    gateway.on('telnyx_rtc.invite', (request, to) => {
      to.raw(JSON.stringify({ jsonrpc: '2.0', id: request.id, result: null }));
    });
    const alice = await Alice.ready(gateway);
    expect((await alice.dial()).state).toBe('trying');
  });

  it('is to take the id of a prototype for a call', async () => {
    const alice = await Alice.ready(gateway);
    gateway.invite('__proto__');
    await settle();
    const [call] = alice.incoming;
    expect(call?.id).toBe('__proto__');
    expect(Object.keys(alice.client.calls)).toEqual(['__proto__']);
    expect(alice.client.calls).not.toHaveProperty('constructor');
    const snapshot = alice.client.calls;
    await call?.hangup();
    expect(Object.keys(snapshot)).toEqual(['__proto__']);
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });
});

describe('what nobody gets to see', () => {
  it('is a secret on the console, with debug or without; below a warning nothing is without', async () => {
    const secrets = { login: 'alice', password: 'PASS-WORD', login_token: 'TO-KEN' };
    const iceServers = [{ urls: 'turn:t', username: 'u', credential: 'CREDEN-TIAL' }];
    for (const debug of [false, true]) {
      gateway = new ScriptedGateway().on('telnyx_rtc.invite', CALL_ANSWERED);
      const alice = new Alice(gateway, { ...secrets, iceServers, debug });
      alice.isWatched = true;
      await alice.client.connect();
      await settle();
      const call = await alice.talk();
      gateway.push('telnyx_rtc.attach', {
        callID: call.id,
        sdp: `${fakeSdp('offer')}a=ice-pwd:ICE-PASS-WORD\r\n`,
      });
      gateway.cut();
      await alice.clock.advance(1_000);
      await call.hangup();
      await alice.client.disconnect();
      const written = alice.console.join('\n');
      expect(written).not.toMatch(/PASS-WORD|TO-KEN|CREDEN-TIAL|a=ice-pwd:[^…]/);
      const levels = new Set(alice.console.map((line) => line.split(' ')[0]));
      if (debug) expect(levels).toContain('debug');
      else expect([...levels].filter((level) => level !== 'warn' && level !== 'error')).toEqual([]);
    }
  });
});
