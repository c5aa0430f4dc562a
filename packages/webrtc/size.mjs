/**
 * Fails where what a page loads for `import { TelnyxRTC }`, at first or with what measures calls, is over its limit, or
 * anything is left of an unused import.
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';

const LIMIT_BYTES = 30 * 1024;
const LATER_LIMIT_BYTES = 10 * 1024;
const root = dirname(fileURLToPath(import.meta.url));

/** @returns the files of an application that consists of this text, as it is published: the first, and those of later */
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
  const byName = new Map(output.map((chunk) => [chunk.fileName, chunk]));
  const atOnce = new Set([output[0]]);
  for (const { imports } of atOnce) for (const file of imports) atOnce.add(byName.get(file));
  const codeOf = (chunks) => chunks.map(({ code }) => code.trim());
  return { first: codeOf([...atOnce]), later: codeOf(output.filter((chunk) => !atOnce.has(chunk))) };
}

const gzipped = (files) => files.reduce((sum, code) => sum + gzipSync(code, { level: 9 }).length, 0);

const client = await bundleOf(
  `import { TelnyxRTC } from '@parley/webrtc'; globalThis.TelnyxRTC = TelnyxRTC;`,
);
const unused = (await bundleOf(`import { TelnyxRTC } from '@parley/webrtc';`)).first.join('');
const [bytes, laterBytes] = [gzipped(client.first), gzipped(client.later)];

console.log(`import { TelnyxRTC }: ${bytes} bytes gzip, limit ${LIMIT_BYTES}`);
console.log(`loaded later: ${laterBytes} bytes gzip, limit ${LATER_LIMIT_BYTES}`);
console.log(`unused import: ${unused.length} bytes`);
if (process.argv.includes('--print')) console.log(unused);
process.exitCode = bytes > LIMIT_BYTES || laterBytes > LATER_LIMIT_BYTES || unused.length > 0 ? 1 : 0;
