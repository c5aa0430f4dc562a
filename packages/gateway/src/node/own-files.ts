import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** Where a process begins is a file that was built, also where this one is a source. What is built lies as the sources do. */
const built = new URL(import.meta.url.endsWith('.ts') ? '../../dist/' : '../', import.meta.url);

export const mediaWorkerFile = fileURLToPath(new URL('media/worker.js', built));
export const clipMakerFile = fileURLToPath(new URL('node/clip-maker.js', built));
export const consoleFolder = fileURLToPath(new URL('../../../../apps/console/dist', import.meta.url));

/** Of the gateway's package. */
export const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')));
