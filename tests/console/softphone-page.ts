import { type BrowserContext, type Page } from 'puppeteer-core';
import { hearTone } from './hear-tone.ts';

const WITHIN_MS = 10_000;

/** A person at the console: does what a hand does, and reads what an eye or a screen reader does. */
export interface Softphone {
  page: Page;
  /** Clicks what has this accessible name and role. */
  click(name: string, role?: 'button' | 'radio' | 'checkbox'): Promise<void>;
  type(label: string, text: string): Promise<void>;
  press(...keys: Parameters<Page['keyboard']['press']>[0][]): Promise<void>;
  signIn(user: string, password?: string): Promise<void>;
  /** Types the name and clicks Call. */
  call(destination: string): Promise<void>;
  /** Waits until the page shows the text. */
  sees(text: string, withinMs?: number): Promise<void>;
  seesNo(text: string): Promise<void>;
  text(): Promise<string>;
  /** Accessible name of what has the focus. */
  focused(): Promise<string>;
  /** What the live regions said so far, in order. */
  announced(): Promise<readonly string[]>;
  /** Waits for a tone in the far end's sound, in hertz; 0: for silence. */
  hears(hertz: number): Promise<void>;
  /** 0 to 100. */
  meter(label: string): Promise<number>;
  screenshot(name: string): Promise<void>;
  errors: readonly string[];
}

export const OUTPUT = new URL('./output/', import.meta.url).pathname;

export async function openSoftphone(context: BrowserContext, url: string): Promise<Softphone> {
  const page = await context.newPage();
  await page.setViewport({ width: 1080, height: 800 });
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  // Loopback alone counts as offline.
  await page.evaluateOnNewDocument(() => {
    Object.defineProperty(Navigator.prototype, 'onLine', { get: () => true });
  });
  await page.goto(url);
  await page.waitForSelector('main');
  await recordAnnouncements(page);
  const softphone: Softphone = {
    page,
    errors,
    click: (name, role = 'button') =>
      page.locator(`::-p-aria([name="${name}"][role="${role}"])`).setTimeout(WITHIN_MS).click(),
    type: (label, text) =>
      page.locator(`::-p-aria([name="${label}"][role="textbox"])`).setTimeout(WITHIN_MS).fill(text),
    press: async (...keys) => {
      for (const key of keys) await page.keyboard.press(key);
    },
    signIn: async (user, password = user) => {
      await softphone.type('User name', user);
      await softphone.type('Password', password);
      await softphone.click('Sign in');
    },
    call: async (destination) => {
      await softphone.type('Name or number', destination);
      await softphone.click('Call');
    },
    sees: (text, withinMs = WITHIN_MS) => waitForText(page, text, true, withinMs),
    seesNo: (text) => waitForText(page, text, false, WITHIN_MS),
    text: () => page.evaluate(() => document.body.innerText),
    focused: () => page.evaluate(focusedName),
    announced: () => page.evaluate(() => window.announced),
    hears: (hertz) => hearTone(page, hertz, WITHIN_MS),
    meter: (label) =>
      page.$eval(`[role="meter"][aria-label="Sound level: ${label}"]`, (meter) =>
        Number(meter.getAttribute('aria-valuenow')),
      ),
    screenshot: async (name) => {
      await page.screenshot({ path: `${OUTPUT}${name}.png`, fullPage: true });
    },
  };
  return softphone;
}

declare global {
  interface Window {
    announced: string[];
  }
}

async function recordAnnouncements(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.announced = [];
    const note = () => {
      for (const region of document.querySelectorAll('[role="status"], [role="alert"]')) {
        const text = region.textContent;
        if (text !== '' && window.announced.at(-1) !== text) window.announced.push(text);
      }
    };
    new MutationObserver(note).observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
    });
  });
}

async function waitForText(page: Page, text: string, there: boolean, withinMs: number): Promise<void> {
  try {
    await page.waitForFunction(
      (wanted, isThere) => document.body.innerText.includes(wanted) === isThere,
      { timeout: withinMs, polling: 50 },
      text,
      there,
    );
  } catch {
    const shown = await page.evaluate(() => document.body.innerText);
    throw new Error(`The page ${there ? 'does not show' : 'still shows'} “${text}”, but:\n${shown}`);
  }
}

function focusedName(): string {
  const element = document.activeElement;
  if (element === null || element === document.body) return '';
  const labels = element instanceof HTMLInputElement ? element.labels : null;
  return (
    element.getAttribute('aria-label') ??
    labels?.[0]?.innerText ??
    (element.textContent || element.tagName)
  ).trim();
}
