/** `npm run build`: makes what the gateway serves and what is published, each part only where it is out of date. */
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, run, runTool } from './run.mjs';

const quiet = { quiet: true };

const parts = [
  {
    name: 'gateway',
    inputs: ['packages/protocol', 'packages/gateway', 'packages/testkit'],
    outputs: [
      'packages/protocol/dist/index.js',
      'packages/gateway/dist/index.js',
      'packages/testkit/dist/index.js',
    ],
    build: () => runTool('tsc', ['-b', 'packages/protocol', 'packages/gateway', 'packages/testkit'], quiet),
  },
  {
    name: 'gateway bundle',
    inputs: ['packages/protocol', 'packages/gateway'],
    outputs: ['packages/gateway/lib/node/cli.js', 'packages/gateway/lib/media/worker.js'],
    build: () => run(process.execPath, ['packages/gateway/bundle.mjs'], quiet),
  },
  {
    name: 'webrtc',
    inputs: ['packages/protocol', 'packages/webrtc'],
    outputs: ['packages/webrtc/dist/index.js', 'packages/webrtc/lib/bundle.js'],
    build: () => run(process.execPath, ['packages/webrtc/build.mjs'], quiet),
  },
  {
    name: 'console',
    inputs: ['packages/protocol', 'packages/webrtc', 'apps/console'],
    outputs: ['apps/console/dist/index.html'],
    build: () => runTool('vite', ['build', 'apps/console'], quiet),
  },
];

/**
 * @param {(line: string) => void} tell
 * @returns {Promise<{ ok: boolean, output: string }>} with what the first part that failed has printed
 */
export async function build(tell) {
  for (const { name, inputs, outputs, build } of parts) {
    const seen = fingerprint([...inputs, 'package-lock.json', 'tsconfig.base.json']);
    if (seen === lastBuilt(name) && outputs.every((file) => existsSync(root + file))) continue;
    tell(`Building ${name}…`);
    const { ok, output } = await build();
    if (!ok) return { ok, output: `The build of ${name} failed.\n${output}` };
    remember(name, seen);
  }
  return { ok: true, output: '' };
}

const notInputs = new Set(['node_modules', 'dist', 'lib', 'etc', '.cache']);

/** Every file with its size and its time, as one string. */
function fingerprint(paths) {
  return paths.flatMap((path) => filesOf(path).map(describe)).join('\n');
}

function filesOf(path) {
  if (!statSync(root + path).isDirectory()) return [path];
  const names = readdirSync(root + path).filter(
    (name) => !notInputs.has(name) && !/\.test\.tsx?$/.test(name),
  );
  return names.flatMap((name) => filesOf(join(path, name)));
}

function describe(file) {
  const { size, mtimeMs } = statSync(root + file);
  return `${file} ${size} ${mtimeMs}`;
}

function lastBuilt(name) {
  const file = stampOf(name);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function remember(name, seen) {
  mkdirSync(`${root}.cache/built`, { recursive: true });
  writeFileSync(stampOf(name), seen);
}

function stampOf(name) {
  return `${root}.cache/built/${name}`;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { ok, output } = await build(console.log);
  if (!ok) console.error(output);
  process.exitCode = ok ? 0 : 1;
}
