import { CloseCode, causes } from '@parley/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import { StoredCallJournal } from './calls/call-journal.ts';
import { restoreCalls } from './calls/restoring.ts';
import { temporaryFolder } from './config/temporary-folder.fixture.ts';
import {
  FakeClock,
  rig,
  settled,
  silentLog,
  talking as talkingIn,
  type FakeClient,
  type Rig,
} from './signaling.fixture.ts';
import { CallHistory } from './reports/call-history.ts';
import { openStore } from './store/open-store.ts';
import type { Store } from './store/store.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

type Users = Parameters<typeof rig>[0];

interface Run extends Rig {
  history: CallHistory;
  /** The process is gone, and nobody has been told anything. What it had to write is written. */
  kill(): Promise<void>;
  written(): ReturnType<Store['callRecords']['takeOver']>;
}

/** Gateways that come one after another on the same data. */
async function node() {
  const store = await openStore({ data: await temporaryFolder(), databaseUrl: null });
  closers.push(() => store.close());
  const clock = new FakeClock();
  let runs = 0;
  const start = async (users?: Users): Promise<Run> => {
    const { callRecords: records, revocations } = store;
    const legacy = await records.takeOver('n1', clock.now());
    const writer = { nodeId: 'n1', epoch: legacy.epoch };
    const journal = new StoredCallJournal({ records, writer, clock, log: silentLog });
    closers.unshift(() => journal.close());
    const history = new CallHistory({ archive: store.callArchive, nodeId: 'n1', clock, log: silentLog });
    const gateway = rig(users, undefined, {
      clock,
      journal,
      watch: history,
      run: `${String((runs += 1))}-`,
    });
    await history.recall(legacy.calls.map(({ id }) => id));
    const { signaling, authenticator, visits } = gateway;
    const ports = {
      ...signaling,
      journal,
      watch: history,
      authenticator,
      revocations,
      visits,
      clock,
      log: silentLog,
    };
    await restoreCalls(legacy, { ...ports, holdMs: 190_000 });
    await settled();
    return {
      ...gateway,
      history,
      kill: async () => {
        await history.close();
        await journal.close();
      },
      written: async () => {
        await journal.close();
        return records.takeOver('n1', clock.now());
      },
    };
  };
  return { store, clock, start };
}

interface Talk {
  alice: FakeClient;
  bob: FakeClient;
  callIds: { alice: string; bob: string };
  sessids: { alice: unknown; bob: unknown };
}

/** Alice has called Bob, and he has answered. */
async function talking(gateway: Rig, login?: object): Promise<Talk> {
  const { alice, bob, bobsCallId } = await talkingIn(gateway, login);
  const sessids = { alice: sessidOf(alice), bob: sessidOf(bob) };
  return { alice, bob, callIds: { alice: 'a-1', bob: bobsCallId }, sessids };
}

const sessidOf = (client: FakeClient) => client.connection.session?.ids.id;

async function comeBack(
  gateway: Rig,
  user: 'alice' | 'bob',
  { sessids }: Talk,
  more: object = {},
): Promise<FakeClient> {
  const client = gateway.client();
  await client.login(user, { sessid: sessids[user], ...more });
  await settled();
  return client;
}

const reattach = (client: FakeClient, callID: string) =>
  client.request('telnyx_rtc.attach', { sdp: `new answer ${callID}`, dialogParams: { callID } });

const byes = (client: FakeClient) => client.got('telnyx_rtc.bye');

