import { chmod, link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Random } from '../ports.ts';

const shortest = 16;

/** @throws Error where the file cannot be read, or has nothing that could be a secret */
export async function readTurnSecret(file: string): Promise<string> {
  const secret = (await readFile(file, 'utf8')).trim();
  if (secret.length >= shortest && !/\s/.test(secret)) return secret;
  throw new Error(
    `The TURN secret in ${file} must be one line of at least ${String(shortest)} characters without blanks.`,
  );
}

/** The secret that the gateway shares with the TURN server that it runs. It stays, so that what was granted holds. */
export async function ownTurnSecret(dataFolder: string, random: Random): Promise<string> {
  const file = join(dataFolder, 'turn.secret');
  // Linked into place, so that whoever finds the file finds it whole.
  const draft = `${file}.${random.uuid()}`;
  await writeFile(draft, `${random.token()}${random.token()}\n`, { mode: 0o600 });
  try {
    await link(draft, file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    await rm(draft);
  }
  await chmod(file, 0o600);
  return await readTurnSecret(file);
}
