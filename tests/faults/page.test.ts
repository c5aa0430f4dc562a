import {
  assertTalking,
  type FaultScene,
  openFaultScene,
  pageFaults,
  readyAfter,
  wait,
} from '@parley/testkit';
import { afterEach, describe, expect, test } from 'vitest';

import { useStage } from '../browser/use-stage.ts';
import { expectWithin } from '../figures.ts';

const stage = useStage();
const scenes: FaultScene[] = [];
afterEach(async () => {
  for (const scene of scenes.splice(0)) await scene.close();
  await stage.clear();
});

async function openScene(options: object = {}): Promise<FaultScene> {
  const scene = await openFaultScene(stage, 'ours', options);
  scenes.push(scene);
  return scene;
}

const OUTLIVING = { hangupOnBeforeUnload: false };

describe('the page of a call is reloaded', () => {
  test('and the call goes on, in either direction, with its hold and its mute, again and again', async () => {
    const scene = await openScene(OUTLIVING);
    const { alice, bob, outgoing, incoming } = scene;
    const measured = await pageFaults.reload.run(scene);
    expectWithin(pageFaults.reload.name, measured, { back: 5_000, heard: 6_000 });
    expect(await outgoing.snapshot()).toMatchObject({ id: outgoing.id, direction: 'outbound' });

    await outgoing.invoke('muteAudio');
    await alice.reload();
    await expect
      .poll(() => outgoing.snapshot().catch(() => undefined), { timeout: 10_000 })
      .toMatchObject({
        state: 'active',
      });
    const mutedAt = Date.now() + 1_000;
    await bob.ear.firstSilence(mutedAt, 500, -80);
    await outgoing.invoke('unmuteAudio');
    await assertTalking(scene);

    await outgoing.invoke('hold');
    await alice.reload();
    await expect
      .poll(() => outgoing.snapshot().catch(() => undefined), { timeout: 10_000 })
      .toMatchObject({
        state: 'held',
      });
    await outgoing.invoke('unhold');
    await assertTalking(scene);
    expect(incoming.states().at(-1)).toBe('active');
    await outgoing.invoke('hangup');
    await incoming.until('destroy');
    await expect.poll(() => stage.gateway.metric('parley_media_legs'), { timeout: 5_000 }).toBe(0);
  });

  test('and it ends, as the application has not asked for more', async () => {
    const { alice, incoming } = await openScene();
    const since = Date.now();
    await alice.reload();
    const { at, call } = await incoming.until('destroy');
    expect(call).toMatchObject({ cause: 'NORMAL_CLEARING' });
    expectWithin('the page is reloaded, and its calls end', { ended: at - since }, { ended: 3_000 });
    expect(await alice.invoke('hasActiveCall')).toBe(false);
  });

  test('a copy of its tab gets no call, even while it is without a connection itself', async () => {
    const scene = await openScene(OUTLIVING);
    const { alice, outgoing, relay } = scene;
    await pageFaults.reload.run(scene);
    await alice.page.evaluate(() => {
      const { WebSocket } = window;
      window.WebSocket = class extends WebSocket {
        constructor() {
          super('ws://127.0.0.1:9');
        }
      };
      window.addEventListener('online', () => (window.WebSocket = WebSocket), { capture: true, once: true });
      Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    });
    const since = Date.now();
    relay.cut();
    const copy = await alice.copyTab();
    expect(await copy.page.evaluate(() => Object.values(sessionStorage).join())).toContain(outgoing.id);
    // So long a gateway waits for the page that it last saw.
    await wait(3_500 - (Date.now() - since));
    await copy.register();
    expect(await copy.invoke('hasActiveCall')).toBe(false);
    expect(copy.frames.entries.filter(({ text }) => text.includes('telnyx_rtc.attach'))).toEqual([]);

    const backAt = Date.now();
    await alice.page.evaluate(() => window.dispatchEvent(new Event('online')));
    await readyAfter(scene, backAt);
    await assertTalking(scene);
    expect(outgoing.states().at(-1)).toBe('active');
    expect(alice.events.entries.filter(({ connection }) => connection?.includes('displaced'))).toEqual([]);
  });
});

test('a page whose storage throws works, but for reloads, which is told once', async () => {
  const alice = await stage.enter('alice', { client: 'ours', options: OUTLIVING, register: false });
  await alice.page.evaluate(() => {
    Object.defineProperty(window, 'sessionStorage', {
      get: () => {
        throw new DOMException('Blocked', 'SecurityError');
      },
    });
  });
  const since = Date.now();
  await alice.register();
  const call = await alice.dial('echo');
  await call.until('active');
  await alice.ear.firstSound(since);
  await call.invoke('hangup');
  expect(alice.events.entries.filter(({ code }) => code === 33104)).toHaveLength(1);
});

test('a page that goes to the back/forward cache and comes back is connected again, once', async () => {
  const scene = await openScene(OUTLIVING);
  const { alice } = scene;
  const since = Date.now();
  scene.relay.halfOpen();
  await alice.page.evaluate(() => {
    window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
    window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
  });
  const ready = await readyAfter(scene, since);
  expectWithin('the page is back from the cache, its connection dead', { ready }, { ready: 5_000 });
  await assertTalking(scene);
  expect(await alice.page.evaluate(() => sessionStorage.length)).toBe(0);
});