describe('a gateway that starts where another one was killed in a call', () => {
  it('resumes the sessions of those who log in again, and offers each new media after clientReady [RESUME-10, RESUME-2, RESUME-4]', async () => {
    const { start } = await node();
    const first = await start();
    const talk = await talking(first, { parley: { capabilities: ['preAnswer'] } });
    await first.kill();

    const second = await start();
    expect(second.signaling.calls.counts()).toEqual({ inviting: 0, established: 1 });
    const alice = second.client();
    const { result } = await alice.login('alice', { sessid: talk.sessids.alice });
    expect(result).toMatchObject({ sessid: talk.sessids.alice, parley: { granted: ['preAnswer'] } });
    expect(alice.connection.session?.ids).toEqual(talk.alice.connection.session?.ids);
    expect(alice.got('telnyx_rtc.clientReady')).toEqual([{ reattached_sessions: ['a-1'] }]);
    expect(alice.order).toEqual(['result', 'telnyx_rtc.clientReady', 'telnyx_rtc.attach']);
    const [attach] = alice.got('telnyx_rtc.attach');
    expect(attach).toMatchObject({
      callID: 'a-1',
      caller_id_name: 'ALICE',
      caller_id_number: 'alice',
      callee_id_number: 'bob',
      display_direction: 'inbound',
    });

    const bob = await comeBack(second, 'bob', talk);
    expect(bob.got('telnyx_rtc.attach')).toMatchObject([
      { callID: talk.callIds.bob, caller_id_number: 'alice', display_direction: 'outbound' },
    ]);
    await reattach(alice, 'a-1');
    await reattach(bob, talk.callIds.bob);
    await settled();
    const legs = second.media.typed('remake').map(({ leg }) => leg);
    expect(new Set(second.media.typed('bridge').flatMap(({ legs: both }) => both))).toEqual(new Set(legs));
    expect(second.media.typed('answer').map(({ sdp }) => sdp)).toEqual([
      'new answer a-1',
      `new answer ${talk.callIds.bob}`,
    ]);
  });

  it('goes on with the call: key presses pass, and a bye ends it for both and in the store', async () => {
    const { start } = await node();
    const first = await start();
    const talk = await talking(first);
    await first.kill();
    const second = await start();
    const [alice, bob] = [await comeBack(second, 'alice', talk), await comeBack(second, 'bob', talk)];
    await alice.request('telnyx_rtc.info', { dtmf: '5', dialogParams: { callID: 'a-1' } });
    expect(bob.got('telnyx_rtc.info')).toEqual([{ callID: talk.callIds.bob, dtmf: '5' }]);
    await bob.bye(talk.callIds.bob);
    expect(byes(alice)).toEqual([{ callID: 'a-1', ...causes.normalClearing }]);
    expect(second.media.legs.size).toBe(0);
    const { calls } = await second.written();
    expect(calls).toMatchObject([{ end: { cause: causes.normalClearing } }]);
  });

  it('makes offers that are newer than any that the former one made [EXT-14]', async () => {
    const { start } = await node();
    const recovery = (calls?: object[]) => ({
      parley: { capabilities: ['recovery'], instance: 'one', ...(calls && { calls }) },
    });
    const first = await start();
    let talk = await talking(first, recovery());
    await first.kill();
    const epochs = [0];
    for (const [run, media] of ['intact', 'lost', 'intact'].entries()) {
      const gateway = await start();
      const named = [{ callID: 'a-1', epoch: epochs[run], media }];
      const alice = await comeBack(gateway, 'alice', talk, recovery(named));
      talk = { ...talk, alice };
      const [attach, ...more] = alice.got('telnyx_rtc.attach');
      expect(more).toEqual([]);
      epochs.push((attach?.['parley'] as { epoch: number }).epoch);
      await alice.request('telnyx_rtc.attach', {
        sdp: `answer ${String(run)}`,
        dialogParams: { callID: 'a-1' },
        parley: { epoch: epochs.at(-1) },
      });
      expect(gateway.media.typed('answer')).toMatchObject([{ sdp: `answer ${String(run)}` }]);
      await gateway.kill();
    }
    expect(epochs).toEqual([...new Set(epochs)].sort((one, other) => one - other));
  });

  it('knows who holds [ATTACH-3]', async () => {
    const { start } = await node();
    const first = await start();
    const talk = await talking(first);
    await talk.bob.request('telnyx_rtc.modify', {
      action: 'hold',
      dialogParams: { callID: talk.callIds.bob },
    });
    await first.kill();
    const second = await start();
    const held = second.media.typed('hold');
    expect(held).toMatchObject([{ held: true }]);
    const bob = await comeBack(second, 'bob', talk);
    const answer = await bob.request('telnyx_rtc.modify', {
      action: 'unhold',
      dialogParams: { callID: talk.callIds.bob },
    });
    expect(answer.result).toMatchObject({ holdState: 'active' });
    const { calls } = await second.written();
    expect(calls).toMatchObject([{ caller: { held: false }, callees: [{ held: false }] }]);
  });

  it('takes an echo up as well', async () => {
    const { start } = await node();
    const first = await start();
    const alice = await first.signedIn('alice');
    const sessid = sessidOf(alice);
    await alice.invite('a-1', 'echo');
    await settled();
    await first.kill();
    const second = await start();
    const back = second.client();
    await back.login('alice', { sessid });
    await settled();
    expect(back.got('telnyx_rtc.attach')).toMatchObject([{ callID: 'a-1' }]);
    const [{ legs } = { legs: [] }] = second.media.typed('bridge');
    expect(legs[0]).toBe(legs[1]);
  });

  it('a third one, goes on with what the second one went on with', async () => {
    const { start } = await node();
    const first = await start();
    const talk = await talking(first);
    await first.kill();
    const second = await start();
    await comeBack(second, 'alice', talk);
    await second.kill();
    const third = await start();
    const bob = await comeBack(third, 'bob', talk);
    expect(bob.got('telnyx_rtc.attach')).toMatchObject([{ callID: talk.callIds.bob }]);
  });

  it('ends the call for whoever came back once the other one has not within the hold time, and frees everything [RESUME-7]', async () => {
    const { start, clock } = await node();
    const first = await start();
    const talk = await talking(first);
    await clock.advance(100_000);
    await first.kill();
    const second = await start();
    const alice = await comeBack(second, 'alice', talk);
    await reattach(alice, 'a-1');
    for (let seconds = 0; seconds < 189; seconds += 9) {
      await clock.advance(9_000);
      await alice.request('telnyx_rtc.ping');
    }
    expect(byes(alice)).toEqual([]);
    await clock.advance(1_000);
    expect(byes(alice)).toEqual([{ callID: 'a-1', ...causes.destinationOutOfOrder }]);
    expect(second.signaling.calls.counts()).toEqual({ inviting: 0, established: 0 });
    expect(second.signaling.directory.count()).toEqual({ attached: 1, detached: 0 });
    expect(second.media.legs.size).toBe(0);
    const { sessions, calls } = await second.written();
    expect(sessions).toMatchObject([{ id: talk.sessids.alice }]);
    expect(calls).toMatchObject([{ end: { cause: causes.destinationOutOfOrder } }]);
  });

  it('nobody comes back to, forgets sessions and calls', async () => {
    const { start, clock } = await node();
    const first = await start();
    await talking(first);
    await first.kill();
    const second = await start();
    await clock.advance(190_000);
    expect(second.signaling.directory.all()).toEqual([]);
    expect(second.media.legs.size).toBe(0);
    await clock.advance(600_000);
    await clock.advance(30_000);
    await settled();
    expect(await second.written()).toMatchObject({ sessions: [], calls: [] });
  });

  it('takes reports on calls of the former one', async () => {
    const { start } = await node();
    const first = await start();
    const talk = await talking(first);
    const callReportId = String(talk.alice.connection.session?.ids.callReportId);
    await talk.alice.bye('a-1');
    talk.alice.connection.socketClosed();
    await first.kill();
    const { history } = await start();
    expect(await history.legOfReport(callReportId, 'a-1')).toMatchObject({
      credentialId: 'credential-alice',
      cause: 'NORMAL_CLEARING',
    });
    expect(await history.legOfReport(callReportId, 'a-2')).toBeUndefined();
  });
});

