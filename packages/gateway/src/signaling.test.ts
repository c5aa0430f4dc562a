import { CloseCode, RpcErrorCode, causes } from '@parley/protocol';
import { describe, expect, it } from 'vitest';
import { MediaError } from './media/media-plane.ts';
import { pass, rig, ringing, settled, talking, type FakeClient, type Rig } from './signaling.fixture.ts';

describe('login', () => {
  it('is answered, then followed by clientReady, then by the answer to the registration query sent behind it [FRAME-16, READY-1, REG-1, REG-2, LOGIN-6, LOGIN-7]', async () => {
    const client = rig().client();
    client.send('login', { login: 'alice', passwd: 'alice' });
    client.send('telnyx_rtc.gatewayState');
    await settled();
    expect(client.order).toEqual(['result', 'telnyx_rtc.clientReady', 'result']);
    expect(client.frames[0]?.result).not.toHaveProperty('params');
    expect(client.frames[2]?.result).toMatchObject({
      params: { state: 'REGED', region: 'here', call_report_id: expect.any(String) as string },
    });
  });

  it.each([
    ['a wrong password', { login: 'alice', passwd: 'wrong' }],
    ['an unknown user', { login: 'nobody', passwd: 'nobody' }],
    ['an unknown token', { login_token: 'forged' }],
    ['no credentials', {}],
  ])(
    'with %s is refused as -32001, and the socket stays without a session [LOGIN-1, LOGIN-3, LOGIN-4, LOGIN-5]',
    async (_, params) => {
      const gateway = rig();
      const client = gateway.client();
      const answer = await client.request('login', params);
      expect(answer.error).toMatchObject({ code: RpcErrorCode.loginIncorrect });
      const state = await client.request('telnyx_rtc.gatewayState');
      expect(state.error?.code).toBe(RpcErrorCode.notLoggedIn);
      expect(gateway.metered).toEqual(['loginRefused']);
    },
  );

  it('that does not come within five seconds closes the socket with 4401 [CONN-3]', async () => {
    const gateway = rig();
    const client = gateway.client();
    await gateway.clock.advance(5_000);
    expect(client.closed?.code).toBe(CloseCode.loginTimeout);
  });

  it('again on the same socket keeps the session, and names no calls where there are none [LOGIN-9, LOGIN-10]', async () => {
    const client = await rig().signedIn('alice');
    const before = client.connection.session?.ids.id;
    const answer = await client.login('alice');
    expect(answer.result).toMatchObject({ sessid: before });
    expect(client.got('telnyx_rtc.clientReady').at(-1)).toEqual({});
  });

  it('again on the same socket as somebody else is refused [LOGIN-9]', async () => {
    const client = await rig().signedIn('alice');
    expect((await client.login('bob')).error?.code).toBe(RpcErrorCode.loginIncorrect);
  });

  it('with the session id of another user gets a session of its own [LOGIN-8]', async () => {
    const gateway = rig();
    const alice = await gateway.signedIn('alice');
    const bob = gateway.client();
    const answer = await bob.login('bob', { sessid: alice.connection.session?.ids.id });
    expect(answer.result?.['sessid']).not.toBe(alice.connection.session?.ids.id);
  });
});

describe('a login that is guessed', () => {
  const refusalOf = async (client: FakeClient, passwd: string, login = 'alice') =>
    (await client.request('login', { login, passwd })).error;

  it('is refused in the same words when it is locked, for a user who exists or not, and counted [LOGIN-3]', async () => {
    const gateway = rig();
    const mallory = gateway.client('198.51.100.7');
    const words = await refusalOf(mallory, 'guess');
    for (const user of ['alice', 'nobody']) {
      for (let guess = 0; guess < 6; guess += 1) {
        expect(await refusalOf(mallory, 'guess', user)).toEqual(words);
      }
    }
    expect(await refusalOf(mallory, 'alice')).toEqual(words);
    expect(gateway.metered.filter((metered) => metered === 'loginRefused')).toHaveLength(10);
    expect(gateway.metered.filter((metered) => metered === 'locked')).toHaveLength(4);
    const alice = gateway.client('192.0.2.1');
    expect((await alice.login('alice')).result).toMatchObject({ message: 'logged in' });
    expect((await mallory.request('login', { login_token: 'alice' })).result).toBeDefined();
  });

  it('is locked on a socket that is signed in, too', async () => {
    const gateway = rig();
    const bob = await gateway.signedIn('bob');
    for (let guess = 0; guess < 5; guess += 1) await refusalOf(bob, 'guess');
    expect((await refusalOf(bob, 'alice'))?.code).toBe(RpcErrorCode.loginIncorrect);
    expect(gateway.metered.at(-1)).toBe('locked');
  });
});

describe('a login that the gateway fails to judge', () => {
  it('is not refused, which clients take for good: its socket is closed with 1011, and the next one goes on [LOGIN-12]', async () => {
    let isDown = false;
    const sound = rig();
    const gateway = rig(undefined, undefined, {
      authenticator: {
        password: (user, password) =>
          isDown
            ? Promise.reject(new Error('the database is gone'))
            : sound.authenticator.password(user, password),
      },
    });
    const { alice } = await talking(gateway);
    const sessid = alice.connection.session?.ids.id;
    alice.connection.socketClosed();
    const again = gateway.client();
    isDown = true;
    again.send('login', { login: 'alice', passwd: 'alice', sessid });
    await settled();
    expect(again.frames).toEqual([]);
    expect(again.closed?.code).toBe(CloseCode.internalError);
    isDown = false;
    const later = gateway.client();
    await later.login('alice', { sessid });
    expect(later.got('telnyx_rtc.clientReady')).toEqual([{ reattached_sessions: ['a-1'] }]);
  });
});

describe('sockets without a login', () => {
  it('are counted by address until they log in or close', async () => {
    const gateway = rig();
    const address = '198.51.100.7';
    const clients = Array.from({ length: 20 }, () => gateway.client(address));
    expect(gateway.signaling.admits(address)).toBe('tooMany');
    expect(gateway.signaling.admits('192.0.2.1')).toBe('admitted');
    await clients[0]?.login('alice');
    expect(gateway.signaling.admits(address)).toBe('admitted');
    gateway.client(address);
    expect(gateway.signaling.admits(address)).toBe('tooMany');
    await gateway.clock.advance(5_000);
    expect(clients[1]?.closed?.code).toBe(CloseCode.loginTimeout);
    for (let sockets = 0; sockets < 20; sockets += 1) {
      expect(gateway.signaling.admits(address)).toBe('admitted');
      gateway.client(address);
    }
  });
});

describe('a socket that closes while its login is checked', () => {
  it('opens no session', async () => {
    const gateway = rig();
    const goOn = gateway.stallLookUps();
    const alice = gateway.client();
    alice.send('login', { login: 'alice', passwd: 'alice' });
    await settled();
    alice.connection.socketClosed();
    await goOn();
    expect(gateway.signaling.directory.count()).toEqual({ attached: 0, detached: 0 });
    expect(gateway.clock.timers).toBe(0);
  });

  it('leaves the session that it wanted to resume held, and no longer than before [RESUME-1, RESUME-7]', async () => {
    const gateway = rig();
    const { alice } = await talking(gateway);
    const sessid = alice.connection.session?.ids.id;
    alice.connection.socketClosed();
    const goOn = gateway.stallLookUps();
    const again = gateway.client();
    again.send('login', { login: 'alice', passwd: 'alice', sessid });
    await settled();
    again.connection.socketClosed();
    await goOn();
    expect(gateway.signaling.directory.count().detached).toBe(1);
    await gateway.clock.advance(190_000);
    expect(gateway.media.legs.size).toBe(0);
  });
});

