import { describe, expect, it } from 'vitest';
import type { ApiKey, ApiKeys } from '../store/store.ts';
import { findApiKey, issueApiKey } from './api-key.ts';

function keysInMemory(): ApiKeys & { stored: Map<string, ApiKey> } {
  const stored = new Map<string, ApiKey>();
  return {
    stored,
    insert: (key, hash) => Promise.resolve(void stored.set(hash, key)),
    findByHash: (hash) => Promise.resolve(stored.get(hash)),
    list: () => Promise.resolve([...stored.values()]),
    delete: () => Promise.resolve(false),
  };
}

describe('an API key', () => {
  it('issued, is found by its secret and by nothing else', async () => {
    const apiKeys = keysInMemory();
    const { key, secret } = await issueApiKey(apiKeys, 'Website', 5);
    expect(await findApiKey(apiKeys, secret)).toEqual(key);
    expect(await findApiKey(apiKeys, secret.slice(0, -1))).toBeUndefined();
    expect(await findApiKey(apiKeys, '')).toBeUndefined();
  });

  it('stored, shows no more than how its secret begins', async () => {
    const apiKeys = keysInMemory();
    const { secret } = await issueApiKey(apiKeys, 'Website', 5);
    const [[hash, key] = []] = apiKeys.stored;
    expect(secret).toMatch(/^KEY[\w-]{43}$/);
    expect(JSON.stringify([hash, key])).not.toContain(secret.slice(0, 9));
    expect(key).toMatchObject({ name: 'Website', hint: secret.slice(0, 8), createdAt: 5 });
  });
});
