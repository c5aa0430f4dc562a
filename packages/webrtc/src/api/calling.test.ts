import {
  ANSWERS,
  CALL_ANSWERED,
  CALL_CREATED,
  callIdOf,
  fakeSdp,
  IGNORES,
  LOGIN_OK,
  REFUSES,
  ScriptedGateway,
  settle,
  type Behaviour,
  type FakeTrack,
} from '@parley/testkit';
import { beforeEach, describe, expect, it } from 'vitest';

import { Alice, NOTHING_LEFT } from './alice.fixture.ts';
import { TelnyxError } from './errors.ts';

let gateway: ScriptedGateway;

beforeEach(() => {
  gateway = new ScriptedGateway().on('telnyx_rtc.invite', CALL_ANSWERED);
});

/** Rings, and lets the caller hear the other side before it answers. */
const EARLY =
  (parley?: object): Behaviour =>
  (request, to) => {
    const callID = callIdOf(request);
    to.answer(request, { message: 'CALL CREATED', callID });
    to.push('telnyx_rtc.ringing', { callID });
    to.push('telnyx_rtc.media', { callID, sdp: fakeSdp('answer'), ...(parley && { parley }) });
  };

describe('alice calls bob', () => {
  it('and talks when bob answers', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();

    expect(alice.statesOf(call)).toEqual(['new', 'requesting', 'trying', 'active']);
    expect(call.telnyxIDs).toEqual({
      telnyxCallControlId: 'v3:control',
      telnyxSessionId: 'session',
      telnyxLegId: 'leg',
    });
    expect(alice.media.peers[0]?.sending).toBe(alice.media.tracks[0]);
    expect(call.remoteStream).not.toBeNull();
    expect(alice.media.elements.get('remote')).toMatchObject({ srcObject: call.remoteStream, paused: false });
    expect(call.localStream?.getTracks()).toEqual(alice.media.tracks);
    expect(alice.errors).toEqual([]);
    expect(alice.warnings).toEqual([]);

    await call.hangup();
    expect(alice.statesOf(call).slice(-2)).toEqual(['hangup', 'destroy']);
    expect(call).toMatchObject({ cause: 'NORMAL_CLEARING', causeCode: 16, prevState: 'hangup' });
    expect(gateway.requests('telnyx_rtc.bye')).toMatchObject([
      { params: { cause: 'NORMAL_CLEARING', causeCode: 16, dialogParams: { callID: call.id } } },
    ]);
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
    expect(alice.media.elements.get('remote')?.srcObject).toBeNull();
  });

  it('by an invite that names what the server needs, and nothing else of her options [CALL-2]', async () => {
    const turn = (urls: string) => [{ urls, username: 'u', credential: 'TURN-SECRET' }];
    const iceServers = turn('turn:of-the-call.test');
    const alice = await Alice.ready(gateway, {
      iceServers: turn('turn:of-the-client.test'),
      userVariables: { ticket: 7 },
    });
    const { id } = alice.client.newCall({
      iceServers,
      destinationNumber: '+15550100',
      callerName: 'Alice',
      callerNumber: '+15550199',
      clientState: 'c3RhdGU=',
      customHeaders: [{ name: 'X-Ticket', value: '7' }],
    });
    await settle();

    const [invite] = gateway.requests('telnyx_rtc.invite');
    expect(invite?.params).toEqual({
      sessid: 'S',
      sdp: alice.media.peers.at(-1)?.localDescription?.sdp,
      'User-Agent': 'Web-2.28.0',
      dialogParams: {
        callID: id,
        destination_number: '+15550100',
        caller_id_name: 'Alice',
        caller_id_number: '+15550199',
        remote_caller_id_name: 'Outbound Call',
        remote_caller_id_number: '+15550100',
        custom_headers: [{ name: 'X-Ticket', value: '7' }],
        clientState: 'c3RhdGU=',
        userVariables: { ticket: 7 },
        audio: true,
        video: false,
      },
    });
    expect(alice.media.peers.at(-1)?.configuration).toEqual({
      bundlePolicy: 'max-bundle',
      iceServers,
      iceTransportPolicy: 'all',
      iceCandidatePoolSize: 1,
    });
    expect(JSON.stringify(gateway.received)).not.toContain('TURN-SECRET');
  });

  it('without ICE servers to ask, gathering nothing in advance', async () => {
    const alice = await Alice.ready(gateway);
    await alice.dial();
    expect(alice.media.peers[0]?.configuration).toMatchObject({ iceServers: [], iceCandidatePoolSize: 0 });
  });

  it.each([
    { trickleIce: false, callee: false },
    { trickleIce: true, callee: false },
    { trickleIce: false, callee: true },
    { trickleIce: true, callee: true },
  ])('by relays alone, and there are none: %j', async ({ trickleIce, callee }) => {
    gateway.on('login', LOGIN_OK({ granted: ['preAnswer'] }));
    const alice = await Alice.ready(gateway, { forceRelayCandidate: true, trickleIce });
    if (callee) gateway.invite('in-1');
    const outgoing = callee ? undefined : alice.client.newCall({ destinationNumber: 'bob' });
    await settle();
    const call = outgoing ?? alice.incoming[0];
    if (call?.state === 'ringing') void call.answer();
    await settle();
    await alice.clock.advance(10_000);
    expect(call).toMatchObject({ state: 'destroy', cause: 'NORMAL_TEMPORARY_FAILURE', causeCode: 41 });
    expect([alice.errorCodes, new Set(alice.warningCodes)]).toEqual([[47101], new Set([33003])]);
    expect(JSON.stringify(gateway.received)).not.toContain('typ host');
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it.each([
    { granted: ['iceServers'], trickle: true },
    { granted: ['preAnswer'], trickle: undefined },
  ])('with candidates to follow where the gateway grants servers: %j', async ({ granted, trickle }) => {
    const iceServers = [{ urls: 'turn:t', username: 'u', credential: 'c' }];
    gateway.on('login', LOGIN_OK({ granted, iceServers }));
    const alice = await Alice.ready(gateway);
    await alice.dial();
    expect(gateway.requests('telnyx_rtc.invite')[0]?.params['trickle']).toBe(trickle);
    alice.client.newCall({ destinationNumber: 'bob', trickleIce: false });
    await settle();
    expect(gateway.requests('telnyx_rtc.invite')[1]?.params).not.toHaveProperty('trickle');
  });

  it('without waiting for the microphone, which joins when it is allowed', async () => {
    const alice = await Alice.ready(gateway);
    let allow = (): void => undefined;
    alice.media.beforeStep = (step) =>
      step === 'getUserMedia' ? new Promise<void>((resolve) => (allow = resolve)) : undefined;
    const call = await alice.dial();
    expect(call.state).toBe('active');
    expect(call.localStream).toBeNull();
    allow();
    await settle();
    expect(alice.media.peers[0]?.sending).toBe(alice.media.tracks[0]);
    await call.hangup();
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it('and hears what the server plays before the answer', async () => {
    gateway.on('telnyx_rtc.invite', EARLY());
    const alice = await Alice.ready(gateway, { ringbackFile: 'ringback.mp3' });
    const call = await alice.dial();
    expect(alice.statesOf(call)).toEqual(['new', 'requesting', 'trying', 'early']);
    expect(alice.media.elements.get('remote')?.srcObject).toBe(call.remoteStream);
    expect(alice.media.sounds.every(({ paused }) => paused)).toBe(true);

    gateway.push('telnyx_rtc.answer', { callID: call.id });
    await settle();
    expect(alice.statesOf(call).at(-1)).toBe('active');
  });

  it('and hears her own ringback where the server only warms the path', async () => {
    gateway.on('telnyx_rtc.invite', EARLY({ earlyMedia: false }));
    const alice = await Alice.ready(gateway, { ringbackFile: 'ringback.mp3' });
    const call = await alice.dial();
    expect(call.state).toBe('trying');
    expect(call.remoteStream).toBeNull();
    expect(alice.media.sounds).toMatchObject([{ src: 'ringback.mp3', loop: true, paused: false }]);

    gateway.push('telnyx_rtc.answer', { callID: call.id });
    await settle();
    expect(call.state).toBe('active');
    expect(alice.media.sounds).toMatchObject([{ paused: true }]);
    expect(alice.media.elements.get('remote')?.srcObject).toBe(call.remoteStream);
  });

  it('and cancels while it rings', async () => {
    gateway.on('telnyx_rtc.invite', CALL_CREATED);
    const alice = await Alice.ready(gateway);
    const call = await alice.dial();
    await call.hangup();
    expect(gateway.requests('telnyx_rtc.bye')).toMatchObject([
      { params: { cause: 'ORIGINATOR_CANCEL', causeCode: 487 } },
    ]);
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it('and bob rejects', async () => {
    gateway.on('telnyx_rtc.invite', CALL_CREATED);
    const alice = await Alice.ready(gateway);
    const call = await alice.dial();
    const busy = {
      cause: 'USER_BUSY',
      causeCode: 17,
      sipCode: 486,
      sipReason: 'Busy Here',
      sip_call_id: 'x',
    };
    const id = gateway.push('telnyx_rtc.bye', { callID: call.id, ...busy });
    await settle();
    expect(alice.statesOf(call)).toEqual(['new', 'requesting', 'trying', 'hangup', 'destroy']);
    expect(call).toMatchObject({
      cause: 'USER_BUSY',
      causeCode: 17,
      sipCode: 486,
      sipReason: 'Busy Here',
      sipCallId: 'x',
    });
    expect(gateway.acknowledgements(id)).toMatchObject([{ result: { method: 'telnyx_rtc.bye' } }]);
    expect(gateway.requests('telnyx_rtc.bye')).toEqual([]);
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it('and bob ends it, by a bye that says more than how it ended [BYE-5]', async () => {
    const alice = await Alice.ready(gateway);
    const [call, other] = [await alice.talk(), await alice.talk()];
    const unchanged = ({ id, direction, options, telnyxIDs }: typeof call) => ({
      ...{ id, direction, telnyxIDs },
      options: { ...options },
      own: Object.keys(call),
    });
    const before = unchanged(call);
    gateway.push('telnyx_rtc.bye', {
      callID: call.id,
      id: other.id,
      cause: 'USER_BUSY',
      causeCode: 17,
      sipCode: 486,
      client_state: 'bmV3',
      state: 'active',
      direction: 'inbound',
      isRecovering: true,
      options: { destinationNumber: 'mallory' },
      destination_number: 'mallory',
      telnyx_session_id: 'mallory',
      recoveredCallId: other.id,
      dialogParams: { callID: other.id, destination_number: 'mallory' },
    });
    await settle();
    expect(alice.statesOf(call).slice(-2)).toEqual(['hangup', 'destroy']);
    expect(call).toMatchObject({ cause: 'USER_BUSY', causeCode: 17, sipCode: 486 });
    expect(unchanged(call)).toEqual({ ...before, options: { ...before.options, clientState: 'bmV3' } });
    expect(other.state).toBe('active');
    expect(gateway.requests('telnyx_rtc.bye')).toEqual([]);
  });

  it('and the server refuses, which error and cause tell', async () => {
    gateway.on('telnyx_rtc.invite', REFUSES(-32602, 'No such number'));
    const alice = await Alice.ready(gateway);
    const call = await alice.dial();
    expect(alice.errors).toMatchObject([
      {
        callId: call.id,
        sessionId: 'S',
        error: { code: 40005, originalError: { message: 'No such number', code: -32602 } },
      },
    ]);
    expect(call).toMatchObject({ state: 'destroy', cause: 'CALL_REJECTED', causeCode: 21 });
    expect(gateway.requests('telnyx_rtc.bye')).toEqual([]);
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it('and the server never responds: it ends after 10 seconds, with a bye', async () => {
    gateway.on('telnyx_rtc.invite', IGNORES);
    const alice = await Alice.ready(gateway);
    const call = await alice.dial();
    await alice.clock.advance(9_999);
    expect(call.state).toBe('requesting');
    await alice.clock.advance(1);
    expect(call).toMatchObject({ state: 'destroy', cause: 'RECOVERY_ON_TIMER_EXPIRE', causeCode: 102 });
    expect(alice.errorCodes).toEqual([40005]);
    expect(gateway.requests('telnyx_rtc.bye')).toHaveLength(1);
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it('and the server does not confirm the end: it ends after 5 seconds', async () => {
    gateway.on('telnyx_rtc.bye', IGNORES);
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    const ended = call.hangup();
    expect(alice.leftovers).toMatchObject({ tracks: 0, peers: 0 });
    await alice.clock.advance(5_000);
    await ended;
    expect(call.state).toBe('destroy');
    expect(alice.errorCodes).toEqual([44003]);
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it.each([
    ['NotAllowedError', 42001],
    ['NotFoundError', 42002],
    ['NotReadableError', 42003],
  ])('without a microphone (%s), which error and cause tell', async (name, code) => {
    const alice = await Alice.ready(gateway);
    alice.media.beforeStep = (step) => {
      if (step === 'getUserMedia') throw new DOMException('No', name);
    };
    const call = await alice.dial();
    expect(alice.errors).toMatchObject([{ callId: call.id, error: { code, fatal: true } }]);
    expect(alice.notifications).toContainEqual(
      expect.objectContaining({ type: 'userMediaError', call, errorMessage: 'No' }),
    );
    expect(call).toMatchObject({ state: 'destroy', cause: 'NORMAL_TEMPORARY_FAILURE', causeCode: 41 });
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it.each([
    ['createOffer', 40001, 'NORMAL_TEMPORARY_FAILURE', 41],
    ['setLocalDescription', 40003, 'NORMAL_TEMPORARY_FAILURE', 41],
    ['setRemoteDescription', 40004, 'INCOMPATIBLE_DESTINATION', 88],
  ])('and the browser refuses (%s), which error and cause tell', async (step, code, cause, causeCode) => {
    const alice = await Alice.ready(gateway);
    alice.media.beforeStep = (each) => {
      if (each === step) throw new DOMException('No', 'OperationError');
    };
    const call = await alice.dial();
    expect(alice.errors).toMatchObject([{ callId: call.id, error: { code } }]);
    expect(call).toMatchObject({ state: 'destroy', cause, causeCode });
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it('with options that cannot be used, which throws and names them', async () => {
    const alice = await Alice.ready(gateway);
    const dial = (options: object) => () => alice.client.newCall(options);
    expect(dial({})).toThrow(TelnyxError);
    expect(dial({})).toThrow('destinationNumber is missing');
    expect(dial({ destinationNumber: null })).toThrow('destinationNumber is missing');
    expect(dial({ destinationNumber: 'bob', customHeaders: 'X' })).toThrow('customHeaders must be an array');
    const { id } = alice.client.newCall({ destinationNumber: 'bob' });
    expect(dial({ destinationNumber: 'bob', id })).toThrow(`id ${id} is in use`);
    expect(() => alice.client.newCall({})).toThrow(expect.objectContaining({ code: 44002, fatal: true }));
  });

  it('before she is connected: the invite leaves when she is ready', async () => {
    const alice = new Alice(gateway);
    void alice.client.connect();
    const call = await alice.dial();
    await settle();
    expect(call.state).toBe('active');
  });

  it('without ever connecting, which ends at once and says why', async () => {
    const alice = new Alice(gateway);
    const call = await alice.dial();
    expect(call.state).toBe('destroy');
    expect(alice.errorCodes).toEqual([40005, 44003]);
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });
});

describe('alice in a call', () => {
  it('holds and takes up again, sending nothing where it is so already', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    expect(await Promise.all([call.hold(), call.hold(), call.unhold(), call.toggleHold()])).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(alice.statesOf(call).slice(3)).toEqual(['active', 'held', 'active', 'held']);
    expect(gateway.requests('telnyx_rtc.modify').map(({ params }) => params)).toEqual(
      ['hold', 'unhold', 'hold'].map((action) => ({
        sessid: 'S',
        action,
        dialogParams: { callID: call.id },
      })),
    );
  });

  it('cannot hold where the server refuses, does not answer, or the call is not active', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    gateway.on('telnyx_rtc.modify', REFUSES(-32602));
    expect(await call.hold()).toBe(false);
    gateway.on('telnyx_rtc.modify', IGNORES);
    const held = call.hold();
    await alice.clock.advance(10_000);
    expect(await held).toBe(false);
    gateway.on('telnyx_rtc.invite', CALL_CREATED);
    const ringing = await alice.dial();
    expect(await ringing.hold()).toBe(false);
    expect(alice.errorCodes).toEqual([44001, 44001, 44001]);
    expect(call.state).toBe('active');
  });

  it('sends tones in order, and refuses what is none', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    call.dtmf('12');
    call.dtmf('a#');
    expect(() => {
      call.dtmf('1,2');
    }).toThrow(TypeError);
    await settle();
    expect(gateway.requests('telnyx_rtc.info').map(({ params }) => params)).toEqual([
      { sessid: 'S', dtmf: '12', dialogParams: { callID: call.id } },
      { sessid: 'S', dtmf: 'A#', dialogParams: { callID: call.id } },
    ]);
  });

  it('stays muted when she takes another microphone', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    call.muteAudio();
    await call.setAudioInDevice('mic-2');
    expect(alice.media.liveTracks).toMatchObject([{ label: 'Headset', enabled: false }]);
    expect(alice.media.peers[0]?.sending).toBe(alice.media.liveTracks[0]);
    expect(call.isAudioMuted).toBe(true);
    await call.setAudioInDevice('mic-1', false);
    expect(alice.media.liveTracks).toMatchObject([{ label: 'Microphone', enabled: true }]);
    call.toggleAudioMute();
    expect(alice.media.liveTracks).toMatchObject([{ enabled: false }]);
  });

  it('keeps the microphone that she has where another fails', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    await expect(call.setAudioInDevice('no-such')).rejects.toMatchObject({ code: 42002 });
    expect(call.state).toBe('active');
    expect(alice.media.liveTracks).toEqual(alice.media.tracks);
    expect(alice.media.peers[0]?.sending).toBe(alice.media.liveTracks[0]);
  });

  it('starts muted where she wants that', async () => {
    const alice = await Alice.ready(gateway, { mutedMicOnStart: true });
    const call = await alice.talk();
    expect(call.isAudioMuted).toBe(true);
    expect(alice.media.liveTracks).toMatchObject([{ enabled: false }]);
  });

  it('silences bob here, and chooses where she hears him', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    const enabled = () => call.remoteStream?.getAudioTracks().map((track) => track.enabled);
    call.deaf();
    expect(enabled()).toEqual([false]);
    call.undeaf();
    expect(enabled()).toEqual([true]);
    expect(await call.setAudioOutDevice('speaker-1')).toBe(true);
    expect(alice.media.elements.get('remote')?.sinkId).toBe('speaker-1');
    alice.media.beforeStep = (step) => {
      if (step === 'setSinkId') throw new DOMException('No', 'NotFoundError');
    };
    expect(await call.setAudioOutDevice('gone')).toBe(false);
  });

  it('is told of a browser that plays no sound yet, and hears bob at the first touch', async () => {
    const alice = await Alice.ready(gateway);
    let touched = false;
    alice.media.beforeStep = (step) => {
      if (step === 'play' && !touched) throw new DOMException('No', 'NotAllowedError');
    };
    const call = await alice.talk();
    expect(alice.warnings).toMatchObject([{ callId: call.id, warning: { code: 33101 } }]);
    expect(alice.media.elements.get('remote')?.paused).toBe(true);
    touched = true;
    alice.media.touch();
    await settle();
    expect(alice.media.elements.get('remote')?.paused).toBe(false);
    await call.hangup();
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it('uses her own stream, and keeps it when the call ends', async () => {
    const alice = await Alice.ready(gateway);
    const localStream = await alice.media.ports().devices.getUserMedia({ audio: true });
    const call = alice.client.newCall({ destinationNumber: 'bob', localStream });
    await settle();
    expect(alice.media.asked).toHaveLength(1);
    expect(alice.media.peers[0]?.sending).toBe(localStream.getAudioTracks()[0]);
    await call.hangup();
    expect(alice.media.liveTracks).toHaveLength(1);
  });

  it('only listens where she has no microphone for it, or wants none', async () => {
    const alice = await Alice.ready(gateway);
    alice.client.disableMicrophone();
    await alice.talk();
    alice.client.enableMicrophone();
    alice.client.newCall({ destinationNumber: 'bob', audio: false });
    await settle();
    expect(alice.media.asked).toEqual([]);
    expect(alice.errors).toEqual([]);
    for (const peer of alice.media.peers)
      expect(peer.transceivers).toMatchObject([{ direction: 'recvonly' }]);
    expect(alice.client.getActiveCalls().map(({ state }) => state)).toEqual(['active', 'active']);
    await alice.talk();
    expect(alice.media.asked).toEqual([{ audio: true }]);
  });

  it('is warned of a second call, and of an element that two calls share', async () => {
    const alice = await Alice.ready(gateway);
    const first = await alice.talk();
    const second = await alice.talk();
    expect(alice.warnings).toMatchObject([
      { warning: { code: 33010 }, newCall: { id: second.id }, activeCalls: [{ id: first.id }] },
      { warning: { code: 33011 }, callId: second.id },
    ]);
    expect(alice.client.getActiveCalls()).toEqual([first, second]);
    expect(Object.keys(alice.client.calls)).toEqual([first.id, second.id]);
    expect(Object.getPrototypeOf(alice.client.calls)).toBeNull();
    await alice.client.disconnect();
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
    expect(alice.client.hasActiveCall()).toBe(false);
  });

  it('hears the call that she takes up again, or is left with, in an element that two calls share', async () => {
    const alice = await Alice.ready(gateway);
    const first = await alice.talk();
    await first.hold();
    const second = await alice.talk();
    const element = alice.media.elements.get('remote');
    expect(element?.srcObject).toBe(second.remoteStream);
    await second.hold();
    await first.unhold();
    expect(element?.srcObject).toBe(first.remoteStream);
    await first.hangup();
    expect(element?.srcObject).toBe(second.remoteStream);
    await second.hangup();
    expect(element?.srcObject).toBeNull();
  });

  it('holds while the call ends: it is not held, and that is no error', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    const held = [call.hold(), call.unhold()];
    void call.hangup();
    expect(alice.client.getActiveCalls()).toEqual([]);
    expect(Object.values(alice.client.calls)).toEqual([call]);
    expect(await Promise.all(held)).toEqual([false, false]);
    expect(alice.errors).toEqual([]);
  });

  it('has an element that cannot be had: the call goes on without', async () => {
    const alice = await Alice.ready(gateway);
    alice.client.remoteElement = () => {
      throw new Error('from the application');
    };
    const call = await alice.talk();
    expect(call.state).toBe('active');
    expect(alice.client.remoteElement).toBeNull();
  });

  it('hears the far side name another party', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    gateway.push('telnyx_rtc.display', {
      callID: call.id,
      display_name: 'Carol',
      display_number: '33',
      display_direction: 'inbound',
    });
    await settle();
    expect(alice.notifications.at(-1)).toEqual({
      type: 'participantData',
      call,
      displayName: 'Carol',
      displayNumber: '33',
      displayDirection: 'outbound',
    });
    expect(call.extension).toBe('33');
  });

  it('trickles candidates that carry the id of the call alone', async () => {
    const alice = await Alice.ready(gateway, { trickleIce: true });
    const call = await alice.talk();
    const [invite] = gateway.requests('telnyx_rtc.invite');
    expect(invite?.params).toMatchObject({ trickle: true });
    expect(gateway.requests('telnyx_rtc.candidate').map(({ params }) => params)).toEqual([
      {
        sessid: 'S',
        candidate: expect.stringContaining('candidate:'),
        sdpMid: '0',
        sdpMLineIndex: 0,
        dialogParams: { callID: call.id },
      },
    ]);
    expect(gateway.requests('telnyx_rtc.endOfCandidates')).toHaveLength(1);
    const methods = gateway.received.map(({ method }) => method);
    expect(methods.indexOf('telnyx_rtc.invite')).toBeLessThan(methods.indexOf('telnyx_rtc.candidate'));
  });

  it('takes candidates that come before the answer, and after it [ICE-3]', async () => {
    gateway.on('telnyx_rtc.invite', CALL_CREATED);
    const alice = await Alice.ready(gateway);
    const call = await alice.dial();
    const candidate = (text: string) => ({ callID: call.id, candidate: text, sdpMid: '0', sdpMLineIndex: 0 });
    gateway.push('telnyx_rtc.candidate', candidate('candidate:early'));
    await settle();
    gateway.push('telnyx_rtc.answer', { callID: call.id, sdp: fakeSdp('answer') });
    await settle();
    gateway.push('telnyx_rtc.candidate', candidate('candidate:late'));
    await settle();
    expect(alice.media.peers[0]?.remoteCandidates).toMatchObject([
      { candidate: 'candidate:early' },
      { candidate: 'candidate:late' },
    ]);
  });

  it('leaves the page: the server is told at once', async () => {
    const alice = await Alice.ready(gateway);
    await alice.talk();
    alice.leavePage();
    await settle();
    expect(gateway.requests('telnyx_rtc.bye')).toHaveLength(1);
  });

  it('leaves the page without ending the call where she wants that', async () => {
    const alice = await Alice.ready(gateway, { hangupOnBeforeUnload: false });
    await alice.talk();
    alice.leavePage();
    await settle();
    expect(gateway.requests('telnyx_rtc.bye')).toEqual([]);
  });
});

describe('a call as its application uses it', () => {
  it('is one object, extensible, with data of its own', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    expect(alice.notifications.every(({ call: told }) => told === call)).toBe(true);
    expect(new Set(alice.notifications).size).toBe(alice.notifications.length);
    for (const name of ['id', 'state', 'direction', 'options', 'cause']) {
      expect(Object.getOwnPropertyDescriptor(call, name)).toMatchObject({ writable: true, enumerable: true });
    }
    expect(Object.isExtensible(call)).toBe(true);
    expect(JSON.stringify(Object.keys(call))).not.toMatch(/live|owner/);
  });

  it('works in a proxy, and with methods that were taken off it', async () => {
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    // What a framework does that wraps every object which it can reach.
    const wrap = <T extends object>(target: T): T =>
      new Proxy(target, {
        get: (from, name, receiver) => {
          const value: unknown = Reflect.get(from, name, receiver);
          return typeof value === 'object' && value !== null ? wrap(value) : value;
        },
      });
    wrap(call).muteAudio();
    expect(wrap(call).isAudioMuted).toBe(true);
    const unmute = call.unmuteAudio.bind(call);
    unmute();
    expect(call.isAudioMuted).toBe(false);
    const client = wrap(alice.client);
    expect(client.connected).toBe(true);
    await wrap(call).hangup();
    expect(call.state).toBe('destroy');
  });

  it('tells its own listener in place of those of the client', async () => {
    const alice = await Alice.ready(gateway);
    const states: string[] = [];
    alice.client.newCall({
      destinationNumber: 'bob',
      onNotification: ({ call }) => states.push(call?.state ?? ''),
    });
    await settle();
    expect(states).toEqual(['new', 'requesting', 'trying', 'active']);
    expect(alice.notifications).toEqual([]);
  });
});

describe('the answer to an invite that the server gives twice', () => {
  it('changes nothing the second time', async () => {
    gateway.on('telnyx_rtc.bye', ANSWERS({}));
    const alice = await Alice.ready(gateway);
    const call = await alice.talk();
    const remote = alice.media.peers[0]?.remoteDescription;
    gateway.push('telnyx_rtc.answer', { callID: call.id, sdp: fakeSdp('another answer') });
    gateway.push('telnyx_rtc.ringing', { callID: call.id });
    await settle();
    expect(alice.statesOf(call)).toEqual(['new', 'requesting', 'trying', 'active']);
    expect(alice.media.peers[0]?.remoteDescription).toBe(remote);
    const tracks: readonly FakeTrack[] = alice.media.liveTracks;
    expect(tracks).toHaveLength(1);
  });
});
