import { CloseCode, RpcErrorCode, causes } from '@parley/protocol';
import { describe, expect, it } from 'vitest';
import { pass, rig, ringing, settled, talking, type FakeClient, type Rig } from './signaling.fixture.ts';

const run = (instance: string, more: object = {}) => ({
  parley: { capabilities: ['recovery'], instance, ...more },
});
const asOne = run('one');
const intact = (callID: string, epoch = 0) => ({ callID, epoch, media: 'intact' });
const lost = (callID: string, epoch = 0) => ({ callID, epoch, media: 'lost' });
const sessidOf = (client: FakeClient) => client.connection.session?.ids.id;
const isAlive = (gateway: Rig) => gateway.signaling.calls.counts();

interface Comeback {
  user?: string;
  sessid: unknown;
  instance?: string;
  ended?: readonly string[];
  calls?: readonly object[];
}

/** The client's next socket, with what its login says beside the session. */
async function back(gateway: Rig, { user = 'alice', sessid, ...word }: Comeback) {
  const again = gateway.client();
  await again.login(user, { sessid, ...run('one', word) });
  return again;
}

describe('a client that resumes its session', () => {
  it('by the run that has it, gets it at once, though the old socket seems open, which is closed as displaced [EXT-9]', async () => {
    const gateway = rig();
    const { alice } = await talking(gateway, asOne);
    const sessid = sessidOf(alice);
    const again = await back(gateway, { sessid, calls: [intact('a-1')] });
    expect(again.frames[0]?.result).toMatchObject({ sessid, parley: { granted: ['recovery'] } });
    expect(alice.closed?.code).toBe(CloseCode.displaced);
    expect(alice.got('telnyx_rtc.ping')).toEqual([]);
    expect(again.order).toEqual(['result', 'telnyx_rtc.clientReady']);
    expect(isAlive(gateway).established).toBe(1);
  });

  it('by another run, gets it only where the old socket is dead, and is the run that has it from then on [EXT-9, RESUME-3]', async () => {
    const gateway = rig();
    const { alice } = await talking(gateway, asOne);
    const sessid = sessidOf(alice);
    const copy = gateway.client();
    copy.send('login', { login: 'alice', passwd: 'alice', sessid, ...run('two', { calls: [] }) });
    await settled();
    await alice.request('telnyx_rtc.ping');
    expect(copy.frames[0]?.result?.['sessid']).not.toBe(sessid);

    const heir = gateway.client();
    heir.send('login', { login: 'alice', passwd: 'alice', sessid, ...run('three') });
    await settled();
    expect(heir.frames).toEqual([]);
    await gateway.clock.advance(1_000);
    expect(heir.frames[0]?.result).toMatchObject({ sessid });
    const again = await back(gateway, { sessid, instance: 'three' });
    expect(again.frames[0]?.result).toMatchObject({ sessid });
    expect(heir.closed?.code).toBe(CloseCode.displaced);
  });

  it('by another run, gets it at once where the page has gone, which closes with 1001 [EXT-9, EXT-17]', async () => {
    const gateway = rig();
    const { alice } = await talking(gateway, asOne);
    const sessid = sessidOf(alice);
    alice.connection.socketClosed(CloseCode.goingAway);
    const reloaded = await back(gateway, { sessid, instance: 'two', calls: [lost('a-1')] });
    expect(reloaded.frames[0]?.result).toMatchObject({ sessid });
    expect(reloaded.got('telnyx_rtc.attach')).toHaveLength(1);
  });

  describe('by another run, while the one that has it is between two sockets', () => {
    const apart = async (gateway: Rig) => {
      const { alice } = await talking(gateway, asOne);
      const sessid = sessidOf(alice);
      alice.connection.socketClosed();
      const copy = gateway.client();
      const word = run('two', { calls: [lost('a-1')] });
      copy.send('login', { login: 'alice', passwd: 'alice', sessid, ...word });
      await settled();
      expect(copy.frames).toEqual([]);
      return { sessid, copy };
    };

    it('does not get it, nor its call, where that one is back soon [EXT-17]', async () => {
      const gateway = rig();
      const { sessid, copy } = await apart(gateway);
      await gateway.clock.advance(2_900);
      const again = await back(gateway, { sessid, calls: [intact('a-1')] });
      await gateway.clock.advance(100);
      await again.request('telnyx_rtc.ping');
      await settled();
      expect(copy.frames[0]?.result?.['sessid']).not.toBe(sessid);
      expect(copy.order).toEqual(['result', 'telnyx_rtc.bye', 'telnyx_rtc.clientReady']);
      expect(again.got('telnyx_rtc.bye')).toEqual([]);
      expect(isAlive(gateway).established).toBe(1);
    });

    it('gets it where that one is not back in 3 seconds [EXT-17, RESUME-2]', async () => {
      const gateway = rig();
      const { sessid, copy } = await apart(gateway);
      await gateway.clock.advance(3_000);
      expect(copy.frames[0]?.result).toMatchObject({ sessid });
      expect(copy.got('telnyx_rtc.attach')).toHaveLength(1);
    });

    it('waits as well where it was the gateway that closed with 1001 [EXT-17, PING-1]', async () => {
      const gateway = rig();
      const { alice, bob } = await talking(gateway, asOne);
      await pass(gateway, 16_000, bob);
      expect(alice.closed?.code).toBe(CloseCode.goingAway);
      alice.connection.socketClosed(CloseCode.goingAway);
      const copy = gateway.client();
      copy.send('login', { login: 'alice', passwd: 'alice', sessid: sessidOf(alice), ...run('two') });
      await settled();
      expect(copy.frames).toEqual([]);
    });
  });

  it('without the capability, is no run that anything is told of [EXT-1, RESUME-3]', async () => {
    const gateway = rig();
    const parley = { capabilities: ['earlyMedia'], instance: 'one' };
    const { alice } = await talking(gateway, { parley });
    const copy = gateway.client();
    const claim = { login: 'alice', passwd: 'alice', sessid: sessidOf(alice), parley };
    copy.send('login', { ...claim, parley: { ...parley, ended: ['a-1'], calls: [lost('x')] } });
    await settled();
    expect(copy.frames).toEqual([]);
    await gateway.clock.advance(1_000);
    expect(copy.order).toEqual(['result', 'telnyx_rtc.clientReady']);
    expect(isAlive(gateway).established).toBe(1);
  });
});

