import { expect, it } from 'vitest';
import { pass, rig, talking, type FakeClient, type Rig } from '../signaling.fixture.ts';

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

it('the silence of a client that is away, is what its session is held for [CALL-8, RESUME-1]', async () => {
  const gateway = rig();
  const { alice, bob } = await talking(gateway);
  const sessid = alice.connection.session?.ids.id;
  const resumed = async (former: FakeClient, awayFor: number) => {
    former.connection.socketClosed();
    await silence(gateway, awayFor, bob);
    expect(bob.got('telnyx_rtc.bye')).toEqual([]);
    const again = gateway.client();
    await again.login('alice', { sessid });
    await silence(gateway, 3, again, bob);
    expect(again.got('telnyx_rtc.bye')).toEqual([]);
    return again;
  };
  const again = await resumed(await resumed(alice, 11), 0);
  await silence(gateway, 1, again, bob);
  expect(again.got('telnyx_rtc.bye')).toMatchObject([{ causeCode: 102 }]);
});