describe('a gateway that starts after another one was down', () => {
  const downFor = async (milliseconds: number) => {
    const { start, clock } = await node();
    const first = await start();
    const talk = await talking(first);
    await first.kill();
    await clock.advance(milliseconds);
    const second = await start();
    return { second, alice: await comeBack(second, 'alice', talk), talk };
  };

  it('for less than the hold time, goes on with its calls', async () => {
    const { alice } = await downFor(190_000);
    expect(alice.got('telnyx_rtc.clientReady')).toEqual([{ reattached_sessions: ['a-1'] }]);
  });

  it('for longer than the hold time, ends its calls', async () => {
    const { second, alice, talk } = await downFor(190_000 + 30_001);
    expect(alice.got('telnyx_rtc.clientReady')).toEqual([{ reattached_sessions: [] }]);
    expect(sessidOf(alice)).not.toBe(talk.sessids.alice);
    const { calls } = await second.written();
    expect(calls).toMatchObject([{ end: { cause: causes.recoveryOnTimerExpire } }]);
  });
});

describe('a call that ended shortly before its gateway was killed', () => {
  const toldAfterwards = async (afterEnd: number): Promise<unknown[]> => {
    const { start, clock } = await node();
    const first = await start();
    const talk = await talking(first);
    talk.alice.connection.socketClosed();
    await talk.bob.bye(talk.callIds.bob, causes.userBusy);
    await clock.advance(afterEnd);
    await first.kill();
    const second = await start();
    const alice = await comeBack(second, 'alice', talk);
    expect(alice.got('telnyx_rtc.clientReady')).toEqual([{ reattached_sessions: [] }]);
    return byes(alice);
  };

  it('is told as ended, with its cause, to the client that missed it [RESUME-5]', async () => {
    expect(await toldAfterwards(59_000)).toEqual([{ callID: 'a-1', ...causes.userBusy }]);
  });

  it('is old news a minute later', async () => {
    expect(await toldAfterwards(91_000)).toEqual([]);
  });

  it('answers what its client still says of it [ANS-2]', async () => {
    const { start } = await node();
    const first = await start();
    const talk = await talking(first);
    await talk.bob.bye(talk.callIds.bob);
    await first.kill();
    const second = await start();
    const alice = await comeBack(second, 'alice', talk);
    const answer = await reattach(alice, 'a-1');
    expect(answer.result).toMatchObject({ message: 'CALL ENDED' });
  });
});

