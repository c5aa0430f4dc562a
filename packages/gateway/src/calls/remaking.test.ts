import { expect, it } from 'vitest';
import { MediaError } from '../media/media-plane.ts';
import { rig, settled } from '../signaling.fixture.ts';

/** Alice in an echo, whose media worker died, as did the one that was to make her media anew. */
async function lostTwice() {
  const gateway = rig();
  const alice = await gateway.signedIn('alice');
  await alice.invite('a-1', 'echo');
  await settled();
  const leg = gateway.media.typed('accept')[0]?.leg ?? '';
  gateway.media.failures.set('remake', new MediaError('worker-lost', 'The media worker ended.'));
  gateway.media.emit({ type: 'lost', leg, reason: 'worker' });
  gateway.media.emit({ type: 'lost', leg, reason: 'worker' });
  await settled();
  return { gateway, alice, leg };
}

it('a leg that is lost while it is made anew, is offered to its client as soon as a worker is there', async () => {
  const { gateway, alice, leg } = await lostTwice();
  await gateway.clock.advance(500);
  gateway.media.failures.clear();
  await gateway.clock.advance(1_000);
  expect(gateway.media.typed('remake')).toHaveLength(3);
  expect(alice.got('telnyx_rtc.attach')).toMatchObject([{ callID: 'a-1', sdp: `remake ${leg}` }]);
  await alice.request('telnyx_rtc.attach', { sdp: 'again', dialogParams: { callID: 'a-1' } });
  expect(gateway.signaling.calls.counts().established).toBe(1);
});

it('a leg that no worker can make anew, ends its call with the cause', async () => {
  const { gateway, alice } = await lostTwice();
  await gateway.clock.advance(3_499);
  expect(alice.got('telnyx_rtc.bye')).toEqual([]);
  await gateway.clock.advance(1);
  expect(gateway.media.typed('remake')).toHaveLength(4);
  expect(alice.got('telnyx_rtc.bye')).toMatchObject([{ callID: 'a-1', causeCode: 41 }]);
  expect(gateway.signaling.calls.counts().established).toBe(0);
});
