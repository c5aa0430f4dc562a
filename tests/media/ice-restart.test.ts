import { launchChromium, launchFirefox, type LaunchedBrowser, type PageServer } from '@parley/testkit';
import type { Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import {
  inbound,
  join,
  openEndpoint,
  openPlane,
  type Offerer,
  type PlaneUnderTest,
  restartIce,
  serveEndpoints,
} from './endpoint.ts';

/** Without the former pair a restart costs 140 ms and more; with no start of ICE, everything. */
const MOST_MISSED_MS = 80;

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

  test.each<Offerer>(['browser', 'gateway'])(
    'of a leg that the %s offered, in place, costs hardly any audio, however the candidates come',
    async (offerer) => {
      await join(plane, page, 'leg', 'call', offerer);
      await plane.send({ type: 'bridge', legs: ['leg', 'leg'] });
      await plane.events.next(({ type }) => type === 'flowing', 'flow');
      const before = await inbound(page);
      for (const candidates of ['in the offer', 'trickled', 'never'] as const) {
        const from = plane.events.entries.length;
        const missed = await restartIce(plane, page, 'leg', 'call', candidates);
        console.info(`${name}, ${offerer} offered, candidates ${candidates}: ${missed} ms of audio missed`);
        await plane.events.next(({ type }) => type === 'connected', 'connected after the restart', { from });
        expect(missed).toBeLessThanOrEqual(MOST_MISSED_MS);
      }
      const after = await inbound(page);
      expect(after.packetsReceived - before.packetsReceived).toBeGreaterThan(120);
      expect(after.totalAudioEnergy).toBeGreaterThan(before.totalAudioEnergy);
      expect(plane.events.entries.filter(({ type }) => type === 'lost')).toEqual([]);
    },
  );
});
