import { mkdirSync, writeFileSync } from 'node:fs';
import { type LaunchedBrowser, launchChromium } from '@parley/testkit';
import type { Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ConsolePages, serveConsolePages } from './console-pages.ts';
import { OUTPUT } from './softphone-page.ts';

let pages: ConsolePages;
let browser: LaunchedBrowser;
let page: Page;
const errors: string[] = [];

beforeAll(async () => {
  mkdirSync(OUTPUT, { recursive: true });
  pages = await serveConsolePages();
  browser = await launchChromium();
  page = await browser.browser.newPage();
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.setViewport({ width: 1280, height: 900 });
});

afterEach(() => expect(errors.splice(0)).toEqual([]));

afterAll(async () => {
  await browser.close();
  await pages.close();
});

/** Chooses a file with this text on the page of somebody who is not signed in. */
async function open(text: string): Promise<void> {
  await page.goto('about:blank');
  await page.goto(pages.url('signed-out', 'calls'));
  const path = `${OUTPUT}opened.json`;
  writeFileSync(path, text);
  const field = await page.waitForSelector('input[type=file]');
  await field?.uploadFile(path);
}

const texts = (selector: string) => page.$$eval(selector, (all) => all.map((one) => one.textContent));

/** Where the plots' cursors are, in pixels from the left of each. */
const cursors = () =>
  page.$$eval('.plot .u-cursor-x', (all) =>
    all.map((one) => Math.round(new DOMMatrix(getComputedStyle(one).transform).m41)),
  );

describe('a file that is opened without any server', () => {
  it('shows findings, and each leads to its moment in the timeline and the plots', async () => {
    await open(await pages.madeUpFile('eventfulCall'));
    await page.waitForSelector('.finding');
    expect(await texts('h1')).toEqual(['alice called bob ']);
    const sentences = await texts('.finding-sentence');
    expect(sentences).toEqual(
      expect.arrayContaining([
        'Problem: 18 % of the sound was lost on its way to bob from 00:44 to 00:51.',
        'Problem: alice’s network changed at 01:06; sound was back after 1.4 s.',
        'Noticed: alice’s connection to the gateway was lost at 01:05 for 1.5 s; the call went on.',
        'Noticed: bob’s microphone “USB headset” was unplugged or taken away at 01:28. “Built-in microphone” took its place after 16 s.',
      ]),
    );
    expect(sentences.join('\n')).toContain('alice was muted from 01:44 to 01:56.');
    expect(await texts('.plot-name')).toEqual([
      'Quality (MOS)',
      'Round trip',
      'Jitter',
      'Loss',
      'Received',
      'Microphone',
      'Heard',
    ]);
    expect(await page.$$('.plot canvas')).toHaveLength(7);

    await page.locator('::-p-aria(Show 01:06)').click();
    await page.waitForSelector('.timeline-row[data-marked]');
    expect((await texts('.timeline-row[data-marked] .timeline-text'))[0]).toContain('ICE restarts');
    const [first = 0, ...others] = await cursors();
    expect(first).toBeGreaterThan(100);
    expect(others).toEqual(others.map(() => first));
  });

  it('is narrowed by the kind of event, and a row opens to its particulars', async () => {
    const rows = (await page.$$('.timeline-row')).length;
    await page.locator('::-p-aria([name="Media"][role="button"])').click();
    await page.waitForFunction((all) => document.querySelectorAll('.timeline-row').length < all, {}, rows);
    expect(await texts('.timeline-kind')).not.toContain('Media');
    await page.focus('.timeline-row summary');
    await page.keyboard.press('Enter');
    expect((await texts('.timeline-row details[open] pre')).join()).toContain('telnyx_rtc.invite');
  });

  it('is an official client’s report, too', async () => {
    await open(await pages.madeUpFile('officialReport'));
    await page.waitForSelector('.finding');
    expect(await texts('.finding-sentence')).toContain(
      'Problem: 20 % of the sound was lost on its way to this client from 00:25 to 00:33.',
    );
    const plots = await page.$$eval('.plot-place', (all) => all.map((one) => one.getAttribute('aria-label')));
    expect(plots[0]).toBe('Quality (MOS). this client: 2.6 to 4.4, mostly about 4.4.');
    expect(await texts('.facts-leg dd')).toEqual(
      expect.arrayContaining([
        'Opus, 48 kHz, payload type 109',
        'SDK 2.27.10',
        expect.stringMatching(
          /192\.0\.2\.40:50112, UDP, through a NAT, ethernet.*198\.51\.100\.9:31004, UDP, direct/,
        ),
      ]),
    );
  });

  it('that is none says so, and the page stays as it was', async () => {
    await open('Dear support,');
    await page.waitForSelector('[role="alert"] .notice');
    expect(await texts('[role="alert"] .notice-text')).toEqual([
      'This file is not the record of a call: it is not JSON. ',
    ]);
    expect(await texts('h1')).toEqual(['Calls']);
  });

  it('of three hours with 10,000 events is drawn at once, a page of it at a time', async () => {
    const text = await pages.madeUpFile('longCall');
    await open(text);
    await page.waitForSelector('.finding');
    expect(await texts('.timeline .hint')).toEqual(['10008 events']);
    expect((await page.$$('.timeline-row')).length).toBeLessThan(200);
    const before = await texts('.timeline-row time');
    await page.mouse.click(...(await middleOfPlot()));
    await page.waitForSelector('.timeline-row[data-marked]');
    const after = await texts('.timeline-row time');
    expect(after).not.toEqual(before);
  });
});

async function middleOfPlot(): Promise<[number, number]> {
  const plot = await page.$('.plot .u-over');
  await plot?.scrollIntoView();
  const box = await plot?.boundingBox();
  if (box === null || box === undefined) throw new Error('There is no plot.');
  return [box.x + box.width / 2, box.y + box.height / 2];
}
