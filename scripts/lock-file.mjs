/** package-lock.json was made from the package.json files as they are, so that everybody installs the same. */
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { root } from './run.mjs';

const kinds = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'];

const { packages } = readJson('package-lock.json');
const ours = Object.keys(packages).filter((path) => !path.includes('node_modules/'));
const stale = ours.filter((path) => {
  const manifest = readJson(`${path}/package.json`);
  return kinds.some((kind) => !isDeepStrictEqual(manifest[kind] ?? {}, packages[path][kind] ?? {}));
});

for (const path of stale)
  console.error(`package-lock.json does not match ${path || '.'}/package.json: run npm install.`);
process.exitCode = stale.length === 0 ? 0 : 1;

function readJson(file) {
  return JSON.parse(readFileSync(`${root}${file}`, 'utf8'));
}
