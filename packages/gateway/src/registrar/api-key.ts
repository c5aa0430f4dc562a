import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { ApiKey, ApiKeys } from '../store/store.ts';

/** Makes an API key. This is the only moment at which its secret can be read. */
export async function issueApiKey(
  apiKeys: ApiKeys,
  name: string,
  now: number,
): Promise<{ key: ApiKey; secret: string }> {
  const secret = `KEY${randomBytes(32).toString('base64url')}`;
  const key = { id: randomUUID(), name, hint: secret.slice(0, 8), createdAt: now };
  await apiKeys.insert(key, hashOf(secret));
  return { key, secret };
}

export function findApiKey(apiKeys: ApiKeys, secret: string): Promise<ApiKey | undefined> {
  return apiKeys.findByHash(hashOf(secret));
}

/** 256 random bits cannot be guessed, so that a fast hash without salt protects them as well as a slow one. */
function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
