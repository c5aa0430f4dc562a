import {
  ANSWERS,
  CALL_ANSWERED,
  callIdOf,
  fakeSdp,
  IGNORES,
  LOGIN_OK,
  REFUSES,
  ScriptedGateway,
  settle,
  type Behaviour,
  type FakePeerConnection,
} from '@parley/testkit';
import { beforeEach, describe, expect, it } from 'vitest';

import { Alice, NOTHING_LEFT } from './alice.fixture.ts';
import type { Call } from './call.ts';
import type { IClientOptions } from './options.ts';

let gateway: ScriptedGateway;

beforeEach(() => {
  gateway = new ScriptedGateway().on('telnyx_rtc.invite', CALL_ANSWERED).on('parley.remake', REMAKES);
});

const GRANTS = LOGIN_OK({ granted: ['recovery', 'preAnswer'] });
/** At which a path that is silent is judged dead, and something has been done about it. */
const NOTICED_MS = 2_000;
const RELAYS: IClientOptions = {
  forceRelayCandidate: true,
  iceServers: [{ urls: 'turn:t', username: 'u', credential: 'c' }],
};

/** Offers another leg each time it is asked to. */
const REMAKES: Behaviour = (request, to) => {
  to.answer(request, { message: 'CALL REMADE', callID: callIdOf(request) });
  const epoch = gateway.sent.filter(({ method }) => method === 'telnyx_rtc.attach').length + 1;
  to.push('telnyx_rtc.attach', { callID: callIdOf(request), sdp: fakeSdp('offer'), parley: { epoch } });
};

interface Talk {
  readonly alice: Alice;
  readonly call: Call;
  readonly peer: FakePeerConnection;
}

/** At our gateway, whose path then goes dead without a word of the browser. */
async function talking(options?: IClientOptions, login: Behaviour = GRANTS): Promise<Talk> {
  gateway.on('login', login);
  const alice = await Alice.ready(gateway, options);
  const call = await alice.talk();
  const [peer] = alice.media.peers;
  if (!peer) throw new Error('There is no peer connection');
  return { alice, call, peer };
}

const restarts = () => gateway.requests('telnyx_rtc.modify').map(({ params }) => params);

/** `mediaState` of each notification. */
function watchMedia({ client }: Alice): string[] {
  const told: string[] = [];
  client.on('telnyx.notification', ({ type, call }) => {
    if (type === 'callUpdate' && call) told.push(`${call.state} ${call.mediaState}`);
  });
  return told;
}