describe('a call that ended at the client while nobody heard it', () => {
  it('ends as by its bye, before the calls are listed, and is not missed afterwards [EXT-10]', async () => {
    const gateway = rig();
    const { alice, bob } = await talking(gateway, asOne);
    await alice.invite('a-2', 'echo');
    const sessid = sessidOf(alice);
    alice.connection.socketClosed();
    const again = await back(gateway, { sessid, ended: ['a-1', 'never-was'], calls: [intact('a-2')] });
    expect(bob.got('telnyx_rtc.bye')).toMatchObject([causes.normalClearing]);
    expect(again.order.slice(0, 2)).toEqual(['result', 'telnyx_rtc.clientReady']);
    expect(again.got('telnyx_rtc.clientReady')).toEqual([{ reattached_sessions: ['a-2'] }]);
    expect((await again.bye('a-1')).result).toMatchObject({ callID: 'a-1' });
    expect(again.got('telnyx_rtc.bye')).toEqual([]);
  });

  it('before it was answered, is cancelled, or rejected [EXT-10]', async () => {
    for (const [user, callsEnd] of [
      ['alice', { bob: causes.originatorCancel.cause }],
      ['bob', { alice: causes.userBusy.cause }],
    ] as const) {
      const gateway = rig();
      const { bobsCallId, ...people } = await ringing(gateway, asOne);
      const sessid = sessidOf(people[user]);
      people[user].connection.socketClosed();
      const ended = [user === 'alice' ? 'a-1' : bobsCallId];
      const again = await back(gateway, { user, sessid, ended, calls: [] });
      const other = user === 'alice' ? people.bob : people.alice;
      expect(other.got('telnyx_rtc.bye')).toMatchObject([{ cause: Object.values(callsEnd)[0] }]);
      expect(again.got('telnyx_rtc.invite')).toEqual([]);
    }
  });

  it('and at the gateway as well, is not told of again [EXT-10]', async () => {
    const gateway = rig();
    const { alice, bob, bobsCallId } = await talking(gateway, asOne);
    const sessid = sessidOf(alice);
    alice.connection.socketClosed();
    await bob.bye(bobsCallId);
    const again = await back(gateway, { sessid, ended: ['a-1'], calls: [] });
    expect(again.order).toEqual(['result', 'telnyx_rtc.clientReady']);
  });
});

