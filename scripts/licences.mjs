/** Every package that is shipped, at run time or in a bundle, has a licence that goes with MIT. */
import { readFileSync } from 'node:fs';
import { root } from './run.mjs';

const compatible = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Unlicense',
]);

/** Licences that ask something of us, each with the reason why we meet it. */
const exceptions = new Map([
  // Comes with werift, unchanged and never bundled; MPL-2.0 binds only changes to the package's own files.
  ['mediabunny', 'MPL-2.0'],
]);

const { packages } = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8'));
const shipped = Object.entries(packages).filter(
  ([path, { dev, link }]) => path.includes('node_modules/') && !dev && !link,
);
const refused = shipped.map(([path, entry]) => [nameOf(path), licenceOf(path, entry)]).filter(isRefused);

for (const [name, licence] of refused) console.error(`${name}: ${licence}`);
console.log(
  `${shipped.length} packages are shipped, ${refused.length} of them under a licence that is not allowed.`,
);
process.exitCode = refused.length === 0 ? 0 : 1;

function nameOf(path) {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

/** Packages of another platform are in the lock file alone, older ones name their licence only in package.json. */
function licenceOf(path, { license }) {
  if (license !== undefined) return license;
  const { license: own, licenses } = JSON.parse(readFileSync(`${root}${path}/package.json`, 'utf8'));
  return own?.type ?? own ?? licenses?.map(({ type }) => type).join(' OR ') ?? 'no licence';
}

/** An SPDX expression: of what OR joins one is enough, of what AND joins all are needed. */
function isRefused([name, licence]) {
  const choices = licence.replace(/[()]/g, '').split(' OR ');
  const allowed = choices.some((choice) =>
    choice.split(' AND ').every((each) => compatible.has(each.trim())),
  );
  return !allowed && exceptions.get(name) !== licence;
}
