import type { Browser, BrowserContext } from 'puppeteer-core';

export type Device = 'microphone' | 'camera';

/** A browser process that a test started and must close. */
export interface LaunchedBrowser {
  browser: Browser;
  /**
   * A context (cookies, storage, permissions) of its own, in which `origin` may use the microphone, and what else is
   * named. Firefox lets pages use all of it.
   */
  newContext(origin: string, devices?: readonly Device[]): Promise<BrowserContext>;
  /** @throws Error where a process of the browser outlives it. */
  close(): Promise<void>;
}