describe('a call that the client names and the gateway does not have', () => {
  it('gets a bye with the cause of its end, before the calls are listed [EXT-11]', async () => {
    const gateway = rig();
    const { alice, bob, bobsCallId } = await talking(gateway, asOne);
    await alice.invite('a-2', 'echo');
    const sessid = sessidOf(alice);
    await bob.bye(bobsCallId, causes.networkOutOfOrder);
    expect(alice.got('telnyx_rtc.bye')).toHaveLength(1);
    const calls = [intact('a-1'), intact('a-2'), intact('never-was')];
    const again = await back(gateway, { sessid, calls });
    expect(again.order).toEqual([
      'result',
      'telnyx_rtc.bye',
      'telnyx_rtc.bye',
      'telnyx_rtc.clientReady',
      'telnyx_rtc.answer',
    ]);
    expect(again.got('telnyx_rtc.bye')).toEqual([
      { callID: 'a-1', ...causes.networkOutOfOrder },
      { callID: 'never-was', ...causes.recoveryOnTimerExpire },
    ]);
  });

  it('nor its session, gets one in a fresh session [EXT-11]', async () => {
    const gateway = rig();
    const again = await back(gateway, { sessid: 'forgotten', calls: [lost('a-1')] });
    expect(again.order).toEqual(['result', 'telnyx_rtc.bye', 'telnyx_rtc.clientReady']);
    expect(again.got('telnyx_rtc.bye')).toEqual([{ callID: 'a-1', ...causes.recoveryOnTimerExpire }]);
  });

  it('whose end was the last thing of its session, still gets the cause [EXT-11]', async () => {
    const gateway = rig();
    const { alice, bob, bobsCallId } = await talking(gateway, asOne);
    const sessid = sessidOf(alice);
    await bob.bye(bobsCallId, causes.networkOutOfOrder);
    alice.connection.socketClosed();
    await gateway.clock.advance(100_000);
    const again = await back(gateway, { sessid, calls: [intact('a-1')] });
    expect(again.got('telnyx_rtc.bye')).toEqual([{ callID: 'a-1', ...causes.networkOutOfOrder }]);
  });
});

describe('a leg whose client has lost its media', () => {
  it('is offered another path after the calls are listed, held as it was, and the other party does not notice [EXT-12, ATTACH-3]', async () => {
    const gateway = rig();
    const { alice, bob } = await talking(gateway, asOne);
    const dialogParams = { callID: 'a-1' };
    await alice.request('telnyx_rtc.modify', { action: 'hold', dialogParams });
    const sessid = sessidOf(alice);
    alice.connection.socketClosed(CloseCode.goingAway);
    const heard = bob.frames.length;
    const again = await back(gateway, { sessid, instance: 'two', calls: [lost('a-1')] });
    expect(again.order).toEqual(['result', 'telnyx_rtc.clientReady', 'telnyx_rtc.attach']);
    expect(again.got('telnyx_rtc.attach')).toMatchObject([{ callID: 'a-1', parley: { epoch: 1 } }]);
    const answer = { sdp: 'mine', parley: { epoch: 1 }, dialogParams };
    expect((await again.request('telnyx_rtc.attach', answer)).result).toMatchObject({
      message: 'CALL ATTACHED',
    });
    expect(gateway.media.typed('answer').at(-1)).toMatchObject({ sdp: 'mine' });
    expect(gateway.media.typed('hold').at(-1)).toMatchObject({ held: true });
    expect(bob.frames).toHaveLength(heard);
  });

  it('while the gateway waits for its answer, is offered the same again, or another one where it took that [EXT-12]', async () => {
    for (const [taken, epoch] of [
      [0, 1],
      [1, 2],
    ] as const) {
      const gateway = rig();
      const { alice } = await talking(gateway, asOne);
      const sessid = sessidOf(alice);
      await alice.request('parley.remake', { dialogParams: { callID: 'a-1' } });
      expect(alice.got('telnyx_rtc.attach')).toMatchObject([{ parley: { epoch: 1 } }]);
      const again = await back(gateway, { sessid, calls: [intact('a-1', taken)] });
      await settled();
      expect(again.got('telnyx_rtc.attach')).toMatchObject([{ parley: { epoch } }]);
      expect(gateway.media.typed('remake')).toHaveLength(epoch);
    }
  });

  it('before its call was answered, ends with a cause that both parties hear [EXT-12]', async () => {
    const gateway = rig();
    const { alice, bob } = await ringing(gateway, asOne);
    const sessid = sessidOf(alice);
    alice.connection.socketClosed(CloseCode.goingAway);
    const again = await back(gateway, { sessid, instance: 'two', calls: [lost('a-1')] });
    expect(again.order).toEqual(['result', 'telnyx_rtc.bye', 'telnyx_rtc.clientReady']);
    expect(again.got('telnyx_rtc.bye')).toMatchObject([{ callID: 'a-1', causeCode: 487 }]);
    expect(bob.got('telnyx_rtc.bye')).toMatchObject([{ causeCode: 487 }]);
  });
});

