import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'puppeteer-core';

import type { LaunchedBrowser } from './launched-browser.ts';
import { assertLoopbackOnly } from './isolation.ts';
import { assertGroupGone } from './processes.ts';
import { writeToneFile } from './tone-file.ts';

export interface ChromiumOptions {
  /** What the fake microphone hears, in whole hertz. Default: 440. */
  tone?: number;
  /** Default: `/usr/bin/chromium`. */
  executablePath?: string;
  args?: readonly string[];
}

const ARGUMENTS = [
  '--no-sandbox',
  '--use-fake-device-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
  // Without it a peer connection gathers nothing where loopback is the only interface.
  '--allow-loopback-in-peer-connection',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-domain-reliability',
  '--disable-crash-reporter',
  '--no-pings',
  // Names for tests alone (RFC 6761, section 6.2).
  '--host-resolver-rules=MAP *.test 127.0.0.1',
];

/**
 * Starts a headless Chromium with a profile of its own, whose microphone hears a tone. The tone goes the whole way
 * through `getUserMedia`, audio processing and the encoder. One process has one microphone: two tones, two browsers.
 */
export async function launchChromium(options: ChromiumOptions = {}): Promise<LaunchedBrowser> {
  assertLoopbackOnly();
  const profile = await mkdtemp(join(tmpdir(), 'parley-chromium-'));
  const tone = join(profile, 'microphone.wav');
  writeToneFile(tone, options.tone ?? 440);
  // Loaded by who opens a browser alone: most tests do not.
  const { launch } = await import('puppeteer-core');
  const browser = await launch({
    executablePath: options.executablePath ?? '/usr/bin/chromium',
    headless: true,
    pipe: true,
    userDataDir: profile,
    args: [...ARGUMENTS, `--use-file-for-fake-audio-capture=${tone}`, ...(options.args ?? [])],
  });
  return {
    browser,
    newContext: async (origin, devices = ['microphone']) => {
      const context = await browser.createBrowserContext();
      for (const name of devices)
        await context.setPermission(origin, { permission: { name }, state: 'granted' });
      return context;
    },
    close: () => closeChromium(browser, profile),
  };
}

async function closeChromium(browser: Browser, profile: string): Promise<void> {
  const pid = browser.process()?.pid;
  try {
    await browser.close();
    if (pid !== undefined) await assertGroupGone(pid, 'Chromium');
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