describe('a socket that closes while its invite is routed', () => {
  it.each([['bob'], ['nobody']])('starts no call to %s', async (destination) => {
    const gateway = rig();
    const alice = await gateway.signedIn('alice');
    const bob = await gateway.signedIn('bob');
    const goOn = gateway.stallLookUps();
    alice.send('telnyx_rtc.invite', {
      sdp: 'offer',
      dialogParams: { callID: 'a-1', destination_number: destination },
    });
    await settled();
    alice.connection.socketClosed();
    await goOn();
    expect(gateway.signaling.calls.counts()).toEqual({ inviting: 0, established: 0 });
    expect(gateway.media.commands).toEqual([]);
    expect(bob.got('telnyx_rtc.invite')).toEqual([]);
    expect(gateway.metered).toEqual([]);
  });

  it('starts none either where its session is held for another call', async () => {
    const gateway = rig();
    const { alice, bob } = await talking(gateway);
    const goOn = gateway.stallLookUps();
    alice.send('telnyx_rtc.invite', {
      sdp: 'offer',
      dialogParams: { callID: 'a-2', destination_number: 'bob' },
    });
    await settled();
    alice.connection.socketClosed();
    await goOn();
    expect(gateway.signaling.calls.counts()).toEqual({ inviting: 0, established: 1 });
    expect(bob.got('telnyx_rtc.invite')).toHaveLength(1);
  });
});

describe('a session whose socket is lost in a call', () => {
  it('goes on at a new socket, with its calls listed, and with no offer where their media is intact [RESUME-2, RESUME-4, READY-2, CLOSE-2]', async () => {
    const gateway = rig();
    const { alice } = await talking(gateway);
    await alice.invite('a-2', 'echo');
    const sessid = alice.connection.session?.ids.id;
    alice.connection.socketClosed();
    const again = gateway.client();
    await again.login('alice', { sessid });
    expect(again.got('telnyx_rtc.clientReady')).toEqual([{ reattached_sessions: ['a-1', 'a-2'] }]);
    expect(again.got('telnyx_rtc.attach')).toEqual([]);
  });

  it('is offered anew the call whose media was lost meanwhile, and no other, after its calls are listed [RESUME-4]', async () => {
    const gateway = rig();
    const { alice } = await talking(gateway);
    await alice.invite('a-2', 'echo');
    await alice.acknowledge('telnyx_rtc.answer');
    const [leg] = gateway.media.typed('accept').map((command) => command.leg);
    const sessid = alice.connection.session?.ids.id;
    alice.connection.socketClosed();
    gateway.media.emit({ type: 'lost', leg: leg ?? '', reason: 'worker' });
    await settled();
    const again = gateway.client();
    await again.login('alice', { sessid });
    expect(again.order).toEqual(['result', 'telnyx_rtc.clientReady', 'telnyx_rtc.attach']);
    expect(again.got('telnyx_rtc.attach')).toEqual([
      expect.objectContaining({ callID: 'a-1', sdp: `remake ${String(leg)}` }),
    ]);
  });

  it('is told of a call that ended meanwhile before its calls are listed [RESUME-5]', async () => {
    const gateway = rig();
    const { alice, bob, bobsCallId } = await talking(gateway);
    const sessid = alice.connection.session?.ids.id;
    alice.connection.socketClosed();
    await bob.bye(bobsCallId, causes.normalClearing);
    const again = gateway.client();
    await again.login('alice', { sessid });
    expect(again.order).toEqual(['result', 'telnyx_rtc.bye', 'telnyx_rtc.clientReady']);
    expect(again.got('telnyx_rtc.clientReady')).toEqual([{ reattached_sessions: [] }]);
  });

  it('is held for 190 seconds; then its calls end, and the other party is told [RESUME-1, RESUME-7]', async () => {
    const gateway = rig();
    const { alice, bob } = await talking(gateway);
    alice.connection.socketClosed();
    await pass(gateway, 189_000, bob);
    expect(bob.got('telnyx_rtc.bye')).toEqual([]);
    await gateway.clock.advance(1_000);
    expect(bob.got('telnyx_rtc.bye')).toEqual([expect.objectContaining(causes.destinationOutOfOrder)]);
    expect(gateway.signaling.calls.counts()).toEqual({ inviting: 0, established: 0 });
    expect(gateway.media.legs.size).toBe(0);
  });

  it('and whose other party is gone too, leaves nothing behind: no leg, session, timer nor TURN credentials to renew [RESUME-7]', async () => {
    const gateway = rig(undefined, { urls: ['turn:t'], secret: 'a secret of the servers', seconds: 600 });
    const parley = { capabilities: ['iceServers', 'recovery'], instance: 'one' };
    const { alice, bob } = await talking(gateway, { parley });
    alice.connection.socketClosed();
    await pass(gateway, 10_000, bob);
    bob.connection.socketClosed();
    await gateway.clock.advance(190_000);
    expect(gateway.metered).toEqual(['callSetUp', causes.destinationOutOfOrder.cause]);
    expect(gateway.signaling.calls.counts()).toEqual({ inviting: 0, established: 0 });
    expect(gateway.signaling.directory.count()).toEqual({ attached: 0, detached: 0 });
    expect(gateway.signaling.directory.all()).toEqual([]);
    expect(gateway.media.legs.size).toBe(0);
    gateway.signaling.iceGrants.close();
    expect(gateway.clock.timers).toBe(0);
  });

  it('moves from a socket that does not answer any more, which is closed as displaced [RESUME-3]', async () => {
    const gateway = rig();
    const { alice } = await talking(gateway);
    const sessid = alice.connection.session?.ids.id;
    const again = gateway.client();
    again.send('login', { login: 'alice', passwd: 'alice', sessid });
    await settled();
    await gateway.clock.advance(1_000);
    expect(again.frames[0]?.result).toMatchObject({ sessid });
    expect(alice.closed?.code).toBe(CloseCode.displaced);
    expect(gateway.signaling.calls.counts().established).toBe(1);
  });

  it('stays where it is while its socket answers, and the newcomer gets one of its own [RESUME-3]', async () => {
    const gateway = rig();
    const { alice } = await talking(gateway);
    const sessid = alice.connection.session?.ids.id;
    const copy = gateway.client();
    copy.send('login', { login: 'alice', passwd: 'alice', sessid });
    await settled();
    await alice.request('telnyx_rtc.ping');
    expect(copy.frames[0]?.result?.['sessid']).not.toBe(sessid);
    expect(alice.closed).toBeNull();
  });
});