describe('a leg that its client does not name', () => {
  it('ends, as nobody is there to talk, and the other party is told [EXT-13]', async () => {
    const gateway = rig();
    const { alice, bob } = await talking(gateway, asOne);
    const sessid = sessidOf(alice);
    const again = await back(gateway, { sessid, calls: [] });
    expect(bob.got('telnyx_rtc.bye')).toMatchObject([causes.destinationOutOfOrder]);
    expect(again.order).toEqual(['result', 'telnyx_rtc.clientReady']);
    expect(again.got('telnyx_rtc.clientReady')).toEqual([{ reattached_sessions: [] }]);
    expect(gateway.media.legs.size).toBe(0);
  });

  it('and that rings, rings anew under the same id, though a client had taken it [EXT-13]', async () => {
    const gateway = rig();
    const { alice, bob, bobsCallId } = await ringing(gateway, asOne);
    const sessid = sessidOf(bob);
    bob.connection.socketClosed(CloseCode.goingAway);
    const again = await back(gateway, { user: 'bob', sessid, instance: 'two', calls: [] });
    expect(again.order).toEqual(['result', 'telnyx_rtc.clientReady', 'telnyx_rtc.invite']);
    expect(again.got('telnyx_rtc.invite')).toEqual(bob.got('telnyx_rtc.invite'));
    await again.acknowledge('telnyx_rtc.invite');
    expect(alice.got('telnyx_rtc.ringing')).toHaveLength(1);
    await again.request('telnyx_rtc.answer', { sdp: 'here', dialogParams: { callID: bobsCallId } });
    expect(gateway.media.typed('answer')).toMatchObject([{ sdp: 'here' }]);
    expect(isAlive(gateway).established).toBe(1);
  });

  it('and that had pre-answered, rings anew with another offer, which its answer is for [EXT-13, EXT-5]', async () => {
    const gateway = rig();
    const parley = { capabilities: ['recovery', 'preAnswer'], instance: 'one' };
    const { bob, bobsCallId } = await ringing(gateway, { parley });
    const sessid = sessidOf(bob);
    const dialogParams = { callID: bobsCallId };
    await bob.request('parley.preAnswer', { sdp: 'early', dialogParams });
    bob.connection.socketClosed(CloseCode.goingAway);
    const again = await back(gateway, { user: 'bob', sessid, instance: 'two', calls: [] });
    await settled();
    expect(again.got('telnyx_rtc.invite')).toMatchObject([
      { callID: bobsCallId, sdp: expect.stringMatching(/^remake /) as string },
    ]);
    const early = await again.request('telnyx_rtc.answer', { dialogParams });
    expect(early.error?.message).toContain('nothing was pre-answered');
    await again.request('telnyx_rtc.answer', { sdp: 'here', dialogParams });
    expect(gateway.media.typed('answer').map(({ sdp }) => sdp)).toEqual(['early', 'here']);
  });

  it('and that it makes, goes on for the run that waits for the answer to its invite, and ends for another [EXT-13, INV-3]', async () => {
    for (const [instance, closeCode, parties] of [
      ['one', undefined, { inviting: 1, established: 0 }],
      ['two', CloseCode.goingAway, { inviting: 0, established: 0 }],
    ] as const) {
      const gateway = rig();
      const { alice, bob } = await ringing(gateway, asOne);
      const sessid = sessidOf(alice);
      alice.connection.socketClosed(closeCode);
      const again = await back(gateway, { sessid, instance, calls: [] });
      expect(isAlive(gateway)).toEqual(parties);
      expect(again.got('telnyx_rtc.bye')).toEqual([]);
      expect(bob.got('telnyx_rtc.bye')).toHaveLength(1 - parties.inviting);
      if (parties.inviting === 0) continue;
      expect((await again.invite('a-1', 'bob')).result).toMatchObject({ message: 'CALL CREATED' });
      expect(bob.got('telnyx_rtc.invite')).toHaveLength(1);
    }
  });

  it('and whose answer it may have missed, goes on for the run that makes the call, and gets the answer [EXT-13, RESUME-9]', async () => {
    const gateway = rig();
    const alice = await gateway.signedIn('alice', asOne);
    await alice.invite('a-1', 'echo');
    const again = await back(gateway, { sessid: sessidOf(alice), calls: [] });
    expect(again.order).toEqual(['result', 'telnyx_rtc.clientReady', 'telnyx_rtc.answer']);
    expect(isAlive(gateway).established).toBe(1);
  });

  it('is kept, where the client says nothing of its calls at all', async () => {
    const gateway = rig();
    const { alice } = await talking(gateway, asOne);
    await back(gateway, { sessid: sessidOf(alice) });
    expect(isAlive(gateway).established).toBe(1);
  });
});

