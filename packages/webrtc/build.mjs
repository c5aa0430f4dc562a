/** Bundles the SDK: ESM, CJS, and one file for script tags with the global `TelnyxWebRTC`. */
import { cp } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = dirname(fileURLToPath(import.meta.url));

const outputs = [
  { file: 'dist/index.js', format: 'esm' },
  { file: 'dist/index.cjs', format: 'cjs' },
  { file: 'lib/bundle.js', format: 'umd', name: 'TelnyxWebRTC', minify: true },
];

const bundle = await rolldown({
  input: join(root, 'src/index.ts'),
  platform: 'browser',
  resolve: { conditionNames: ['source', 'import'] },
  tsconfig: false,
});
for (const output of outputs)
  await bundle.write({ ...output, file: join(root, output.file), sourcemap: true });
await bundle.close();