describe('alice, whose media path dies', () => {
  it('hears again soon: ICE is started again in the same peer connection', async () => {
    const { alice, call, peer } = await talking();
    const told = watchMedia(alice);
    await alice.clock.advance(10_000);
    expect({ told, state: call.mediaState, restarts: peer.restarts }).toEqual({
      told: [],
      state: 'connected',
      restarts: 0,
    });

    peer.hears = false;
    await alice.clock.advance(NOTICED_MS);
    expect(restarts()).toEqual([
      {
        sessid: 'S',
        action: 'updateMedia',
        callID: call.id,
        sdp: peer.localDescription?.sdp,
        dialogParams: { callID: call.id },
      },
    ]);
    expect(peer).toMatchObject({ restarts: 1, signalingState: 'stable' });
    expect(call.mediaState).toBe('recovering');
    peer.hears = true;
    await alice.clock.advance(500);
    expect(told).toEqual(['active recovering', 'active connected']);
    expect(alice.warnings).toMatchObject([{ warning: { code: 36004 }, reason: 'no-media', callId: call.id }]);
    expect(alice.errors).toEqual([]);
    expect(alice.statesOf(call)).toEqual(['new', 'requesting', 'trying', 'active', 'active', 'active']);
    expect(alice.media.openPeers).toEqual([peer]);

    await alice.clock.advance(60_000);
    expect(peer.restarts).toBe(1);
    await call.hangup();
    expect(call.mediaState).toBe('closed');
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it('in a call that she has answered: it is she who offers', async () => {
    gateway.on('login', GRANTS);
    const alice = await Alice.ready(gateway);
    gateway.invite('in-1');
    await settle();
    await alice.incoming[0]?.answer();
    const [peer] = alice.media.peers;
    peer?.become('connected');
    peer?.become('failed');
    await settle();
    expect(restarts()).toMatchObject([{ action: 'updateMedia', sdp: peer?.localDescription?.sdp }]);
    expect(peer).toMatchObject({
      restarts: 1,
      signalingState: 'stable',
      localDescription: { type: 'offer' },
    });
    expect(alice.warningCodes).toEqual([33004, 36004]);
  });

  it('is told by the browser alone, where the server is a foreign one that may be silent', async () => {
    const { alice, peer } = await talking({}, LOGIN_OK());
    peer.hears = false;
    await alice.clock.advance(60_000);
    expect(peer.restarts).toBe(0);
    peer.become('disconnected');
    await settle();
    expect(peer.restarts).toBe(1);
    expect(alice.warnings).toMatchObject([
      { warning: { code: 33001 } },
      { warning: { code: 36004 }, reason: 'disconnected' },
    ]);
  });

  it('for less than 1.5 s, as far as the browser knows: nothing is done', async () => {
    const { alice, call, peer } = await talking({}, LOGIN_OK());
    const told = watchMedia(alice);
    peer.become('disconnected');
    await alice.clock.advance(1_400);
    expect(call.mediaState).toBe('interrupted');
    peer.become('connected');
    await alice.clock.advance(10_000);
    expect(told).toEqual(['active interrupted', 'active connected']);
    expect(peer.restarts).toBe(0);

    peer.become('disconnected');
    await alice.clock.advance(NOTICED_MS);
    expect(peer.restarts).toBe(1);
  });

  it('offers new candidates with trickle, which end once more', async () => {
    const { alice, peer } = await talking({ trickleIce: true });
    const followed = () => [
      gateway.requests('telnyx_rtc.candidate').length,
      gateway.requests('telnyx_rtc.endOfCandidates').length,
    ];
    expect(followed()).toEqual([1, 1]);
    peer.gathersAtOnce = false;
    peer.hears = false;
    await alice.clock.advance(NOTICED_MS);
    expect(restarts()).toMatchObject([{ trickle: true }]);
    expect(followed()).toEqual([1, 1]);
    peer.found();
    peer.gathered();
    peer.onicecandidate?.({ candidate: null });
    await settle();
    expect(followed()).toEqual([3, 2]);
  });

  it('holds the call while ICE starts again: neither waits for the other', async () => {
    const { alice, call, peer } = await talking();
    const unanswered: Behaviour = (request, to) => {
      if (request.params['action'] === 'updateMedia') to.answer(request, { sdp: fakeSdp('answer') });
    };
    gateway.on('telnyx_rtc.modify', unanswered);
    const held = call.hold();
    peer.hears = false;
    await alice.clock.advance(NOTICED_MS);
    expect(peer).toMatchObject({ restarts: 1, signalingState: 'stable' });
    peer.hears = true;
    await alice.clock.advance(10_000);
    expect(await held).toBe(false);
    expect(call.mediaState).toBe('connected');
  });
});

describe('alice, whose browser cannot tell what arrives', () => {
  it.each([
    ['refuses', () => Promise.reject(new DOMException('No', 'InvalidStateError'))],
    ['never answers', () => new Promise<void>(() => undefined)],
  ])('as it %s: its word on the connection is taken', async (_how, answer) => {
    const { alice, peer } = await talking();
    alice.media.beforeStep = (step) => (step === 'getStats' ? answer() : undefined);
    await alice.clock.advance(60_000);
    expect(peer.restarts).toBe(0);
    peer.become('disconnected');
    await alice.clock.advance(NOTICED_MS);
    expect(peer.restarts).toBe(1);
  });
});

describe('alice, in another network', () => {
  it('whose path is dead there: ICE is started again at once', async () => {
    const { alice, peer } = await talking({}, LOGIN_OK());
    peer.hears = false;
    alice.page('online');
    await alice.clock.advance(500);
    expect(peer.restarts).toBe(1);
    expect(alice.warnings).toMatchObject([{ warning: { code: 36004 }, reason: 'network-change' }]);
  });

  it('whose path carries on there: nothing is done', async () => {
    const { alice, peer } = await talking();
    alice.page('online');
    alice.page('resume');
    await alice.clock.advance(10_000);
    expect(peer.restarts).toBe(0);
  });
});

describe('alice, to whom a restart of ICE does not help', () => {
  it.each<[string, Behaviour, number]>([
    ['as the server refuses it', REFUSES(-32602), NOTICED_MS],
    ['as the server has no answer to it', ANSWERS({ action: 'updateMedia' }), NOTICED_MS],
    ['as the server says nothing', IGNORES, NOTICED_MS + 10_000],
    ['as the answer is none', ANSWERS({ sdp: 'nonsense' }), NOTICED_MS],
  ])('%s: she asks for another leg, and everything goes on there', async (_why, behaviour, afterMs) => {
    gateway.on('telnyx_rtc.modify', behaviour);
    const { alice, call, peer } = await talking();
    const told = watchMedia(alice);
    call.muteAudio();
    call.deaf();
    peer.hears = false;
    await alice.clock.advance(afterMs);
    expect(alice.errors).toMatchObject([{ callId: call.id, error: { code: 47001, fatal: false } }]);
    expect(alice.warningCodes).toEqual([36004, 36004]);
    expect(gateway.requests('parley.remake')).toMatchObject([
      { params: { dialogParams: { callID: call.id } } },
    ]);
    const [answer] = gateway.requests('telnyx_rtc.attach');
    const other = alice.media.peers[1];
    expect(answer?.params).toMatchObject({ parley: { epoch: 1 }, sdp: other?.localDescription?.sdp });

    // Make before break.
    expect(alice.media.openPeers).toEqual([peer, other]);
    other?.become('connected');
    expect(alice.media.openPeers).toEqual([other]);
    await alice.clock.advance(500);
    expect(call).toMatchObject({ state: 'active', mediaState: 'connected', isAudioMuted: true });
    expect(call.recoveredCallId).toBe(call.id);
    expect(other?.sending).toBe(alice.media.liveTracks[0]);
    expect(alice.media.liveTracks).toMatchObject([{ enabled: false }]);
    expect(call.remoteStream?.getAudioTracks()).toMatchObject([{ enabled: false }]);
    expect(told.at(-1)).toBe('active connected');
    expect(told).toContain('recovering recovering');
    await call.hangup();
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });

  it('although the server has taken it: she asks for another leg after 2 s', async () => {
    const { alice, peer } = await talking();
    peer.hears = false;
    await alice.clock.advance(NOTICED_MS);
    await alice.clock.advance(1_000);
    expect(gateway.requests('parley.remake')).toEqual([]);
    await alice.clock.advance(1_000);
    expect(gateway.requests('parley.remake')).toHaveLength(1);
    expect(alice.errors).toEqual([]);
  });

  it('at a foreign server: she takes another socket, where she may be offered another leg', async () => {
    gateway.on('telnyx_rtc.modify', REFUSES(-32602));
    const { alice, call, peer } = await talking({}, LOGIN_OK());
    gateway.survivors = [call.id];
    peer.become('failed');
    await alice.clock.advance(1_000);
    expect(alice.warnings).toMatchObject([
      { warning: { code: 33004 } },
      { warning: { code: 36004 }, reason: 'failed' },
      { warning: { code: 36003 }, reason: 'failed' },
    ]);
    expect(alice.connection).toEqual(['open', 'ready', 'close', 'open', 'ready']);
    expect(gateway.requests('parley.remake')).toEqual([]);

    gateway.push('telnyx_rtc.attach', { callID: call.id, sdp: fakeSdp('offer') });
    await settle();
    alice.media.peers[1]?.become('connected');
    expect(call).toMatchObject({ state: 'active', mediaState: 'connected' });
    expect(gateway.requests('telnyx_rtc.attach')[0]?.params['parley']).toBeUndefined();
  });

  it('nor anything else: the call ends with its cause, and the server is told', async () => {
    gateway.on('telnyx_rtc.modify', REFUSES(-32602)).on('parley.remake', REFUSES(-32601));
    const { alice, call, peer } = await talking();
    peer.hears = false;
    await alice.clock.advance(NOTICED_MS + 14_000);
    expect(call).toMatchObject({ state: 'destroy', cause: 'RECOVERY_ON_TIMER_EXPIRE', causeCode: 102 });
    expect(alice.errors.map(({ error }) => [error.code, error.fatal])).toEqual([
      ...Array.from({ length: 5 }, () => [47001, false]),
      [47001, true],
    ]);
    expect(peer.restarts).toBe(1);
    expect(gateway.requests('parley.remake')).toHaveLength(4);
    expect(gateway.requests('telnyx_rtc.bye')).toMatchObject([{ params: { causeCode: 102 } }]);
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });
});

describe('alice, whose call never gets a path', () => {
  it('tries again after 8 s, and ends the call where that does not help', async () => {
    gateway.on('login', GRANTS).on('parley.remake', ANSWERS({}));
    const alice = await Alice.ready(gateway);
    const call = await alice.dial();
    expect(call).toMatchObject({ state: 'active', mediaState: 'connecting' });
    await alice.clock.advance(8_000);
    expect(alice.warnings).toMatchObject([{ warning: { code: 36004 }, reason: 'not-connected' }]);
    await alice.clock.advance(60_000);
    expect(call.state).toBe('destroy');
    expect(alice.leftovers).toEqual(NOTHING_LEFT);
  });
});

describe('alice, who goes through relays alone', () => {
  it.each([false, true])('offers nothing else when ICE starts again, with trickle %s', async (trickleIce) => {
    const { alice, peer } = await talkingOverRelay({ trickleIce });
    await alice.clock.advance(NOTICED_MS);
    peer.found('candidate:1 1 udp 1 10.1.2.3 4000 typ host');
    peer.found(RELAY);
    peer.gathered();
    await settle();
    const sent = gateway.received
      .slice(-8)
      .map((frame) => JSON.stringify(frame))
      .join();
    expect(sent).toContain('typ relay raddr 0.0.0.0 rport 9');
    expect(sent).not.toContain('10.1.2.3');
    expect(sent).not.toContain('typ host');
    expect(peer.signalingState).toBe('stable');
  });

  it.each([false, true])(
    'and none is to be had when ICE starts again: she is told, and the call goes on, with trickle %s',
    async (trickleIce) => {
      const { alice, call } = await talkingOverRelay({ trickleIce });
      await alice.clock.advance(NOTICED_MS + 5_000);
      expect(alice.errors[0]).toMatchObject({ callId: call.id, error: { code: 47101 } });
      expect(alice.errors.filter(({ error }) => error.fatal)).toEqual([]);
      expect(call.state).toMatch(/active|recovering/);
      expect(gateway.requests('parley.remake')).toHaveLength(1);
      expect(alice.media.peers[1]?.configuration.iceTransportPolicy).toBe('relay');
    },
  );

  const RELAY = 'candidate:2 1 udp 1 192.0.2.1 4001 typ relay raddr 10.1.2.3 rport 5000';

  async function talkingOverRelay(options: IClientOptions): Promise<Talk> {
    gateway.on('login', GRANTS);
    const alice = await Alice.ready(gateway, { ...RELAYS, ...options });
    const call = alice.client.newCall({ destinationNumber: 'bob' });
    const [peer] = alice.media.peers;
    if (!peer) throw new Error('There is no peer connection');
    peer.gathersAtOnce = false;
    await settle();
    peer.found(RELAY);
    peer.gathered();
    await settle();
    peer.become('connected');
    peer.hears = false;
    return { alice, call, peer };
  }
});

describe('alice, whose network is away', () => {
  async function away(): Promise<Talk> {
    const talk = await talking();
    gateway.survivors = [talk.call.id];
    gateway.reachable = false;
    talk.peer.hears = false;
    gateway.cut();
    return talk;
  }

  it('and comes back after three minutes: ICE starts again as soon as she is signed in', async () => {
    const { alice, call, peer } = await away();
    await alice.clock.advance(180_000);
    expect(call).toMatchObject({ state: 'active', mediaState: 'interrupted' });
    expect(peer.restarts).toBe(0);
    gateway.reachable = true;
    alice.page('online');
    await settle();
    expect(gateway.requests('login').at(-1)?.params).toMatchObject({
      parley: { calls: [{ callID: call.id, epoch: 0, media: 'intact' }] },
    });
    await alice.clock.advance(500);
    expect(peer.restarts).toBe(1);
    peer.hears = true;
    await alice.clock.advance(500);
    expect(call).toMatchObject({ state: 'active', mediaState: 'connected' });
    expect(alice.errorCodes.filter((code) => code !== 45002)).toEqual([]);
  });

  it('for longer than any server waits: the call ends, and the server is told when it can be', async () => {
    const { alice, call } = await away();
    await alice.clock.advance(210_000);
    expect(call).toMatchObject({ state: 'destroy', causeCode: 102 });
    expect(alice.leftovers).toMatchObject({ tracks: 0, peers: 0, calls: 0 });
    gateway.reachable = true;
    alice.page('online');
    await alice.clock.advance(1_000);
    expect(gateway.requests('login').at(-1)?.params).toMatchObject({
      parley: { ended: [call.id], calls: [] },
    });
  });

  it('while a restart is under way: it counts for nothing, and is made again on the next socket', async () => {
    gateway.on('telnyx_rtc.modify', IGNORES);
    const { alice, call, peer } = await talking();
    gateway.survivors = [call.id];
    peer.hears = false;
    await alice.clock.advance(NOTICED_MS);
    gateway.on('telnyx_rtc.modify', ANSWERS({ sdp: fakeSdp('answer') }));
    gateway.cut();
    await alice.clock.advance(1_000);
    expect(peer).toMatchObject({ restarts: 2, signalingState: 'stable' });
    expect(gateway.requests('parley.remake')).toEqual([]);
    expect(alice.errors).toEqual([]);
  });
});

describe('alice, whom the server offers another leg [EXT-14]', () => {
  const attach = (call: Call, epoch: number | undefined, sdp = fakeSdp('offer')) =>
    gateway.push('telnyx_rtc.attach', { callID: call.id, sdp, ...(epoch && { parley: { epoch } }) });
  const answered = () => gateway.requests('telnyx_rtc.attach').map(({ params }) => params['parley']);

  it('takes those alone that are newer than what she has, and acknowledges all', async () => {
    const { alice, call } = await talking();
    attach(call, 2);
    await settle();
    const [repeated, older] = [attach(call, 2), attach(call, 1)];
    await settle();
    expect(answered()).toEqual([{ epoch: 2 }]);
    for (const id of [repeated, older]) expect(gateway.acknowledgements(id)).toHaveLength(1);
    attach(call, 3);
    await settle();
    expect(answered()).toEqual([{ epoch: 2 }, { epoch: 3 }]);
    alice.media.peers[2]?.become('connected');
    expect(alice.media.openPeers).toEqual([alice.media.peers[2]]);
    gateway.cut();
    await alice.clock.advance(1_000);
    expect(gateway.requests('login').at(-1)?.params).toMatchObject({
      parley: { calls: [{ callID: call.id, epoch: 3, media: 'intact' }] },
    });
  });

  it('while ICE starts again: the offer counts, whatever becomes of the restart', async () => {
    for (const outcome of [REFUSES(-32602), ANSWERS({ sdp: fakeSdp('answer') })]) {
      const { alice, call, peer } = await talking();
      let late = (): void => undefined;
      gateway.on('telnyx_rtc.modify', (request, to) => {
        late = () => {
          outcome(request, to);
        };
      });
      peer.hears = false;
      await alice.clock.advance(NOTICED_MS);
      attach(call, 1);
      await settle();
      late();
      await alice.clock.advance(500);
      alice.media.peers[1]?.become('connected');
      await alice.clock.advance(10_000);
      expect(call).toMatchObject({ state: 'active', mediaState: 'connected' });
      expect(gateway.requests('parley.remake')).toEqual([]);
      expect(alice.errors).toEqual([]);
      expect(alice.media.openPeers).toEqual([alice.media.peers[1]]);
      await call.hangup();
      expect(alice.leftovers).toEqual(NOTHING_LEFT);
      gateway = new ScriptedGateway().on('telnyx_rtc.invite', CALL_ANSWERED);
    }
  });

  it('and whose answer to that is lost with the socket: the call goes on', async () => {
    gateway.on('telnyx_rtc.attach', IGNORES);
    const { alice, call } = await talking();
    gateway.survivors = [call.id];
    attach(call, 1);
    await settle();
    expect(call.state).toBe('recovering');
    gateway.cut();
    await alice.clock.advance(500);
    expect(call.state).toBe('active');
    gateway.on('telnyx_rtc.attach', ANSWERS({}));
    attach(call, 2);
    await settle();
    alice.media.openPeers.at(-1)?.become('connected');
    expect(call).toMatchObject({ state: 'active', mediaState: 'connected' });
    expect(alice.media.openPeers).toHaveLength(1);
  });

  it('and whose browser cannot make an answer: she asks for another one', async () => {
    const { alice, call } = await talking();
    let broken = true;
    alice.media.beforeStep = (step) => {
      if (!broken || step !== 'createAnswer') return;
      broken = false;
      throw new DOMException('No', 'OperationError');
    };
    attach(call, 1);
    await settle();
    expect(alice.errors).toMatchObject([{ error: { code: 47001, fatal: false } }]);
    await alice.clock.advance(500);
    alice.media.openPeers.at(-1)?.become('connected');
    expect(call).toMatchObject({ state: 'active', mediaState: 'connected' });
    expect(answered()).toHaveLength(1);
    expect(alice.media.openPeers).toHaveLength(1);
  });
});