describe('offers of another media path', () => {
  it('are counted for clients that know of it, and for no others [EXT-14]', async () => {
    for (const [more, expected] of [
      [asOne, [{ parley: { epoch: 1 } }, { parley: { epoch: 2 } }]],
      [{}, [{ callID: 'a-1' }, { callID: 'a-1' }]],
    ] as const) {
      const gateway = rig();
      const { alice } = await talking(gateway, more);
      const leg = gateway.media.typed('accept')[0]?.leg ?? '';
      for (let times = 0; times < 2; times += 1) {
        gateway.media.emit({ type: 'lost', leg, reason: 'worker' });
        await settled();
      }
      expect(alice.got('telnyx_rtc.attach')).toMatchObject(expected);
      expect('parley' in (alice.got('telnyx_rtc.attach')[0] ?? {})).toBe(more === asOne);
    }
  });

  it('are answered once each: the answer to an older one changes nothing [EXT-14]', async () => {
    const gateway = rig();
    const { alice } = await talking(gateway, asOne);
    const dialogParams = { callID: 'a-1' };
    for (let times = 0; times < 2; times += 1) await alice.request('parley.remake', { dialogParams });
    const answered = async (epoch: number) => {
      await alice.request('telnyx_rtc.attach', {
        sdp: `of ${String(epoch)}`,
        parley: { epoch },
        dialogParams,
      });
      return gateway.media.typed('answer').slice(1);
    };
    expect(await answered(1)).toEqual([]);
    expect(await answered(2)).toMatchObject([{ sdp: 'of 2' }]);
    expect(await answered(2)).toHaveLength(1);
    expect(
      (await alice.request('telnyx_rtc.modify', { action: 'updateMedia', sdp: 'more', dialogParams })).result,
    ).toMatchObject({ callID: 'a-1' });
  });
});

describe('a request for another media path', () => {
  it('is answered, then met by an offer; asked for again, by a newer one [EXT-15]', async () => {
    const gateway = rig();
    const { alice, bob } = await talking(gateway, asOne);
    const heard = bob.frames.length;
    const dialogParams = { callID: 'a-1' };
    const before = alice.frames.length;
    expect((await alice.request('parley.remake', { dialogParams })).result).toMatchObject({ callID: 'a-1' });
    expect(alice.order.slice(before)).toEqual(['result', 'telnyx_rtc.attach']);
    await alice.request('parley.remake', { dialogParams });
    expect(alice.got('telnyx_rtc.attach')).toMatchObject([
      { parley: { epoch: 1 } },
      { parley: { epoch: 2 } },
    ]);
    expect(bob.frames).toHaveLength(heard);
  });

  it('while one is being made, makes no second one [EXT-15]', async () => {
    const gateway = rig();
    const { alice } = await talking(gateway, asOne);
    gateway.media.stuck = true;
    for (let times = 0; times < 2; times += 1) {
      await alice.request('parley.remake', { dialogParams: { callID: 'a-1' } });
    }
    expect(gateway.media.typed('remake')).toHaveLength(1);
  });

  it('of a call that is not answered is refused, and the call rings on; of one that ended, it is told [EXT-15]', async () => {
    const gateway = rig();
    const { alice } = await ringing(gateway, asOne);
    const ask = () => alice.request('parley.remake', { dialogParams: { callID: 'a-1' } });
    expect((await ask()).error).toMatchObject({ code: RpcErrorCode.invalidRequest });
    expect(isAlive(gateway).inviting).toBe(1);
    await alice.bye('a-1');
    expect((await ask()).result).toMatchObject({ message: 'CALL ENDED' });
    expect(alice.got('telnyx_rtc.bye')).toMatchObject([{ callID: 'a-1' }]);
    const other = await alice.request('parley.remake', { dialogParams: { callID: 'never-was' } });
    expect(other.error).toMatchObject({ code: RpcErrorCode.noSuchCall });
  });
});

