import { fileURLToPath } from 'node:url';
import {
  type Ear,
  type LaunchedBrowser,
  type PageServer,
  launchChromium,
  launchFirefox,
  servePages,
} from '@parley/testkit';
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, test } from 'vitest';

import { expectToneIn } from '../hearing.ts';

// The rig measures itself: tones go from fake microphones through two peer connections, joined directly, into the
// ear, with nothing of Parley in between. What fails here makes no statement about Parley.

declare global {
  interface Window {
    peer: {
      ear: Ear;
      speak(): Promise<void>;
      mute(): void;
      describe(): Promise<string>;
      accept(type: RTCSdpType, sdp: string): Promise<void>;
    };
  }
}

const PEER_PAGE = fileURLToPath(new URL('../pages/peer.html', import.meta.url));
const TONES = { caller: 440, chromium: 1000, firefox: 600 };

let server: PageServer;
const browsers = new Map<keyof typeof TONES, LaunchedBrowser>();

beforeAll(async () => {
  server = await servePages({ files: new Map([['/peer', PEER_PAGE]]) });
  browsers.set('caller', await launchChromium({ tone: TONES.caller }));
  browsers.set('chromium', await launchChromium({ tone: TONES.chromium }));
  browsers.set('firefox', await launchFirefox({ tone: TONES.firefox }));
});

afterAll(async () => {
  for (const browser of browsers.values()) await browser.close();
  await server.close();
});

async function openPeer(name: keyof typeof TONES): Promise<Page> {
  const context = await browsers.get(name)?.newContext(server.origin);
  if (context === undefined) throw new Error(`${name} was not started.`);
  const page = await context.newPage();
  await page.goto(`${server.origin}/peer`);
  await page.waitForFunction(() => 'peer' in window);
  await page.evaluate(() => window.peer.speak());
  return page;
}

async function join(caller: Page, callee: Page): Promise<void> {
  const offer = await caller.evaluate(() => window.peer.describe());
  await callee.evaluate((sdp) => window.peer.accept('offer', sdp), offer);
  const answer = await callee.evaluate(() => window.peer.describe());
  await caller.evaluate((sdp) => window.peer.accept('answer', sdp), answer);
}

test.each(['chromium', 'firefox'] as const)(
  'two pages joined directly, the callee in %s, each hears the tone of the other, and digital silence when it is muted',
  async (answerer) => {
    const [caller, callee] = await Promise.all([openPeer('caller'), openPeer(answerer)]);
    await join(caller, callee);

    for (const [page, frequency] of [
      [caller, TONES[answerer]],
      [callee, TONES.caller],
    ] as const)
      await expectToneIn('the page', () => page.evaluate(() => window.peer.ear.hear(1000)), frequency);

    const mutedAt = Date.now();
    await caller.evaluate(() => {
      window.peer.mute();
    });
    await callee.evaluate((from) => window.peer.ear.firstSilence(from, 500, -90), mutedAt);

    await caller.browserContext().close();
    await callee.browserContext().close();
  },
);