/** Alice calls Bob, whose client rings. */
async function ringing(gateway: Rig, login: object = {}): Promise<Talk> {
  const alice = gateway.client();
  await alice.login('alice', login);
  const bob = gateway.client();
  await bob.login('bob', login);
  await alice.invite('a-1', 'bob', { custom_headers: [{ name: 'X-Case', value: '7' }] });
  await settled();
  const { callID } = await bob.acknowledge('telnyx_rtc.invite');
  await settled();
  expect(alice.got('telnyx_rtc.ringing')).toHaveLength(1);
  const sessids = { alice: sessidOf(alice), bob: sessidOf(bob) };
  return { alice, bob, callIds: { alice: 'a-1', bob: String(callID) }, sessids };
}

describe('a gateway that starts where another one was killed while a call rang', () => {
  const recovery = (calls?: object[]) => ({
    parley: { capabilities: ['recovery'], instance: 'one', ...(calls && { calls }) },
  });
  const named = (callID: string) => recovery([{ callID, epoch: 0, media: 'intact' }]);

  it('offers it anew where it rings still, and is answered: the caller is told by the offer of another path [RESUME-10]', async () => {
    const { start } = await node();
    const first = await start();
    const talk = await ringing(first, recovery());
    await first.kill();

    const second = await start();
    expect(second.signaling.calls.counts()).toEqual({ inviting: 1, established: 0 });
    const alice = await comeBack(second, 'alice', talk, named('a-1'));
    expect(alice.got('telnyx_rtc.clientReady')).toEqual([{ reattached_sessions: ['a-1'] }]);
    expect(alice.got('telnyx_rtc.attach')).toEqual([]);
    const bob = await comeBack(second, 'bob', talk, named(talk.callIds.bob));
    expect(bob.got('telnyx_rtc.invite')).toEqual([]);
    const [offer] = bob.got('telnyx_rtc.attach');
    expect(offer).toMatchObject({ callID: talk.callIds.bob, parley: { epoch: 2_000_001 } });
    expect(alice.got('telnyx_rtc.ringing')).toHaveLength(1);

    await bob.request('telnyx_rtc.answer', { sdp: 'answer', dialogParams: { callID: talk.callIds.bob } });
    await settled();
    const [attach] = alice.got('telnyx_rtc.attach');
    expect(attach).toMatchObject({ callID: 'a-1', parley: { epoch: 2_000_002 } });
    await reattach(alice, 'a-1');
    await settled();
    expect(second.media.typed('answer').map(({ sdp }) => sdp)).toEqual(['answer', 'new answer a-1']);
    expect(second.media.typed('bridge')).toHaveLength(1);
    expect(second.signaling.calls.counts()).toEqual({ inviting: 0, established: 1 });
    await bob.bye(talk.callIds.bob);
    expect(byes(alice)).toEqual([{ callID: 'a-1', ...causes.normalClearing }]);
    const { calls } = await second.written();
    expect(calls).toMatchObject([{ invite: null, callees: [{}], end: { cause: causes.normalClearing } }]);
  });

  it('invites a client again that knows nothing of it any more, or cannot say so, with all that it said [RESUME-9]', async () => {
    for (const [login, back] of [
      [recovery(), recovery([])],
      [{}, {}],
    ]) {
      const { start } = await node();
      const first = await start();
      const talk = await ringing(first, login);
      const [before] = talk.bob.got('telnyx_rtc.invite');
      await first.kill();
      const second = await start();
      const bob = await comeBack(second, 'bob', talk, back);
      expect(bob.got('telnyx_rtc.attach')).toEqual([]);
      const said = { ...before, sdp: expect.any(String) as string };
      expect(bob.got('telnyx_rtc.invite')).toMatchObject([said]);
      await bob.acknowledge('telnyx_rtc.invite');
      const alice = await comeBack(second, 'alice', talk, back === login ? {} : named('a-1'));
      expect(alice.got('telnyx_rtc.ringing')).toHaveLength(1);
    }
  });

  it('takes the answer of a person who has answered meanwhile, and puts right what was said of the former offer', async () => {
    const { start } = await node();
    const first = await start();
    const talk = await ringing(first, recovery());
    await first.kill();
    const second = await start();
    const bob = await comeBack(second, 'bob', talk, named(talk.callIds.bob));
    const callID = talk.callIds.bob;
    await bob.request('telnyx_rtc.answer', { sdp: 'answer to the former', dialogParams: { callID } });
    await bob.request('telnyx_rtc.attach', {
      sdp: 'answer to this',
      dialogParams: { callID },
      parley: { epoch: 2_000_001 },
    });
    await settled();
    expect(bob.got('telnyx_rtc.attach')).toMatchObject([{}, { parley: { epoch: 2_000_002 } }]);
  });

  it('a caller who gives up meanwhile, ends it for the callee', async () => {
    const { start } = await node();
    const first = await start();
    const talk = await ringing(first, recovery());
    await first.kill();
    const second = await start();
    const bob = await comeBack(second, 'bob', talk, named(talk.callIds.bob));
    const ended = { parley: { ...recovery([]).parley, ended: ['a-1'] } };
    await comeBack(second, 'alice', talk, ended);
    expect(byes(bob)).toEqual([{ callID: talk.callIds.bob, ...causes.originatorCancel }]);
  });

  it('nobody answers, ends it after the time for that [INV-5]', async () => {
    const { start, clock } = await node();
    const first = await start();
    const talk = await ringing(first, recovery());
    await first.kill();
    const second = await start();
    const alice = await comeBack(second, 'alice', talk, named('a-1'));
    for (let seconds = 0; seconds < 60; seconds += 5) {
      await clock.advance(5_000);
      await alice.request('telnyx_rtc.ping');
    }
    expect(byes(alice)).toEqual([{ callID: 'a-1', ...causes.noAnswer }]);
  });

  it('and was rejected at the last place, or answered, forgets that it rang', async () => {
    const { start } = await node();
    const first = await start();
    const talk = await ringing(first);
    await talk.bob.bye(talk.callIds.bob, causes.userBusy);
    await first.kill();
    const second = await start();
    expect(second.signaling.calls.counts()).toEqual({ inviting: 0, established: 0 });
  });
});

