import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { LaunchedBrowser } from './launched-browser.ts';
import { assertLoopbackOnly } from './isolation.ts';
import { assertGroupGone } from './processes.ts';

export interface FirefoxOptions {
  /** What the fake microphone hears, in hertz. Default: 440. */
  tone?: number;
  /** Default: `/usr/bin/firefox-esr`. */
  executablePath?: string;
}

function preferences(tone: number): Record<string, unknown> {
  return {
    'media.navigator.streams.fake': true,
    'media.navigator.audio.fake_frequency': tone,
    'media.navigator.permission.disabled': true,
    // Without it Firefox offers the address of the default route only, which a namespace does not have.
    'permissions.default.microphone': 1,
    'media.peerconnection.ice.loopback': true,
    'media.peerconnection.ice.obfuscate_host_addresses': false,
    'media.autoplay.default': 0,
    'media.autoplay.blocking_policy': 0,
    // Loopback alone counts as offline, and an offline Firefox opens no socket.
    'network.manage-offline-status': false,
    'network.captive-portal-service.enabled': false,
    'network.connectivity-service.enabled': false,
    'app.update.enabled': false,
    'datareporting.policy.dataSubmissionEnabled': false,
    'toolkit.telemetry.enabled': false,
  };
}

/** Starts a headless Firefox ESR by WebDriver BiDi with a profile of its own, whose microphone hears a tone. */
export async function launchFirefox(options: FirefoxOptions = {}): Promise<LaunchedBrowser> {
  assertLoopbackOnly();
  const profile = await mkdtemp(join(tmpdir(), 'parley-firefox-'));
  // Loaded by who opens a browser alone: most tests do not.
  const { launch } = await import('puppeteer-core');
  const browser = await launch({
    browser: 'firefox',
    executablePath: options.executablePath ?? '/usr/bin/firefox-esr',
    headless: true,
    userDataDir: profile,
    extraPrefsFirefox: preferences(options.tone ?? 440),
  });
  return {
    browser,
    newContext: () => browser.createBrowserContext(),
    close: async () => {
      const pid = browser.process()?.pid;
      try {
        await browser.close();
        if (pid !== undefined) await assertGroupGone(pid, 'Firefox');
      } finally {
        await rm(profile, { recursive: true, force: true, maxRetries: 5 });
      }
    },
  };
}
