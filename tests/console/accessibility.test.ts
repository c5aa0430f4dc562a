import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type LaunchedBrowser, launchChromium } from '@parley/testkit';
import type { AxeResults } from 'axe-core';
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConsolePages, serveConsolePages } from './console-pages.ts';
import { OUTPUT } from './softphone-page.ts';

/** Every state that the console can show; `apps/console/src/testing/fixture-page.tsx` makes them. */
const STATES = [
  'signed-out',
  'insecure',
  'refused',
  'connecting',
  'idle',
  'history',
  'calling',
  'asking',
  'incoming',
  'talking',
  'several',
  'troubles',
  'faults',
  'faults-idle',
  'interrupted',
  'offline',
  'displaced',
  'howling',
  'silenced',
  'denied',
] as const;
const SIZES = { wide: { width: 1080, height: 800 }, narrow: { width: 320, height: 640 } };
/** WCAG 2.1, levels A and AA. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'];

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

let pages: ConsolePages;
let browser: LaunchedBrowser;
let page: Page;

beforeAll(async () => {
  mkdirSync(OUTPUT, { recursive: true });
  pages = await serveConsolePages();
  browser = await launchChromium();
  page = await browser.browser.newPage();
});

afterAll(async () => {
  await browser.close();
  await pages.close();
});

async function show(state: string, fragment?: string): Promise<void> {
  await look('light', 'wide');
  await page.goto(pages.url(state, fragment));
  await page.waitForSelector(state.startsWith('faults') ? '.faults' : 'main');
}

async function look(scheme: 'light' | 'dark', size: keyof typeof SIZES): Promise<void> {
  await page.setViewport(SIZES[size]);
  await page.emulateMediaFeatures([
    { name: 'prefers-color-scheme', value: scheme },
    { name: 'prefers-reduced-motion', value: 'reduce' },
  ]);
}

async function violations(): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.addScriptTag({ path: axePath });
  const results: AxeResults = await page.evaluate(
    (values) => window.axe.run({ runOnly: { type: 'tag', values } }),
    RULES,
  );
  return results.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${help}\n${html}\n${failureSummary ?? ''}`),
  );
}

declare global {
  interface Window {
    axe: { run(options: object): Promise<AxeResults> };
  }
}

describe('nothing violates WCAG 2.1 AA or overflows, light and wide, dark and narrow', () => {
  it.each(STATES)('%s', async (state) => {
    await show(state);
    await inspect(state);
  });

  it('the keypad of a call, and the list of shortcuts', async () => {
    await show('talking');
    await page.locator('::-p-aria(Keypad)').click();
    await page.waitForSelector('.tone-pad');
    await inspect('keypad');
    await page.locator('::-p-aria(Keyboard shortcuts)').click();
    await page.waitForSelector('dialog[open]');
    await inspect('shortcuts');
  });

  it('the faults of the gateway', async () => {
    await show('faults-idle');
    await page.locator('::-p-aria([name="API key"][role="textbox"])').fill('KEY');
    await page.locator('::-p-aria(List sessions)').click();
    await page.waitForSelector('.sessions');
    await inspect('faults-gateway');
  });

  it('the pages of calls', async () => {
    await show('signed-out', 'calls');
    const field = await page.waitForSelector('input[type=file]');
    await inspect('calls');
    const path = `${OUTPUT}call.json`;
    writeFileSync(path, await pages.madeUpFile('eventfulCall'));
    await field?.uploadFile(path);
    await page.locator('::-p-aria(Show 01:06)').click();
    await page.waitForSelector('.timeline-row[data-marked]');
    await page.click('.timeline-row[data-marked] summary');
    await inspect('call');
  });

  it('the calls of a gateway', async () => {
    await show('signed-out', 'calls');
    await page.locator('::-p-aria([name="API key"][role="radio"])').click();
    await page.locator('::-p-aria([name="API key"][role="textbox"])').fill('KEY');
    await page.locator('::-p-aria(Show calls)').click();
    await page.waitForSelector('.call-line');
    await page.locator('::-p-text(More to search by)').click();
    await inspect('calls-found');
    await page.locator('.call-line[data-live] a').click();
    await page.waitForSelector('.record .live-mark');
    await inspect('call-live');
  });

  it('and what would, is seen', async () => {
    await show('idle');
    await page.addStyleTag({ content: 'h2 { color: #999 !important; } main { min-width: 2000px; }' });
    expect((await violations()).join()).toContain('color-contrast');
    expect(await overflow()).toBeGreaterThan(0);
  });
});

/** Colours depend on the scheme alone and places on the size alone, so two looks see all of both. */
const LOOKS = [
  ['light', 'wide'],
  ['dark', 'narrow'],
] as const;

async function inspect(name: string): Promise<void> {
  for (const [scheme, size] of LOOKS) {
    await look(scheme, size);
    await page.screenshot({ path: `${OUTPUT}${name}-${size}-${scheme}.png`, fullPage: true });
    expect(await violations(), `${scheme}, ${size}`).toEqual([]);
    expect(await overflow(), `${scheme}, ${size}`).toBe(0);
  }
}

function overflow(): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}

it('every control is at least 24 pixels wide and high, and the ones of a call 44', async () => {
  await show('several');
  await look('light', 'narrow');
  const sizes = await page.$$eval('button, select, input', (controls) =>
    controls.map((control) => {
      const { width, height } = control.getBoundingClientRect();
      const name = control.getAttribute('aria-label') ?? control.textContent;
      const inCall = control.closest('.call, .incoming') !== null;
      return { name, side: Math.min(width, height), wanted: inCall ? 44 : 24 };
    }),
  );
  expect(sizes.filter(({ side, wanted }) => side < wanted)).toEqual([]);
});
