import { describe, expect, it } from 'vitest';
import { pass, rig, settled, talking, type FakeClient, type Rig } from '../signaling.fixture.ts';

/** As the media plane tells it, for as long as nothing comes. */
async function silence(gateway: Rig, times: number, ...clients: FakeClient[]): Promise<void> {
  for (let n = 0; n < times; n += 1) {
    await pass(gateway, 15_000, ...clients);
    gateway.media.emit({ type: 'lost', leg: legOf(gateway), reason: 'timeout' });
  }
}

const legOf = ({ media }: Rig): string => media.typed('accept')[0]?.leg ?? '';

it('an answered leg from which no media ever comes, ends its call after a minute, for both parties [CALL-8]', async () => {
  const gateway = rig();
  const { alice, bob } = await talking(gateway);
  await silence(gateway, 3, alice, bob);
  expect(alice.got('telnyx_rtc.bye')).toEqual([]);
  await silence(gateway, 1, alice, bob);
  expect(alice.got('telnyx_rtc.bye')).toMatchObject([{ callID: 'a-1', causeCode: 102, sipCode: 408 }]);
  expect(bob.got('telnyx_rtc.bye')).toMatchObject([{ causeCode: 102 }]);
  expect(gateway.media.legs.size).toBe(0);
});

it.each<[string, (gateway: Rig, ...clients: FakeClient[]) => Promise<void> | void]>([
  [
    'is heard again by the media plane',
    (gateway) => {
      gateway.media.emit({ type: 'connected', leg: legOf(gateway) });
    },
  ],
  ['is not told of any more', (gateway, ...clients) => pass(gateway, 20_000, ...clients)],
])('a silence that %s, is over [CALL-8]', async (_, end) => {
  const gateway = rig();
  const { alice, bob } = await talking(gateway);
  for (let n = 0; n < 3; n += 1) {
    await silence(gateway, 3, alice, bob);
    await end(gateway, alice, bob);
  }
  expect(gateway.signaling.calls.counts().established).toBe(1);
});

const ours = { parley: { capabilities: ['recovery'], instance: 'one' } };

it('the silence of a client that is away, is what its session is held for [CALL-8, RESUME-1]', async () => {
  const gateway = rig();
  const { alice, bob } = await talking(gateway, ours);
  const sessid = alice.connection.session?.ids.id;
  const resumed = async (former: FakeClient, awayFor: number) => {
    former.connection.socketClosed();
    await silence(gateway, awayFor, bob);
    expect(bob.got('telnyx_rtc.bye')).toEqual([]);
    const again = gateway.client();
    await again.login('alice', { sessid, ...ours });
    await silence(gateway, 3, again, bob);
    expect(again.got('telnyx_rtc.bye')).toEqual([]);
    return again;
  };
  const again = await resumed(await resumed(alice, 11), 0);
  await silence(gateway, 1, again, bob);
  expect(again.got('telnyx_rtc.bye')).toMatchObject([{ causeCode: 102 }]);
});

describe('a client that came back and cannot say whether it still has its media', () => {
  const back = async (gateway: Rig) => {
    const { alice, bob } = await talking(gateway);
    const sessid = alice.connection.session?.ids.id;
    alice.connection.socketClosed();
    const again = gateway.client();
    await again.login('alice', { sessid, reconnection: true });
    expect(again.got('telnyx_rtc.clientReady')).toEqual([{ reattached_sessions: ['a-1'] }]);
    return { again, bob };
  };

  it('is offered another path as soon as nothing comes from it: its page may have been reloaded [RESUME-4]', async () => {
    const gateway = rig();
    const { again, bob } = await back(gateway);
    expect(again.got('telnyx_rtc.attach')).toEqual([]);
    await silence(gateway, 1, again, bob);
    await settled();
    expect(again.got('telnyx_rtc.attach')).toMatchObject([{ callID: 'a-1' }]);
    await again.request('telnyx_rtc.attach', { sdp: 'anew', dialogParams: { callID: 'a-1' } });
    await silence(gateway, 3, again, bob);
    expect(again.got('telnyx_rtc.attach')).toHaveLength(1);
    expect(again.got('telnyx_rtc.bye')).toEqual([]);
    await silence(gateway, 1, again, bob);
    expect(again.got('telnyx_rtc.bye')).toMatchObject([{ causeCode: 102 }]);
  });

  it('loses the call where it does not answer that [RESUME-4]', async () => {
    const gateway = rig();
    const { again, bob } = await back(gateway);
    await silence(gateway, 1, again, bob);
    await pass(gateway, 20_000, again, bob);
    expect(again.got('telnyx_rtc.bye')).toMatchObject([{ causeCode: 102 }]);
  });
});