describe('a claim to a session whose old socket is asked whether it is alive', () => {
  it('gets a fresh session where the old socket closes meanwhile and leaves nothing to resume', async () => {
    const gateway = rig();
    const alice = await gateway.signedIn('alice');
    const sessid = alice.connection.session?.ids.id;
    const again = gateway.client();
    again.send('login', { login: 'alice', passwd: 'alice', sessid });
    await settled();
    alice.connection.socketClosed();
    await settled();
    expect(again.frames[0]?.result?.['sessid']).not.toBe(sessid);
    expect(gateway.signaling.directory.count()).toEqual({ attached: 1, detached: 0 });
    await again.invite('a-1', 'alice');
    expect(again.got('telnyx_rtc.invite')).toHaveLength(1);
  });

  it('gets the session at once where the old socket closes meanwhile in a call [RESUME-2]', async () => {
    const gateway = rig();
    const { alice } = await talking(gateway);
    const sessid = alice.connection.session?.ids.id;
    const again = gateway.client();
    again.send('login', { login: 'alice', passwd: 'alice', sessid });
    await settled();
    alice.connection.socketClosed();
    await settled();
    expect(again.frames[0]?.result).toMatchObject({ sessid });
    expect(again.got('telnyx_rtc.clientReady')).toEqual([{ reattached_sessions: ['a-1'] }]);
    expect(gateway.signaling.directory.count()).toEqual({ attached: 2, detached: 0 });
  });

  it('that comes twice at once leaves a live socket its session, and gives each a fresh one [RESUME-3]', async () => {
    const gateway = rig();
    const { alice } = await talking(gateway);
    const sessid = alice.connection.session?.ids.id;
    const copies = [gateway.client(), gateway.client()];
    for (const copy of copies) copy.send('login', { login: 'alice', passwd: 'alice', sessid });
    await settled();
    await alice.request('telnyx_rtc.ping');
    await gateway.clock.advance(1_000);
    expect(alice.closed).toBeNull();
    const ids = copies.map((copy) => copy.frames[0]?.result?.['sessid']);
    expect(new Set([...ids, sessid]).size).toBe(3);
  });

  it('that comes twice at once for a dead socket resumes the session once [RESUME-3]', async () => {
    const gateway = rig();
    const { alice } = await talking(gateway);
    const sessid = alice.connection.session?.ids.id;
    const [first, second] = [gateway.client(), gateway.client()];
    for (const copy of [first, second]) copy.send('login', { login: 'alice', passwd: 'alice', sessid });
    await settled();
    await gateway.clock.advance(1_000);
    const sessionOf = (client: FakeClient) =>
      client.frames.find(({ result }) => result !== undefined)?.result?.['sessid'];
    expect(sessionOf(first)).toBe(sessid);
    await first.request('telnyx_rtc.ping');
    expect([undefined, sessid]).not.toContain(sessionOf(second));
    expect(first.closed).toBeNull();
    expect(alice.closed?.code).toBe(CloseCode.displaced);
  });
});

describe('a client that is between two sockets', () => {
  async function resumed(
    gateway: Rig,
    client: FakeClient,
    user: string,
    sessid: unknown,
  ): Promise<FakeClient> {
    if (client.connection.isOpen) client.connection.socketClosed();
    const again = gateway.client();
    await again.login(user, { sessid });
    return again;
  }

  it('while the call that it makes is answered, gets the answer with its description [RESUME-9]', async () => {
    const gateway = rig();
    const { alice, bob, bobsCallId } = await ringing(gateway);
    const sessid = alice.connection.session?.ids.id;
    alice.connection.socketClosed();
    await bob.request('telnyx_rtc.answer', { sdp: 'answer', dialogParams: { callID: bobsCallId } });
    const again = await resumed(gateway, alice, 'alice', sessid);
    const [leg] = gateway.media.typed('accept').map((command) => command.leg);
    expect(again.order).toEqual(['result', 'telnyx_rtc.clientReady', 'telnyx_rtc.answer']);
    expect(again.got('telnyx_rtc.answer')).toEqual([
      expect.objectContaining({ callID: 'a-1', sdp: `accept ${String(leg)}` }),
    ]);
    await again.acknowledge('telnyx_rtc.answer');
    const third = await resumed(gateway, again, 'alice', sessid);
    expect(third.order).toEqual(['result', 'telnyx_rtc.clientReady']);
  });

  it('while the call that it makes begins to ring, is told so, and gets the ringback [RESUME-9]', async () => {
    const gateway = rig();
    const alice = await gateway.signedIn('alice');
    const bob = await gateway.signedIn('bob');
    const sessid = alice.connection.session?.ids.id;
    await alice.invite('a-1', 'bob');
    alice.connection.socketClosed();
    await bob.acknowledge('telnyx_rtc.invite');
    const again = await resumed(gateway, alice, 'alice', sessid);
    expect(again.order).toEqual([
      'result',
      'telnyx_rtc.clientReady',
      'telnyx_rtc.ringing',
      'telnyx_rtc.media',
    ]);
  });

  it('while it is called, gets the invite under the same id, unless it has taken it before [RESUME-9]', async () => {
    const gateway = rig();
    const alice = await gateway.signedIn('alice');
    const bob = await gateway.signedIn('bob');
    const sessid = bob.connection.session?.ids.id;
    await alice.invite('a-1', 'bob');
    await settled();
    const again = await resumed(gateway, bob, 'bob', sessid);
    expect(again.got('telnyx_rtc.invite')).toEqual(bob.got('telnyx_rtc.invite'));
    await again.acknowledge('telnyx_rtc.invite');
    const third = await resumed(gateway, again, 'bob', sessid);
    expect(third.order).toEqual(['result', 'telnyx_rtc.clientReady']);
  });
});

