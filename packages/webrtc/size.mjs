/** Fails where what a page loads for `import { TelnyxRTC }` is over its limit, or anything is left of an unused import. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';

const LIMIT_BYTES = 29 * 1024;
const root = dirname(fileURLToPath(import.meta.url));

/** @returns the bundle of an application that consists of this text, as it is published */
async function bundleOf(text) {
  const name = 'virtual:application';
  const bundle = await rolldown({
    input: name,
    platform: 'browser',
    resolve: { alias: { '@parley/webrtc': join(root, 'dist/index.js') } },
    plugins: [
      {
        name: 'application',
        resolveId: (id) => (id === name ? id : null),
        load: (id) => (id === name ? text : null),
      },
    ],
  });
  const { output } = await bundle.generate({ format: 'esm', minify: true });
  await bundle.close();
  return output[0].code.trim();
}

const client = await bundleOf(
  `import { TelnyxRTC } from '@parley/webrtc'; globalThis.TelnyxRTC = TelnyxRTC;`,
);
const unused = await bundleOf(`import { TelnyxRTC } from '@parley/webrtc';`);
const bytes = gzipSync(client, { level: 9 }).length;

console.log(`import { TelnyxRTC }: ${bytes} bytes gzip, ${client.length} minified; limit ${LIMIT_BYTES}`);
console.log(`unused import: ${unused.length} bytes`);
if (process.argv.includes('--print')) console.log(unused);
process.exitCode = bytes > LIMIT_BYTES || unused.length > 0 ? 1 : 0;
