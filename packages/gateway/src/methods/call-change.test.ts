import { RpcErrorCode, causes } from '@parley/protocol';
import { describe, expect, it } from 'vitest';
import { rig, ringing, settled, talking, type FakeClient, type Rig } from '../signaling.fixture.ts';

const modify = (client: FakeClient, callID: string, action: string, more: object = {}) =>
  client.send('telnyx_rtc.modify', { action, dialogParams: { callID }, ...more });

const answerTo = (client: FakeClient, id: string) =>
  client.frames.find((frame) => frame.id === id && frame.method === undefined);

/** What each leg was told last about being held. */
function heldLegs({ media }: Rig): boolean[] {
  const latest = new Map(media.typed('hold').map(({ leg, held }) => [leg, held]));
  return [...latest.values()];
}

describe('two parties who change their call at once', () => {
  it('and both hold it, are both held until each has let go [MOD-1, MOD-2, MOD-6]', async () => {
    const gateway = rig();
    const { alice, bob, bobsCallId } = await talking(gateway);
    const said = async (client: FakeClient, id: string) => {
      await settled();
      return answerTo(client, id)?.result?.['holdState'];
    };
    const [hers, his] = [modify(alice, 'a-1', 'hold'), modify(bob, bobsCallId, 'hold')];
    expect([await said(alice, hers), await said(bob, his)]).toEqual(['held', 'held']);
    expect(heldLegs(gateway)).toEqual([true, true]);
    expect(await said(alice, modify(alice, 'a-1', 'unhold'))).toBe('active');
    expect(heldLegs(gateway)).toEqual([false, true]);
    expect(await said(bob, modify(bob, bobsCallId, 'hold'))).toBe('held');
    expect(await said(bob, modify(bob, bobsCallId, 'unhold'))).toBe('active');
    expect(heldLegs(gateway)).toEqual([false, false]);
  });

  it('and both send an offer, each get the answer to their own [MOD-4, MOD-6]', async () => {
    const gateway = rig();
    const { alice, bob, bobsCallId } = await talking(gateway);
    const hers = modify(alice, 'a-1', 'updateMedia', { sdp: 'hers' });
    const his = modify(bob, bobsCallId, 'updateMedia', { sdp: 'his' });
    await settled();
    const [first, second] = gateway.media.typed('accept').slice(-2);
    expect([first, second]).toMatchObject([{ sdp: 'hers' }, { sdp: 'his' }]);
    expect(answerTo(alice, hers)?.result).toMatchObject({ sdp: `accept ${String(first?.leg)}` });
    expect(answerTo(bob, his)?.result).toMatchObject({ sdp: `accept ${String(second?.leg)}` });
  });

  it('one of whom holds while the other waits for the answer to an offer, are both answered in time [MOD-6, PING-3]', async () => {
    const gateway = rig();
    const { alice, bob, bobsCallId } = await talking(gateway);
    gateway.media.stuck = true;
    const offer = modify(alice, 'a-1', 'updateMedia', { sdp: 'hers' });
    const behind = modify(alice, 'a-1', 'hold');
    const his = modify(bob, bobsCallId, 'hold');
    await settled();
    expect(answerTo(bob, his)?.result).toMatchObject({ holdState: 'held' });
    expect(answerTo(alice, offer)).toBeUndefined();
    await gateway.clock.advance(9_000);
    await settled();
    expect(answerTo(alice, offer)?.error?.code).toBe(RpcErrorCode.internalError);
    expect(answerTo(alice, behind)?.result).toMatchObject({ holdState: 'held' });
    expect(gateway.signaling.calls.counts().established).toBe(1);
  });

  it('one of whom is offered another path, are held as they said when it is there [MOD-6, ATTACH-3]', async () => {
    const gateway = rig();
    const { alice, bob, bobsCallId } = await talking(gateway);
    const leg = gateway.media.typed('accept')[0]?.leg ?? '';
    gateway.media.emit({ type: 'lost', leg, reason: 'worker' });
    modify(alice, 'a-1', 'hold');
    modify(bob, bobsCallId, 'hold');
    const refused = modify(alice, 'a-1', 'updateMedia', { sdp: 'hers' });
    await settled();
    expect(answerTo(alice, refused)?.error?.message).toContain('answer the attach');
    await alice.request('telnyx_rtc.attach', { sdp: 'again', dialogParams: { callID: 'a-1' } });
    expect(heldLegs(gateway)).toEqual([true, true]);
    expect(gateway.media.commands.findLastIndex(({ type }) => type === 'hold')).toBeGreaterThan(
      gateway.media.commands.findLastIndex(({ type }) => type === 'remake'),
    );
  });

  it('and both hang up, are both answered, and neither is told of an end that it said [BYE-3]', async () => {
    const gateway = rig();
    const { alice, bob, bobsCallId } = await talking(gateway);
    const [hers, his] = [
      alice.send('telnyx_rtc.bye', { dialogParams: { callID: 'a-1' } }),
      bob.send('telnyx_rtc.bye', { dialogParams: { callID: bobsCallId } }),
    ];
    await settled();
    expect(answerTo(alice, hers)?.result).toMatchObject({ message: 'CALL ENDED' });
    expect(answerTo(bob, his)?.result).toMatchObject({ message: 'CALL ENDED' });
    expect(alice.got('telnyx_rtc.bye')).toEqual([]);
    expect(gateway.metered.filter((each) => each === causes.normalClearing.cause)).toHaveLength(1);
  });
});

describe('a request that is repeated', () => {
  it('to answer, after a loss of the socket, is answered as before and changes nothing [ANS-2]', async () => {
    const gateway = rig();
    const { alice, bob, bobsCallId } = await ringing(gateway);
    const answer = { sdp: 'answer', dialogParams: { callID: bobsCallId } };
    const sessid = bob.connection.session?.ids.id;
    await bob.request('telnyx_rtc.answer', answer);
    bob.connection.socketClosed();
    const again = gateway.client();
    await again.login('bob', { sessid });
    expect((await again.request('telnyx_rtc.answer', answer)).result).toMatchObject({
      message: 'CALL ANSWERED',
    });
    expect(gateway.media.typed('answer')).toHaveLength(1);
    expect(alice.got('telnyx_rtc.answer')).toHaveLength(1);
  });

  it('to attach, is answered as before and changes nothing', async () => {
    const gateway = rig();
    const { alice } = await talking(gateway);
    const leg = gateway.media.typed('accept')[0]?.leg ?? '';
    gateway.media.emit({ type: 'lost', leg, reason: 'worker' });
    await settled();
    const attach = { sdp: 'again', dialogParams: { callID: 'a-1' } };
    for (let times = 0; times < 2; times += 1) {
      expect((await alice.request('telnyx_rtc.attach', attach)).result).toMatchObject({
        message: 'CALL ATTACHED',
      });
    }
    expect(gateway.media.typed('answer').filter(({ sdp }) => sdp === 'again')).toHaveLength(1);
  });
});
