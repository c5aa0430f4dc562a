/**
 * Bundles the gateway for the machine that it is built on: some hundred small files take longer to load than everything
 * else that a start does, and who waits for a start after a crash sits in a call. What is published is `dist`, without
 * its dependencies.
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = dirname(fileURLToPath(import.meta.url));
const entries = ['node/cli', 'media/worker', 'node/clip-maker'];

const made = await rolldown({
  input: Object.fromEntries(entries.map((name) => [name, join(root, `src/${name}.ts`)])),
  platform: 'node',
  resolve: { conditionNames: ['@parley/source', 'node', 'import'] },
  // Those with native parts, and one that few need.
  external: ['@evan/opus', 'libsql', 'pg', 'bufferutil', 'utf-8-validate'],
  tsconfig: false,
});
await made.write({
  dir: join(root, 'lib'),
  // As deep as the sources, which find their neighbours by relative paths.
  chunkFileNames: 'node/[name].js',
  cleanDir: true,
  sourcemap: true,
});
await made.close();
