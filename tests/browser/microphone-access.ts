import type { Person } from '@parley/testkit';
import type { PermissionState as Access } from 'puppeteer-core';

/** Allows or refuses a page the microphone, as its person could in the browser. */
export async function setMicrophone({ page }: Person, state: Access): Promise<void> {
  const { origin } = new URL(page.url());
  await page.browserContext().setPermission(origin, { permission: { name: 'microphone' }, state });
}
