import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Random } from '../ports.ts';
import { openSecretFile } from '../store/secret-file.ts';

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
  await openSecretFile(file, `${random.token()}${random.token()}`, random.uuid());
  return await readTurnSecret(file);
}