describe('a gateway that starts where another one was killed in a visit', () => {
  it('goes on with the conversation: the same session, the same assistant, and no second greeting [RESUME-10, ANON-4]', async () => {
    const { start } = await node();
    const first = await start();
    const visitor = first.client();
    const wish = { target_params: { name: 'Ada' } };
    await visitor.visit(wish);
    await visitor.invite('v-1', '');
    await settled();
    const [said] = visitor.got('ai_conversation');
    expect(first.media.typed('converse')).toMatchObject([{ settings: { greeting: {} } }]);
    const sessid = sessidOf(visitor);
    await first.kill();

    const second = await start();
    expect(second.signaling.calls.counts()).toEqual({ inviting: 0, established: 1 });
    const stranger = second.client();
    await stranger.visit({ sessid });
    expect(sessidOf(stranger)).not.toBe(sessid);
    const back = second.client();
    await back.visit({ ...wish, sessid });
    await settled();
    expect(sessidOf(back)).toBe(sessid);
    expect(back.got('telnyx_rtc.clientReady')).toEqual([{ reattached_sessions: ['v-1'] }]);
    expect(back.got('telnyx_rtc.attach')).toMatchObject([{ callID: 'v-1' }]);
    expect(back.got('ai_conversation')).toEqual([said]);
    expect(second.media.typed('converse')).toMatchObject([
      { engine: 'echo', settings: { greeting: null, params: { name: 'Ada' } } },
    ]);
    await reattach(back, 'v-1');
    await back.bye('v-1');
    const { calls, sessions } = await second.written();
    expect(calls).toMatchObject([{ end: { cause: causes.normalClearing } }]);
    expect(sessions).toMatchObject([{ visit: { params: { name: 'Ada' } } }]);
  });
});

