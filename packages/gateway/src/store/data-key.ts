import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openSecretFile } from './secret-file.ts';

/**
 * Seals what the database must keep and nobody may read there: who has the database without the key file has
 * nothing. AES-256-GCM; `purpose` is bound in, so that a sealed text moved to another row does not open.
 */
export interface DataKey {
  seal(text: string, purpose: string): string;
  /** @returns undefined where it was sealed with another key or for another purpose, or was altered */
  open(sealed: string, purpose: string): string | undefined;
}

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

export function createDataKey(key: Buffer): DataKey {
  return {
    seal(text, purpose) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, key, nonce).setAAD(Buffer.from(purpose));
      const encrypted = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), encrypted]).toString('base64');
    },
    open(sealed, purpose) {
      const bytes = Buffer.from(sealed, 'base64');
      const nonce = bytes.subarray(0, nonceBytes);
      const tag = bytes.subarray(nonceBytes, nonceBytes + tagBytes);
      try {
        const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes })
          .setAAD(Buffer.from(purpose))
          .setAuthTag(tag);
        return (
          decipher.update(bytes.subarray(nonceBytes + tagBytes), undefined, 'utf8') + decipher.final('utf8')
        );
      } catch {
        return undefined;
      }
    },
  };
}

export function dataKeyFileIn(dataFolder: string): string {
  return join(dataFolder, 'data.key');
}

/** Reads the key of a data folder; the first one to ask makes it. */
export async function openDataKey(dataFolder: string): Promise<DataKey> {
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  const file = dataKeyFileIn(dataFolder);
  const kept = await openSecretFile(file, randomBytes(32).toString('base64'), randomUUID());
  const key = Buffer.from(kept, 'base64');
  if (key.length !== 32) {
    throw new Error(`The data key in ${file} is not whole: restore that file from a back-up.`);
  }
  return createDataKey(key);
}