describe('an official client that was told of an end on a socket that was dead', () => {
  it('is told again before its calls are listed, until it has taken it [RESUME-5]', async () => {
    const gateway = rig();
    const { alice, bob, bobsCallId } = await talking(gateway);
    await alice.invite('a-2', 'echo');
    await alice.acknowledge('telnyx_rtc.answer');
    const sessid = sessidOf(alice);
    await bob.bye(bobsCallId);
    const resume = async (former: FakeClient) => {
      former.connection.socketClosed();
      const again = gateway.client();
      await again.login('alice', { sessid });
      return again;
    };
    const second = await resume(alice);
    expect(second.order).toEqual(['result', 'telnyx_rtc.bye', 'telnyx_rtc.clientReady']);
    expect(second.got('telnyx_rtc.clientReady')).toEqual([{ reattached_sessions: ['a-2'] }]);
    await second.acknowledge('telnyx_rtc.bye');
    const third = await resume(second);
    expect(third.order).toEqual(['result', 'telnyx_rtc.clientReady']);
  });

  it('is not told again of what it said itself [RESUME-5]', async () => {
    const gateway = rig();
    const { alice, bob, bobsCallId } = await talking(gateway);
    await alice.invite('a-2', 'echo');
    await alice.acknowledge('telnyx_rtc.answer');
    await bob.bye(bobsCallId);
    await alice.bye('a-1');
    const sessid = sessidOf(alice);
    alice.connection.socketClosed();
    const again = gateway.client();
    await again.login('alice', { sessid });
    expect(again.order).toEqual(['result', 'telnyx_rtc.clientReady']);
  });

  it('leaves no session behind where it has no call', async () => {
    const gateway = rig();
    const { alice, bob, bobsCallId } = await talking(gateway);
    await bob.bye(bobsCallId);
    alice.connection.socketClosed();
    expect(gateway.signaling.directory.count()).toEqual({ attached: 1, detached: 0 });
  });
});

describe('an invite that is repeated', () => {
  it('for a call whose end the client has not taken, is answered and ended, and makes no second call [INV-3]', async () => {
    const gateway = rig();
    const { alice, bob, bobsCallId } = await ringing(gateway);
    await alice.invite('a-2', 'echo');
    await bob.bye(bobsCallId, causes.userBusy);
    const before = alice.frames.length;
    expect((await alice.invite('a-1', 'bob')).result).toMatchObject({ message: 'CALL CREATED' });
    expect(alice.order.slice(before)).toEqual(['result', 'telnyx_rtc.bye']);
    expect(bob.got('telnyx_rtc.invite')).toHaveLength(1);
  });

  it('for a call that has just ended, makes no second call: its id is free again after a minute [INV-3]', async () => {
    const gateway = rig();
    const { alice, bob, bobsCallId } = await ringing(gateway);
    await bob.bye(bobsCallId, causes.userBusy);
    await alice.acknowledge('telnyx_rtc.bye');
    await alice.invite('a-1', 'bob');
    await settled();
    expect(alice.got('telnyx_rtc.bye')).toMatchObject([causes.userBusy, causes.userBusy]);
    await alice.acknowledge('telnyx_rtc.bye');
    for (let seconds = 0; seconds <= 60; seconds += 5) {
      await gateway.clock.advance(5_000);
      for (const client of [alice, bob]) await client.request('telnyx_rtc.ping');
    }
    await alice.invite('a-1', 'bob');
    await settled();
    expect(bob.got('telnyx_rtc.invite')).toHaveLength(2);
  });

  it('or late, for a call whose bye came first, makes none [INV-3]', async () => {
    const gateway = rig();
    const alice = await gateway.signedIn('alice');
    await alice.bye('a-1', causes.originatorCancel);
    const { result } = await alice.invite('a-1', 'echo');
    expect(result).toMatchObject({ message: 'CALL CREATED' });
    expect(alice.got('telnyx_rtc.bye')).toMatchObject([causes.originatorCancel]);
    expect(isAlive(gateway)).toEqual({ inviting: 0, established: 0 });
  });

  it('is known for one of the last 256 calls of its session [INV-3]', async () => {
    const gateway = rig();
    const alice = await gateway.signedIn('alice');
    for (let call = 0; call <= 256; call++) await alice.bye(`a-${String(call)}`);
    await alice.invite('a-1', 'echo');
    expect(isAlive(gateway).established).toBe(0);
    await alice.invite('a-0', 'echo');
    expect(isAlive(gateway).established).toBe(1);
  });
});
