import type { Store } from '../store/store.ts';
import { issueApiKey } from './api-key.ts';
import type { Provisioning } from './provisioning.ts';

/**
 * Makes the users and the API key of a demonstration, where they are missing.
 *
 * @returns the API key's secret where it was made now; later it cannot be read any more
 */
export async function seedDemo(
  store: Store,
  provisioning: Provisioning,
  now: number,
): Promise<{ apiKey: string | undefined }> {
  for (const displayName of ['Alice', 'Bob']) {
    const sipUsername = displayName.toLowerCase();
    if ((await store.credentials.findByUsername(sipUsername)) === undefined) {
      await provisioning.create({ name: displayName, sipUsername, password: sipUsername, displayName });
    }
  }
  const hasKey = (await store.apiKeys.list()).some((key) => key.name === demoKeyName);
  return { apiKey: hasKey ? undefined : (await issueApiKey(store.apiKeys, demoKeyName, now)).secret };
}

const demoKeyName = 'demo';