describe('what was revoked while no gateway ran', () => {
  it('a deleted credential, ends the call, and the other party is told [CLOSE-3]', async () => {
    const { start } = await node();
    const first = await start();
    const talk = await talking(first);
    await first.kill();
    const second = await start([{ sipUsername: 'bob' }]);
    expect(second.signaling.calls.counts()).toEqual({ inviting: 0, established: 0 });
    const bob = await comeBack(second, 'bob', talk);
    expect(byes(bob)).toEqual([{ callID: talk.callIds.bob, ...causes.callRejected }]);
    const { sessions } = await second.written();
    expect(sessions.map(({ id }) => id)).toEqual([talk.sessids.bob]);
  });

  it('a token, ends the call of the session that it opened [CLOSE-3]', async () => {
    const { store, start, clock } = await node();
    const first = await start();
    const bob = await first.signedIn('bob');
    const alice = first.client();
    await alice.request('login', { login_token: 'alice' });
    await alice.invite('a-1', 'bob');
    await settled();
    const { callID } = await bob.acknowledge('telnyx_rtc.invite');
    await bob.request('telnyx_rtc.answer', { sdp: 'answer', dialogParams: { callID } });
    await settled();
    // The token that counts is the one of the latest login.
    await alice.request('login', { login_token: 'alice for 600' });
    const sessid = sessidOf(bob);
    await first.kill();
    await store.revocations.revokeToken('token-of-alice', clock.now());
    const second = await start();
    expect(second.signaling.calls.counts().established).toBe(1);
    await second.kill();
    await store.revocations.revokeToken('token-of-alice for 600', clock.now());
    const third = await start();
    expect(third.signaling.calls.counts().established).toBe(0);
    const back = third.client();
    await back.login('bob', { sessid });
    expect(byes(back)).toEqual([{ callID, ...causes.callRejected }]);
  });
});

describe('what does not outlive its gateway', () => {
  const afterKill = async (set: (gateway: Rig) => Promise<unknown>) => {
    const { start } = await node();
    const first = await start();
    await set(first);
    await first.kill();
    return await (await start()).written();
  };

  it('a session that had calls and has signed off, is gone', async () => {
    const legacy = await afterKill(async (gateway) => {
      const { alice, bob } = await talking(gateway);
      await alice.bye('a-1');
      alice.connection.socketClosed();
      bob.connection.socketClosed();
    });
    expect(legacy.sessions).toEqual([]);
  });
});

describe('a gateway that leaves its calls to the next one', () => {
  it('tells nobody of an end, be it that they ring or not', async () => {
    const { start } = await node();
    const first = await start([{ sipUsername: 'alice' }, { sipUsername: 'bob' }, { sipUsername: 'carol' }]);
    const talk = await talking(first);
    const carol = await first.signedIn('carol');
    await carol.invite('c-1', 'bob');
    await settled();
    first.signaling.calls.leave(causes.temporaryFailure);
    await first.kill();
    for (const client of [talk.alice, talk.bob, carol]) {
      expect(byes(client)).toEqual([]);
      expect(client.closed).toEqual({
        code: CloseCode.serviceRestart,
        reason: 'the gateway restarts; retry-after=1',
      });
    }

    const second = await start([{ sipUsername: 'alice' }, { sipUsername: 'bob' }, { sipUsername: 'carol' }]);
    const alice = await comeBack(second, 'alice', talk);
    expect(alice.got('telnyx_rtc.attach')).toMatchObject([{ callID: 'a-1' }]);
    const bob = await comeBack(second, 'bob', talk);
    expect(bob.got('telnyx_rtc.invite')).toMatchObject([{ caller_id_number: 'carol' }]);
  });
});