describe('an invite', () => {
  it('is answered before anything else is said of the call [INV-1, PROG-1, OFFER-1, CALL-6]', async () => {
    const gateway = rig();
    const { alice, bob, bobsCallId } = await talking(gateway);
    const start = alice.frames.findIndex((frame) => frame.result?.['message'] === 'CALL CREATED');
    expect(alice.frames.slice(start).map((frame) => frame.method ?? 'result')).toEqual([
      'result',
      'telnyx_rtc.media',
      'telnyx_rtc.ringing',
      'telnyx_rtc.answer',
    ]);
    expect(bob.got('telnyx_rtc.invite')[0]).toMatchObject({
      callID: bobsCallId,
      caller_id_name: 'ALICE',
      caller_id_number: 'alice',
    });
    expect(bobsCallId).not.toBe('a-1');
  });

  it('that is repeated makes no second call [INV-3]', async () => {
    const gateway = rig();
    const { alice, bob } = await ringing(gateway);
    expect((await alice.invite('a-1', 'bob')).result).toMatchObject({ message: 'CALL CREATED' });
    expect(bob.got('telnyx_rtc.invite')).toHaveLength(1);
  });

  it.each([
    ['an unknown user', 'carol', causes.unallocatedNumber],
    ['a user who is not signed in', 'bob', causes.subscriberAbsent],
    ['nobody', '', causes.unallocatedNumber],
  ])(
    'for %s is answered, and the call ended with the cause [INV-2, CAUSE-1]',
    async (_, destination, cause) => {
      const gateway = rig();
      const alice = await gateway.signedIn('alice');
      expect((await alice.invite('a-1', destination)).result).toBeDefined();
      expect(alice.got('telnyx_rtc.bye')).toEqual([{ callID: 'a-1', ...cause }]);
      expect(gateway.media.commands).toEqual([]);
    },
  );

  it('for which no worker has room is ended with cause 42', async () => {
    const gateway = rig();
    gateway.media.capacity = 0;
    const alice = await gateway.signedIn('alice');
    await alice.invite('a-1', 'echo');
    expect(alice.got('telnyx_rtc.bye')[0]).toMatchObject({ causeCode: 42, sipCode: 503 });
  });

  it('whose offer cannot be answered is ended with cause 88', async () => {
    const gateway = rig();
    gateway.media.failures.set('accept', new MediaError('bad-sdp', 'no audio'));
    const alice = await gateway.signedIn('alice');
    await alice.invite('a-1', 'echo');
    await settled();
    expect(alice.got('telnyx_rtc.bye')[0]).toMatchObject({ causeCode: 88, sipCode: 488 });
  });

  it('beyond the calls that a credential may have is ended as busy [INV-7]', async () => {
    const gateway = rig([
      { sipUsername: 'alice', maxCalls: 1 },
      { sipUsername: 'bob', maxCalls: 1 },
      { sipUsername: 'carol' },
    ]);
    const { alice } = await talking(gateway);
    await alice.invite('a-2', 'echo');
    expect(alice.got('telnyx_rtc.bye')[0]).toMatchObject({ callID: 'a-2', causeCode: 17 });
    const carol = await gateway.signedIn('carol');
    await carol.invite('c-1', 'bob');
    expect(carol.got('telnyx_rtc.bye')[0]).toMatchObject({ callID: 'c-1', causeCode: 17 });
  });

  it('carries custom headers and client state to the callee', async () => {
    const gateway = rig();
    const alice = await gateway.signedIn('alice');
    const bob = await gateway.signedIn('bob');
    const headers = [{ name: 'X-Order', value: '42' }];
    await alice.invite('a-1', 'bob', { custom_headers: headers, clientState: 'Zm9v' });
    await settled();
    expect(bob.got('telnyx_rtc.invite')[0]).toMatchObject({
      client_state: 'Zm9v',
      dialogParams: { custom_headers: headers },
    });
  });
});

describe('a request that cannot be carried out in time', () => {
  it.each([
    ['goes on for ever', () => new Promise<never>(() => undefined)],
    ['fails', () => Promise.reject(new Error('the database is gone'))],
  ])(
    'as routing %s, is answered within 10 seconds where it is an invite, and the call ended with the cause [PING-3, INV-2]',
    async (_, isUser) => {
      const gateway = rig(undefined, undefined, { authenticator: { isUser } });
      const alice = await gateway.signedIn('alice');
      const id = alice.send('telnyx_rtc.invite', {
        sdp: 'offer',
        dialogParams: { callID: 'a-1', destination_number: 'bob' },
      });
      await settled();
      await gateway.clock.advance(8_000);
      await settled();
      const answers = alice.frames.filter((frame) => frame.id === id && frame.method === undefined);
      expect(answers).toMatchObject([{ result: { message: 'CALL CREATED' } }]);
      expect(alice.got('telnyx_rtc.bye')).toMatchObject([{ callID: 'a-1', causeCode: 41 }]);
    },
  );

  it('is answered once, with an error, and those behind it in the same time [PING-3, FRAME-13]', async () => {
    const gateway = rig();
    const alice = await gateway.signedIn('alice');
    const goOn = gateway.stallLookUps();
    const ids = [
      alice.send('login', { login: 'alice', passwd: 'alice' }),
      alice.send('login', { login: 'alice', passwd: 'alice' }),
      alice.send('telnyx_rtc.ping'),
    ];
    await settled();
    await gateway.clock.advance(9_000);
    await goOn();
    const answers = ids.map((id) =>
      alice.frames.filter((frame) => frame.id === id && frame.method === undefined),
    );
    expect(answers).toMatchObject([
      [{ error: { code: RpcErrorCode.internalError } }],
      [{ error: { code: RpcErrorCode.internalError } }],
      [{ result: { message: 'pong' } }],
    ]);
    expect(alice.got('telnyx_rtc.clientReady')).toHaveLength(1);
  });
});

describe('a ping', () => {
  it('is answered at once, though a request before it takes its time [FRAME-16]', async () => {
    const gateway = rig();
    const alice = await gateway.signedIn('alice');
    gateway.stallLookUps();
    const invite = alice.send('telnyx_rtc.invite', {
      sdp: 'offer',
      dialogParams: { callID: 'a-1', destination_number: 'bob' },
    });
    expect((await alice.request('telnyx_rtc.ping')).result).toEqual({ message: 'pong' });
    expect(alice.frames.filter(({ id }) => id === invite)).toEqual([]);
  });

  it('right behind a login waits for it [FRAME-16, LOGIN-1]', async () => {
    const gateway = rig();
    const alice = gateway.client();
    const ids = [alice.send('login', { login: 'alice', passwd: 'alice' }), alice.send('telnyx_rtc.ping')];
    await settled();
    const answers = alice.frames.filter(({ method }) => method === undefined);
    expect(answers.map(({ id }) => id)).toEqual(ids);
    expect(answers.at(-1)?.result).toEqual({ message: 'pong' });
  });
});

describe('an answer without a description', () => {
  it('is refused, and the call rings on [ANS-1]', async () => {
    const gateway = rig();
    const { bob, bobsCallId } = await ringing(gateway);
    const answer = await bob.request('telnyx_rtc.answer', { dialogParams: { callID: bobsCallId } });
    expect(answer.error?.message).toContain('params.sdp');
    expect(gateway.signaling.calls.counts().inviting).toBe(1);
  });

  it('is taken where the client has pre-answered; until then nothing is bridged [EXT-5]', async () => {
    const gateway = rig();
    const { alice, bob, bobsCallId } = await ringing(gateway);
    const dialogParams = { callID: bobsCallId };
    await bob.request('parley.preAnswer', { sdp: 'early answer', dialogParams });
    expect(gateway.media.typed('answer')).toEqual([expect.objectContaining({ sdp: 'early answer' })]);
    expect(gateway.media.typed('bridge')).toEqual([]);
    await bob.request('telnyx_rtc.answer', { dialogParams });
    expect(gateway.media.typed('bridge')).toHaveLength(1);
    expect(alice.got('telnyx_rtc.answer')).toHaveLength(1);
  });

  it('is taken again where it is repeated, as its result was lost with a socket [ANS-1, EXT-5]', async () => {
    const gateway = rig();
    const { bob, bobsCallId } = await ringing(gateway);
    const dialogParams = { callID: bobsCallId };
    await bob.request('parley.preAnswer', { sdp: 'early answer', dialogParams });
    await bob.request('telnyx_rtc.answer', { dialogParams });
    const { result } = await bob.request('telnyx_rtc.answer', { dialogParams });
    expect(result).toMatchObject({ message: 'CALL ANSWERED' });
    expect(gateway.media.typed('bridge')).toHaveLength(1);
  });
});

