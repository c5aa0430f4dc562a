import { launchChromium, type LaunchedBrowser, type PageServer } from '@parley/testkit';
import type { Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';

import {
  expectSilence,
  expectTone,
  inbound,
  join,
  openEndpoint,
  openPlane,
  type PlaneUnderTest,
  serveEndpoints,
} from './endpoint.ts';

const CALLER = 440;
const CALLEE = 1000;
const RINGBACK = 425;

let server: PageServer;
let browsers: LaunchedBrowser[];
let caller: Page;
let callee: Page;
let plane: PlaneUnderTest;

beforeAll(async () => {
  server = await serveEndpoints();
  browsers = [await launchChromium({ tone: CALLER }), await launchChromium({ tone: CALLEE })];
});

afterAll(async () => {
  for (const browser of browsers) await browser.close();
  await server.close();
});

beforeEach(async () => {
  plane = openPlane();
  const [first, second] = await Promise.all(browsers.map((browser) => openEndpoint(browser, server.origin)));
  if (first === undefined || second === undefined) throw new Error('Two browsers are needed.');
  [caller, callee] = [first, second];
});

afterEach(async () => {
  await plane.close();
  await caller.browserContext().close();
  await callee.browserContext().close();
});

async function joinBoth(): Promise<void> {
  await join(plane, caller, 'caller', 'call', 'browser');
  await join(plane, callee, 'callee', 'call', 'gateway');
  await plane.send({ type: 'bridge', legs: ['caller', 'callee'] });
}

test('two bridged legs hear the tone of the other, silence in hold, and the tone again afterwards', async () => {
  await joinBoth();
  let since = Date.now();
  await expectTone(caller, CALLEE, since);
  await expectTone(callee, CALLER, since);

  for (const held of ['caller', 'callee']) {
    since = Date.now();
    await plane.send({ type: 'hold', leg: held, held: true });
    await expectSilence(caller, since);
    await expectSilence(callee, since);
    const before = [await inbound(caller), await inbound(callee)];
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const after = [await inbound(caller), await inbound(callee)];
    // Silence is sent, not left out: fifty packets a second go on.
    after.forEach((now, index) => {
      expect(now.packetsReceived - (before[index]?.packetsReceived ?? 0)).toBeGreaterThan(40);
    });
    since = Date.now();
    await plane.send({ type: 'hold', leg: held, held: false });
    await expectTone(caller, CALLEE, since);
    await expectTone(callee, CALLER, since);
  }
  for (const page of [caller, callee])
    expect(await inbound(page)).toMatchObject({ packetsLost: 0, packetsDiscarded: 0 });
});

test('a caller hears ringback until the first packet of the callee, in one stream without a gap', async () => {
  const since = Date.now();
  await join(plane, caller, 'caller', 'call', 'browser');
  await plane.send({ type: 'play', leg: 'caller', tone: 'ringback' });
  await expectTone(caller, RINGBACK, since);

  const { sdp } = await plane.send({ type: 'offer', leg: 'callee', call: 'call' });
  await plane.send({ type: 'bridge', legs: ['caller', 'callee'] });
  const answer = await callee.evaluate((offer) => window.endpoint.answer(offer), sdp);
  await plane.send({ type: 'answer', leg: 'callee', sdp: answer });
  await plane.events.next((event) => event.type === 'flowing' && event.leg === 'callee', 'flowing callee');
  await expectTone(caller, CALLEE, Date.now() + 300);
  expect(await inbound(caller)).toMatchObject({ packetsLost: 0, packetsDiscarded: 0 });
});

test('a leg bridged to itself hears itself', async () => {
  await join(plane, caller, 'caller', 'call', 'browser');
  await plane.send({ type: 'bridge', legs: ['caller', 'caller'] });
  await expectTone(caller, CALLER, Date.now());
});

test('keys pressed in a page are told once each, and leave no loss at the other end', async () => {
  await joinBoth();
  await expectTone(callee, CALLER, Date.now());
  await caller.evaluate(() => {
    window.endpoint.press('159#');
  });
  await plane.events.next((event) => event.type === 'dtmf' && event.digit === '#', 'the last key');
  await expectTone(callee, CALLER, Date.now() + 300);
  const keys = plane.events.entries.filter((event) => event.type === 'dtmf');
  expect(keys).toEqual(['1', '5', '9', '#'].map((digit) => ({ type: 'dtmf', leg: 'caller', digit })));
  expect(await inbound(callee)).toMatchObject({ packetsLost: 0 });
});

test('keys sent to a leg that also hears speech cost no packet of it', async () => {
  await joinBoth();
  await plane.send({ type: 'dtmf', leg: 'callee', digits: '42' });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await expectTone(callee, CALLER, Date.now());
  expect(await inbound(callee)).toMatchObject({ packetsLost: 0 });
});

test('a callee that sends nothing yet hears the caller, and the caller hears its tone', async () => {
  await join(plane, caller, 'caller', 'call', 'browser');
  const { sdp } = await plane.send({ type: 'offer', leg: 'callee', call: 'call' });
  const answer = await callee.evaluate((offer) => window.endpoint.answerSilently(offer), sdp);
  await plane.send({ type: 'answer', leg: 'callee', sdp: answer });
  await plane.send({ type: 'play', leg: 'caller', tone: 'ringback' });
  await plane.send({ type: 'bridge', legs: ['caller', 'callee'] });
  await expectTone(callee, CALLER, Date.now());
  // A burst is heard from its beginning, or the pause after it is measured too.
  await expectSilence(caller, Date.now());
  await expectTone(caller, RINGBACK, Date.now());
});
