import {
  launchChromium,
  launchFirefox,
  type LaunchedBrowser,
  listProcessTree,
  type PageServer,
} from '@parley/testkit';
import type { Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';

import { connected, join, openEndpoint, openPlane, type PlaneUnderTest, serveEndpoints } from './endpoint.ts';

let server: PageServer;
const browsers = new Map<'chromium' | 'firefox', LaunchedBrowser>();
let page: Page;
let plane: PlaneUnderTest;

beforeAll(async () => {
  server = await serveEndpoints();
  browsers.set('chromium', await launchChromium({ tone: 440 }));
  browsers.set('firefox', await launchFirefox({ tone: 440 }));
});

afterAll(async () => {
  for (const browser of browsers.values()) await browser.close();
  await server.close();
});

beforeEach(() => {
  plane = openPlane();
});

afterEach(async () => {
  await plane.close();
  await page.browserContext().close();
});

/** A leg that flowed, and whose worker is killed now. */
async function loseLeg(name: 'chromium' | 'firefox'): Promise<void> {
  const browser = browsers.get(name);
  if (browser === undefined) throw new Error(`${name} was not started.`);
  page = await openEndpoint(browser, server.origin);
  await join(plane, page, 'leg', 'call', 'browser');
  await plane.events.next(({ type }) => type === 'flowing', 'flow');
  killWorker();
  await plane.events.next(({ type }) => type === 'lost', 'lost leg');
  expect(plane.events.entries.at(-1)).toEqual({ type: 'lost', leg: 'leg', reason: 'worker' });
  const held = plane.send({ type: 'hold', leg: 'leg', held: true });
  await expect(held).rejects.toMatchObject({ failure: 'no-such-leg' });
}

async function expectEcho(from: number): Promise<void> {
  await plane.send({ type: 'bridge', legs: ['leg', 'leg'] });
  await plane.events.next(({ type }) => type === 'flowing', 'flow', { from });
  // Until the bridge the page heard silence alone, which has no energy.
  await page.waitForFunction(async () => ((await window.endpoint.inbound())?.totalAudioEnergy ?? 0) > 0, {
    timeout: 10_000,
  });
}

test.each(['chromium', 'firefox'] as const)(
  'a leg in %s whose worker was killed is told as lost, and flows again in a new peer connection',
  async (name) => {
    await loseLeg(name);
    const [from, killedAt] = [plane.events.entries.length, performance.now()];
    await join(plane, page, 'leg', 'call', 'browser');
    await expectEcho(from);
    console.info(`${name}, worker killed, new peer connection: ${elapsedSince(killedAt)} ms to audio`);
  },
);

// Firefox keeps the DTLS session that it has, whatever an answer says: there, only a new peer connection helps.
test('a leg in chromium whose worker was killed flows again in the same peer connection, by an ICE restart', async () => {
  await loseLeg('chromium');
  const [from, killedAt] = [plane.events.entries.length, performance.now()];
  const offer = await page.evaluate(() => window.endpoint.offerRestart());
  const { sdp } = await plane.send({ type: 'remake', leg: 'leg', call: 'call', sdp: offer });
  await page.evaluate((answer) => window.endpoint.accept(answer), sdp);
  await connected(page);
  await expectEcho(from);
  console.info(`chromium, worker killed, ICE restart: ${elapsedSince(killedAt)} ms to audio`);
});

const elapsedSince = (start: number): number => Math.round(performance.now() - start);

function killWorker(): void {
  const workers = listProcessTree(process.pid).filter(({ command }) => command.includes('media/worker.js'));
  expect(workers.length).toBe(1);
  for (const { pid } of workers) process.kill(pid, 'SIGKILL');
}
