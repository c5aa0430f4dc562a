import { chmod, link, readFile, rm, writeFile } from 'node:fs/promises';

/**
 * Reads a secret that only the gateway's user may read; the first one to ask makes it.
 *
 * @param unique tells this process's draft from another's
 */
export async function openSecretFile(file: string, secret: string, unique: string): Promise<string> {
  // Linked into place, so that whoever finds the file finds it whole, and whoever comes second uses the first's.
  const draft = `${file}.${unique}`;
  await writeFile(draft, `${secret}\n`, { mode: 0o600 });
  try {
    await link(draft, file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    await rm(draft);
  }
  await chmod(file, 0o600);
  return await readFile(file, 'utf8');
}