describe('capabilities', () => {
  it('are granted as far as they were offered, and kept when the session is resumed [EXT-1, EXT-3]', async () => {
    const gateway = rig();
    const client = gateway.client();
    const parley = { capabilities: ['earlyMedia', 'teleport'] };
    const { result } = await client.login('alice', { parley });
    expect(result?.['parley']).toMatchObject({ granted: ['earlyMedia'] });
    expect((await gateway.client().login('bob')).result).not.toHaveProperty('parley');
    await client.invite('a-1', 'echo');
    client.connection.socketClosed();
    const again = await gateway.client().login('alice', { parley, sessid: result?.['sessid'] });
    expect(again.result?.['parley']).toMatchObject({ granted: ['earlyMedia'] });
  });

  it('are told again when the session is refreshed, and to nobody who knows of none [EXT-1, EXT-3]', async () => {
    const gateway = rig();
    const parley = { capabilities: ['earlyMedia', 'preAnswer'] };
    const able = await gateway.signedIn('alice', { parley });
    const granted = { granted: ['preAnswer', 'earlyMedia'] };
    expect((await able.login('alice', { parley })).result?.['parley']).toMatchObject(granted);
    expect((await able.login('alice')).result?.['parley']).toMatchObject(granted);
    const old = await gateway.signedIn('alice');
    expect((await old.login('alice')).result).not.toHaveProperty('parley');
  });

  describe('for ICE servers', () => {
    const iceService = {
      urls: ['stun:t', 'turn:t', 'turns:t'],
      secret: 'a secret of the servers',
      seconds: 600,
    };
    const parley = { capabilities: ['iceServers'] };
    const users = [{ sipUsername: 'alice' }, { sipUsername: 'bob' }];
    const serversIn = (holder: unknown) => JSON.stringify((holder as { iceServers?: unknown }).iceServers);

    it('give those of the gateway, with credentials of the session; nobody else gets any', async () => {
      const gateway = rig(users, iceService);
      const client = gateway.client();
      const { result } = await client.login('alice', { parley });
      const username = expect.stringMatching(/^1800000600:[\w-]{22}$/);
      expect(result?.['parley']).toMatchObject({
        iceServers: [
          { urls: ['stun:t'] },
          { urls: ['turn:t', 'turns:t'], username, credential: expect.stringMatching(/^[\w+/]{27}=$/) },
        ],
      });
      expect(JSON.stringify(result)).not.toContain(iceService.secret);
      const other = await gateway.client().login('bob', { parley: { capabilities: ['preAnswer'] } });
      expect(other.result?.['parley']).toEqual({ granted: ['preAnswer'], iceServers: [] });
      const old = await gateway.signedIn('bob');
      await pass(gateway, 1_200_000, old);
      expect(old.got('parley.iceServers')).toEqual([]);
    });

    it('are renewed long before they end, as long as there is a socket [EXT-7]', async () => {
      const gateway = rig(users, iceService);
      const client = gateway.client();
      const first = await client.login('alice', { parley });
      await client.invite('a-1', 'echo');
      await pass(gateway, 301_000, client);
      const [renewed] = client.got('parley.iceServers');
      expect(serversIn(renewed)).toMatch(/"username":"18000008\d\d:/);
      expect(serversIn(renewed)).not.toBe(serversIn(first.result?.['parley']));
      await pass(gateway, 300_000, client);
      expect(client.got('parley.iceServers')).toHaveLength(2);
      client.connection.socketClosed();
      await gateway.clock.advance(150_000);
      const sessid = first.result?.['sessid'];
      const again = await gateway.client().login('alice', { parley, sessid });
      expect(again.result).toMatchObject({ sessid });
      expect(serversIn(again.result?.['parley'])).toMatch(/"username":"1800001351:/);
      expect(client.got('parley.iceServers')).toHaveLength(2);
      gateway.signaling.iceGrants.close();
    });

    it('end soon after the token, and are not renewed any more, unless in a call [EXT-7]', async () => {
      const gateway = rig(users, iceService);
      const login_token = 'alice for 120';
      const enter = async () => {
        const client = gateway.client();
        const { result } = await client.request('login', { login_token, parley });
        expect(serversIn(result?.['parley'])).toMatch(/"username":"1800000195:/);
        return client;
      };
      const [idle, calling, late] = [await enter(), await enter(), await enter()];
      await calling.invite('a-1', 'echo');
      for (let passed = 0; passed < 1_200; passed += 10) {
        await pass(gateway, 10_000, idle, calling, late);
      }
      expect(idle.got('parley.iceServers')).toEqual([]);
      expect(serversIn(calling.got('parley.iceServers')[0])).toMatch(/"username":"1800000(675|750):/);
      expect(calling.got('parley.iceServers').length).toBeGreaterThan(2);
      await late.request('login', { login_token: 'alice for 1000' });
      await pass(gateway, 300_000, late);
      expect(late.got('parley.iceServers')).toHaveLength(1);
    });

    it('come anew with each login on the same socket [EXT-7]', async () => {
      const gateway = rig(users, iceService);
      const client = await gateway.signedIn('alice', { parley });
      await pass(gateway, 60_000, client);
      const { result } = await client.login('alice');
      expect(serversIn(result?.['parley'])).toMatch(/"username":"1800000660:/);
    });
  });

  it('tell for how long a token still holds, and nothing of a password [EXT-8]', async () => {
    const gateway = rig();
    const parley = { capabilities: ['preAnswer'] };
    const login_token = 'alice for 90.5';
    const told = async (params: object) =>
      (await gateway.client().request('login', params)).result?.['parley'];
    expect(await told({ login_token, parley })).toMatchObject({ expiresIn: 90 });
    expect(await told({ login: 'bob', passwd: 'bob', parley })).not.toHaveProperty('expiresIn');
    expect(await told({ login_token })).toBeUndefined();
  });

  it('decide whether a caller without ringback gets its description early [EXT-6, PROG-2]', async () => {
    const gateway = rig([{ sipUsername: 'alice', generateRingback: false }, { sipUsername: 'bob' }]);
    await gateway.signedIn('bob');
    const old = await gateway.signedIn('alice');
    await old.invite('a-1', 'bob');
    const able = await gateway.signedIn('alice', { parley: { capabilities: ['earlyMedia'] } });
    await able.invite('a-2', 'bob');
    await settled();
    expect(old.got('telnyx_rtc.media')).toEqual([]);
    expect(able.got('telnyx_rtc.media')).toEqual([
      expect.objectContaining({ parley: { earlyMedia: false } }),
    ]);
  });
});

describe('the same call id in two sessions', () => {
  it('names two calls [CALL-3, CALL-5]', async () => {
    const gateway = rig();
    const alice = await gateway.signedIn('alice');
    const bob = await gateway.signedIn('bob');
    await alice.invite('same', 'echo');
    await bob.invite('same', 'echo');
    await settled();
    await bob.bye('same');
    expect(gateway.signaling.calls.counts().established).toBe(1);
    expect(
      (await alice.request('telnyx_rtc.modify', { action: 'hold', dialogParams: { callID: 'same' } })).result,
    ).toMatchObject({ holdState: 'held' });
  });

  it('of which the other party learns nothing: a foreign id is as unknown as any [CALL-4, CALL-7]', async () => {
    const gateway = rig();
    await talking(gateway);
    const carol = await gateway.signedIn('alice');
    const answer = await carol.request('telnyx_rtc.modify', {
      action: 'hold',
      dialogParams: { callID: 'a-1' },
    });
    expect(answer.error?.code).toBe(RpcErrorCode.noSuchCall);
  });
});

describe('a user who is signed in twice', () => {
  it('is rung at both places; one answers, the other is told that it lost the race [INV-6, ANS-2]', async () => {
    const gateway = rig();
    const desk = await gateway.signedIn('bob');
    const { alice, bob, bobsCallId } = await ringing(gateway);
    await bob.request('telnyx_rtc.answer', { sdp: 'answer', dialogParams: { callID: bobsCallId } });
    expect(desk.got('telnyx_rtc.bye')).toEqual([expect.objectContaining({ cause: causes.loseRace.cause })]);
    expect(alice.got('telnyx_rtc.answer')).toHaveLength(1);
    const late = { sdp: 'late', dialogParams: { callID: desk.got('telnyx_rtc.invite')[0]?.['callID'] } };
    expect((await desk.request('telnyx_rtc.answer', late)).result).toMatchObject({ message: 'CALL ENDED' });
    expect(desk.got('telnyx_rtc.bye')).toHaveLength(2);
  });
});

describe('the end of a call', () => {
  it('said by one party reaches the other with its cause, and leaves nothing behind [BYE-1, BYE-4]', async () => {
    const gateway = rig();
    const { alice, bob, bobsCallId } = await talking(gateway);
    await bob.bye(bobsCallId, causes.normalClearing);
    expect(alice.got('telnyx_rtc.bye')).toEqual([{ callID: 'a-1', ...causes.normalClearing }]);
    expect(bob.got('telnyx_rtc.bye')).toEqual([]);
    expect(gateway.media.legs.size).toBe(0);
    expect(gateway.signaling.calls.counts()).toEqual({ inviting: 0, established: 0 });
    expect(gateway.metered).toEqual(['callSetUp', 'NORMAL_CLEARING']);
  });

  it('said twice, or for a call that nobody knows, is answered all the same [BYE-3]', async () => {
    const alice = await rig().signedIn('alice');
    expect((await alice.bye('never-was')).result).toMatchObject({ callID: 'never-was' });
  });

  it('comes after 60 seconds without an answer, as no answer [INV-5]', async () => {
    const gateway = rig();
    const { alice, bob } = await ringing(gateway);
    await pass(gateway, 60_000, alice, bob);
    expect(alice.got('telnyx_rtc.bye')[0]).toMatchObject({ causeCode: 19, sipCode: 480 });
    expect(bob.got('telnyx_rtc.bye')[0]).toMatchObject({ causeCode: 19 });
  });

  it('before the answer is a cancellation for the callee, whatever cause the caller states [BYE-2]', async () => {
    const gateway = rig();
    const { alice, bob } = await ringing(gateway);
    await alice.bye('a-1', causes.userBusy);
    expect(bob.got('telnyx_rtc.bye')[0]).toMatchObject({ causeCode: 487, sipCode: 487 });
  });

  it('is a refusal where the callee hangs up before it has answered, whatever its client says', async () => {
    const gateway = rig();
    const { alice, bob, bobsCallId } = await ringing(gateway);
    await bob.bye(bobsCallId, causes.normalClearing);
    expect(alice.got('telnyx_rtc.bye')[0]).toMatchObject({ causeCode: 17, sipCode: 486 });
  });
});

describe('in a call', () => {
  it('hold and unhold are answered with the state, and given to the media [MOD-1, MOD-2]', async () => {
    const gateway = rig();
    const { alice } = await talking(gateway);
    const ask = async (action: string) =>
      (await alice.request('telnyx_rtc.modify', { action, dialogParams: { callID: 'a-1' } })).result?.[
        'holdState'
      ];
    expect([await ask('hold'), await ask('hold'), await ask('toggleHold'), await ask('unhold')]).toEqual([
      'held',
      'held',
      'active',
      'active',
    ]);
    expect(gateway.media.typed('hold').map(({ held }) => held)).toEqual([true, true, false, false]);
  });

  it('updateMedia leaves a call held that is held, and active one that is active [MOD-5]', async () => {
    const gateway = rig();
    const { alice } = await talking(gateway);
    const modify = async (params: object) =>
      (await alice.request('telnyx_rtc.modify', { dialogParams: { callID: 'a-1' }, ...params })).result;
    const restart = { action: 'updateMedia', sdp: 'restart' };
    await modify(restart);
    expect(await modify({ action: 'toggleHold' })).toMatchObject({ holdState: 'held' });
    await modify(restart);
    expect(await modify({ action: 'toggleHold' })).toMatchObject({ holdState: 'active' });
    expect(gateway.media.typed('hold').map(({ held }) => held)).toEqual([true, false]);
  });

  it('updateMedia is answered with a description, and refused where the offer is unusable [MOD-4]', async () => {
    const gateway = rig();
    const { alice } = await talking(gateway);
    const update = (more: object) =>
      alice.request('telnyx_rtc.modify', { action: 'updateMedia', dialogParams: { callID: 'a-1' }, ...more });
    expect((await update({ sdp: 'restart' })).result).toMatchObject({ sdp: expect.any(String) as string });
    expect((await update({})).error?.code).toBe(RpcErrorCode.invalidParams);
    gateway.media.failures.set('accept', new MediaError('bad-sdp', 'no audio'));
    expect((await update({ sdp: 'restart' })).error?.message).toContain('no audio');
  });

  it('key presses reach the other party as a message and as telephone-events [INFO-1]', async () => {
    const gateway = rig();
    const { alice, bob, bobsCallId } = await talking(gateway);
    await alice.request('telnyx_rtc.info', { dtmf: '5#', dialogParams: { callID: 'a-1' } });
    expect(bob.got('telnyx_rtc.info')).toEqual([{ callID: bobsCallId, dtmf: '5#' }]);
    expect(gateway.media.typed('dtmf')).toEqual([expect.objectContaining({ digits: '5#' })]);
  });

  it('a message reaches the other party from the authenticated user; before the answer it is refused [INFO-2]', async () => {
    const gateway = rig();
    const { alice, bob, bobsCallId } = await ringing(gateway);
    const say = () =>
      alice.request('telnyx_rtc.info', {
        msg: { from: 'bank', body: 'hi' },
        dialogParams: { callID: 'a-1' },
      });
    expect((await say()).error?.code).toBe(RpcErrorCode.invalidRequest);
    await bob.request('telnyx_rtc.answer', { sdp: 'answer', dialogParams: { callID: bobsCallId } });
    expect((await say()).result).toBeDefined();
    expect(bob.got('telnyx_rtc.info')).toEqual([
      { callID: bobsCallId, msg: { from: 'alice', to: 'bob', body: 'hi' } },
    ]);
  });

  it('a lost media path is offered anew, and joined again when the client has answered [ATTACH-2, ATTACH-3]', async () => {
    const gateway = rig();
    const { alice } = await talking(gateway);
    const [leg] = gateway.media.typed('accept').map((command) => command.leg);
    gateway.media.emit({ type: 'lost', leg: leg ?? '', reason: 'worker' });
    await settled();
    const { sdp } = await alice.acknowledge('telnyx_rtc.attach');
    expect(sdp).toBe(`remake ${String(leg)}`);
    await alice.request('telnyx_rtc.attach', { sdp: 'again', dialogParams: { callID: 'a-1' } });
    await settled();
    expect(gateway.media.typed('answer').at(-1)).toMatchObject({ leg, sdp: 'again' });
    expect(gateway.signaling.calls.counts().established).toBe(1);
  });

  it('a media path that is made anew is not renegotiated meanwhile, and offered again at a new socket', async () => {
    const gateway = rig();
    const { alice } = await talking(gateway);
    const [leg] = gateway.media.typed('accept').map((command) => command.leg);
    gateway.media.emit({ type: 'lost', leg: leg ?? '', reason: 'worker' });
    await settled();
    const restart = { action: 'updateMedia', sdp: 'restart', dialogParams: { callID: 'a-1' } };
    expect((await alice.request('telnyx_rtc.modify', restart)).error?.message).toContain('answer the attach');
    expect(gateway.media.typed('accept')).toHaveLength(1);

    const sessid = alice.connection.session?.ids.id;
    alice.connection.socketClosed();
    const again = gateway.client();
    await again.login('alice', { sessid });
    expect(again.order).toEqual(['result', 'telnyx_rtc.clientReady', 'telnyx_rtc.attach']);
    expect(again.got('telnyx_rtc.attach')).toEqual([
      expect.objectContaining({ callID: 'a-1', sdp: `remake ${String(leg)}` }),
    ]);
    await again.request('telnyx_rtc.attach', { sdp: 'again', dialogParams: { callID: 'a-1' } });
    expect((await again.request('telnyx_rtc.modify', restart)).error).toBeUndefined();
  });
});

describe('a client that does not do its part', () => {
  it('and never answers an attach, loses the call after 20 seconds, and the other party is told', async () => {
    const gateway = rig();
    const { alice, bob } = await talking(gateway);
    const [leg] = gateway.media.typed('accept').map((command) => command.leg);
    gateway.media.emit({ type: 'lost', leg: leg ?? '', reason: 'worker' });
    await settled();
    await pass(gateway, 19_999, alice, bob);
    expect(alice.got('telnyx_rtc.bye')).toEqual([]);
    await gateway.clock.advance(1);
    expect(alice.got('telnyx_rtc.bye')[0]).toMatchObject({ causeCode: 102 });
    expect(bob.got('telnyx_rtc.bye')[0]).toMatchObject({ causeCode: 102 });
    expect(gateway.media.legs.size).toBe(0);
  });

  it('and refuses an invite, is out of the call, which ends where nobody else rings [INV-6]', async () => {
    const gateway = rig();
    const alice = await gateway.signedIn('alice');
    const bob = await gateway.signedIn('bob');
    await alice.invite('a-1', 'bob');
    await settled();
    const invite = bob.frames.findLast((frame) => frame.method === 'telnyx_rtc.invite');
    const error = { code: -32603, message: 'no' };
    bob.connection.receive(JSON.stringify({ jsonrpc: '2.0', id: invite?.id, error }));
    await settled();
    expect(alice.got('telnyx_rtc.ringing')).toEqual([]);
    expect(alice.got('telnyx_rtc.bye')[0]).toMatchObject({ causeCode: 27, sipCode: 502 });
    expect(gateway.media.legs.size).toBe(0);
  });
});

describe('a session whose token has expired', () => {
  async function aMinuteLater() {
    const gateway = rig();
    const alice = gateway.client();
    await alice.request('login', { login_token: 'alice for 60' });
    await alice.invite('a-1', 'echo');
    await pass(gateway, 60_000, alice);
    return { gateway, alice };
  }

  it('makes no new call, which is said with the cause, and keeps those that it has [INV-2, LOGIN-11]', async () => {
    const { gateway, alice } = await aMinuteLater();
    expect((await alice.invite('a-2', 'echo')).result).toMatchObject({ message: 'CALL CREATED' });
    expect(alice.got('telnyx_rtc.bye')).toEqual([
      {
        callID: 'a-2',
        cause: 'CALL_REJECTED',
        causeCode: 21,
        sipCode: 403,
        sipReason: 'Login token expired',
      },
    ]);
    expect(gateway.signaling.calls.counts().established).toBe(1);
    const hold = { action: 'hold', dialogParams: { callID: 'a-1' } };
    expect((await alice.request('telnyx_rtc.modify', hold)).result).toMatchObject({ holdState: 'held' });
  });

  it('makes calls again after a login with a new one [LOGIN-9, LOGIN-11]', async () => {
    const { gateway, alice } = await aMinuteLater();
    await alice.request('login', { login_token: 'alice for 60' });
    await alice.invite('a-2', 'echo');
    await settled();
    expect(alice.got('telnyx_rtc.bye')).toEqual([]);
    expect(gateway.signaling.calls.counts().established).toBe(2);
  });
});

describe('a session whose token or credential is revoked', () => {
  it('ends, with its calls, and its socket is closed with 4403 [CLOSE-3]', async () => {
    const gateway = rig();
    const alice = gateway.client();
    await alice.request('login', { login_token: 'alice' });
    const other = await gateway.signedIn('alice');
    await alice.invite('a-1', 'echo');
    await settled();
    gateway.signaling.revoke({ kind: 'token', subject: 'token-of-alice' });
    expect(alice.got('telnyx_rtc.bye')).toEqual([expect.objectContaining({ callID: 'a-1' })]);
    expect(alice.closed?.code).toBe(CloseCode.revoked);
    expect(other.closed).toBeNull();
    gateway.signaling.revoke({ kind: 'credential', subject: 'credential-alice' });
    expect(other.closed?.code).toBe(CloseCode.revoked);
    expect(gateway.signaling.directory.count()).toEqual({ attached: 0, detached: 0 });
    expect(gateway.media.legs.size).toBe(0);
  });
});

describe('a login whose token or credential is revoked while it waits', () => {
  const claiming = async (gateway: Rig) => {
    const first = gateway.client();
    const { result } = await first.request('login', { login_token: 'alice for 60' });
    return { first, sessid: result?.['sessid'] };
  };

  it.each([
    ['token', 'token-of-alice'],
    ['credential', 'credential-alice'],
  ] as const)(
    'opens no session once the old socket was asked: %s [CLOSE-3, RESUME-2]',
    async (kind, subject) => {
      const gateway = rig();
      const { sessid } = await claiming(gateway);
      const second = gateway.client();
      second.send('login', { login_token: 'alice', sessid });
      await settled();
      gateway.signaling.revoke({ kind, subject });
      await gateway.clock.advance(1_000);
      await settled();
      expect(second.frames).toMatchObject([{ error: { code: RpcErrorCode.loginIncorrect } }]);
      expect(second.connection.session).toBeNull();
    },
  );

  it('opens none while it is judged, by token or by password, nor refreshes one [CLOSE-3]', async () => {
    const gateway = rig();
    const { first } = await claiming(gateway);
    const second = gateway.client();
    const goOn = gateway.stallLookUps();
    first.send('login', { login_token: 'alice' });
    second.send('login', { login: 'bob', passwd: 'bob' });
    await settled();
    gateway.signaling.revoke({ kind: 'token', subject: 'token-of-alice' });
    gateway.signaling.revoke({ kind: 'credential', subject: 'credential-bob' });
    await goOn();
    for (const client of [first, second]) {
      expect(client.frames.at(-1)?.error?.code).toBe(RpcErrorCode.loginIncorrect);
    }
    expect(first.connection.session?.proof.tokenId).toBe('token-of-alice for 60');
    expect(gateway.signaling.directory.count()).toEqual({ attached: 1, detached: 0 });
  });

  it('of somebody else, or before the login began, does not matter', async () => {
    const gateway = rig();
    gateway.signaling.revoke({ kind: 'credential', subject: 'credential-alice' });
    const goOn = gateway.stallLookUps();
    const alice = gateway.client();
    alice.send('login', { login: 'alice', passwd: 'alice' });
    await settled();
    gateway.signaling.revoke({ kind: 'credential', subject: 'credential-bob' });
    await goOn();
    expect(alice.frames[0]?.result).toBeDefined();
  });
});

describe('a gateway that drains', () => {
  it('refuses new calls, and is done when the last one has ended', async () => {
    const gateway = rig();
    const { alice, bob, bobsCallId } = await talking(gateway);
    let done = false;
    let isAnswered = false;
    void gateway.signaling.drain(30_000).then(() => {
      done = true;
      isAnswered = bob.frames.at(-1)?.result?.['message'] === 'CALL ENDED';
    });
    await alice.invite('a-2', 'echo');
    expect(alice.got('telnyx_rtc.bye')).toEqual([expect.objectContaining({ callID: 'a-2', causeCode: 41 })]);
    expect(done).toBe(false);
    expect((await bob.bye(bobsCallId)).result).toBeDefined();
    await gateway.clock.advance(0);
    expect({ done, isAnswered }).toEqual({ done: true, isAnswered: true });
    expect(gateway.clock.timers).toBe(2);
  });

  it('waits no longer than it was told to', async () => {
    const gateway = rig();
    const { alice, bob } = await talking(gateway);
    const drained = gateway.signaling.drain(30_000);
    await pass(gateway, 30_000, alice, bob);
    await drained;
    expect(gateway.signaling.calls.counts().established).toBe(1);
  });

  it('sends away who has no call, at once or when the last one has ended, with 1012 [CLOSE-4]', async () => {
    const gateway = rig();
    const idle = await gateway.signedIn('alice');
    const { alice, bob, bobsCallId } = await talking(gateway);
    await bob.invite('b-2', 'echo');
    void gateway.signaling.drain(30_000);
    expect(idle.closed).toMatchObject({ code: CloseCode.serviceRestart });
    expect(alice.closed).toBeNull();
    await bob.bye(bobsCallId);
    await gateway.clock.advance(1_000);
    expect(alice.closed).toMatchObject({ code: CloseCode.serviceRestart });
    expect(bob.closed).toBeNull();
    expect(gateway.signaling.directory.count()).toEqual({ attached: 1, detached: 0 });
  });

  it('takes a client that comes back to its call, and sends any other elsewhere, for a while [CLOSE-4, RESUME-2]', async () => {
    const gateway = rig();
    const { alice } = await talking(gateway);
    const sessid = alice.connection.session?.ids.id;
    void gateway.signaling.drain(30_000);
    alice.connection.socketClosed();
    const again = gateway.client();
    expect((await again.login('alice', { sessid })).result).toMatchObject({ sessid });
    const stranger = gateway.client();
    stranger.send('login', { login: 'alice', passwd: 'alice' });
    await settled();
    expect(stranger.frames).toEqual([]);
    expect(stranger.closed).toEqual({
      code: CloseCode.serviceRestart,
      reason: 'the gateway stops; retry-after=2',
    });
    expect(gateway.signaling.isDraining()).toBe(true);
  });
});

describe('a socket', () => {
  it('that only listens is pinged, and closed after 60 seconds of silence [PING-1]', async () => {
    const gateway = rig();
    const alice = await gateway.signedIn('alice');
    await gateway.clock.advance(59_000);
    expect(alice.got('telnyx_rtc.ping')).toHaveLength(5);
    expect(alice.closed).toBeNull();
    await gateway.clock.advance(1_000);
    expect(alice.closed?.code).toBe(CloseCode.goingAway);
  });

  it('with legs that only listens is closed after 15 seconds, and its session held, which goes on at the next one [PING-1, CLOSE-2]', async () => {
    const gateway = rig();
    const { alice, bob } = await talking(gateway);
    const sessid = alice.connection.session?.ids.id;
    await pass(gateway, 14_000, bob);
    expect(alice.got('telnyx_rtc.ping')).toHaveLength(2);
    expect(alice.closed).toBeNull();
    await pass(gateway, 1_000, bob);
    expect(alice.closed?.code).toBe(CloseCode.goingAway);
    const again = gateway.client();
    await again.login('alice', { sessid });
    expect(again.got('telnyx_rtc.clientReady')).toEqual([{ reattached_sessions: ['a-1'] }]);
    await gateway.clock.advance(5_000);
    expect(again.got('telnyx_rtc.ping')).toHaveLength(1);
    await again.bye('a-1');
    await gateway.clock.advance(20_000);
    expect(again.got('telnyx_rtc.ping')).toHaveLength(3);
    expect(again.closed).toBeNull();
  });

  it('gets the answers to a ping, a hold and a bye at once, whatever the media does [PING-3]', async () => {
    const gateway = rig();
    const { alice } = await talking(gateway);
    gateway.media.stuck = true;
    await alice.invite('a-2', 'echo');
    expect((await alice.request('telnyx_rtc.ping')).result).toBeDefined();
    const hold = { action: 'hold', dialogParams: { callID: 'a-1' } };
    expect((await alice.request('telnyx_rtc.modify', hold)).result).toMatchObject({ holdState: 'held' });
    expect((await alice.bye('a-1')).result).toBeDefined();
    expect((await alice.bye('a-2')).result).toBeDefined();
  });

  it('leaves no timer behind when it closes', async () => {
    const gateway = rig();
    const alice = await gateway.signedIn('alice');
    alice.connection.socketClosed();
    expect(gateway.clock.timers).toBe(0);
    expect(gateway.signaling.directory.count()).toEqual({ attached: 0, detached: 0 });
  });

  it('gets an answer to debug frames, on which an official client waits with its call [DEBUG-1]', async () => {
    const alice = await rig().signedIn('alice');
    alice.connection.receive(
      JSON.stringify({
        jsonrpc: '2.0',
        id: 'd1',
        type: 'debug_report_start',
        debug_report_id: 'r',
        call_id: 'c',
      }),
    );
    expect(alice.frames.at(-1)).toMatchObject({ id: 'd1', result: { message: 'ok' } });
  });
});
