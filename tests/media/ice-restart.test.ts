import { launchChromium, launchFirefox, type LaunchedBrowser, type PageServer } from '@parley/testkit';
import type { Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import {
  type Candidates,
  inbound,
  join,
  openEndpoint,
  openPlane,
  type Offerer,
  type PlaneUnderTest,
  restartIce,
  serveEndpoints,
} from './endpoint.ts';

/** A packet comes every 20 ms; the rest is the page's own sampling on a busy machine. A restart that works badly costs 140 ms and more. */
const LONGEST_GAP_MS = 120;

const launchers = { chromium: launchChromium, firefox: launchFirefox };

describe.each(['chromium', 'firefox'] as const)('ICE restart in %s', (name) => {
  let server: PageServer;
  let browser: LaunchedBrowser;
  let page: Page;
  let plane: PlaneUnderTest;

  beforeAll(async () => {
    server = await serveEndpoints();
    browser = await launchers[name]({ tone: 440 });
  });

  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  beforeEach(async () => {
    plane = openPlane();
    page = await openEndpoint(browser, server.origin);
  });

  afterEach(async () => {
    await plane.close();
    await page.browserContext().close();
  });

  describe.each<Offerer>(['browser', 'gateway'])('of a leg that the %s offered', (offerer) => {
    test.each<Candidates>(['in the offer', 'trickled', 'never'])(
      'three times in a row, with candidates %s, costs no audio',
      async (candidates) => {
        await join(plane, page, 'leg', 'call', offerer);
        await plane.send({ type: 'bridge', legs: ['leg', 'leg'] });
        await plane.events.next(({ type }) => type === 'flowing', 'flow');
        await settle(page);
        const before = await inbound(page);
        const gaps: number[] = [];
        for (let round = 0; round < 3; round += 1) {
          const from = plane.events.entries.length;
          gaps.push(await restartIce(plane, page, 'leg', 'call', candidates));
          await plane.events.next(({ type }) => type === 'connected', 'connected after the restart', {
            from,
          });
        }
        const after = await inbound(page);
        console.info(
          `ICE restart, ${name}, ${offerer} offered, candidates ${candidates}: gaps ${gaps.join(', ')} ms`,
        );
        expect(after.packetsReceived - before.packetsReceived).toBeGreaterThan(280);
        expect(after.totalAudioEnergy - before.totalAudioEnergy).toBeGreaterThan(0);
        for (const gap of gaps) expect(gap).toBeLessThan(LONGEST_GAP_MS);
        expect(plane.events.entries.filter(({ type }) => type === 'lost')).toEqual([]);
      },
    );
  });
});

/** Until audio comes in without a pause; a machine that just started a browser is busy. */
async function settle(page: Page): Promise<void> {
  for (let attempt = 0; attempt < 10; attempt += 1)
    if ((await page.evaluate(() => window.endpoint.longestGap(500))) < 60) return;
}
