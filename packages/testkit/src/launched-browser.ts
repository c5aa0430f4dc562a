import type { Browser, BrowserContext } from 'puppeteer-core';

/** A browser process that a test started and must close. */
export interface LaunchedBrowser {
  browser: Browser;
  /** A context (cookies, storage, permissions) of its own, in which `origin` may use the microphone. */
  newContext(origin: string): Promise<BrowserContext>;
  /** @throws Error where a process of the browser outlives it. */
  close(): Promise<void>;
}
