/**
 * `npm run bench`: measures Parley beside its peers. `npm run bench -- size idle` takes the named figures only;
 * `--quick` tries them out with small counts and keeps no results.
 */
import { rolldown } from 'rolldown';
import { build } from '../scripts/build.mjs';
import { canIsolate, runIsolated } from '../scripts/isolation.mjs';
import { requireNode } from '../scripts/node-version.mjs';
import { root } from '../scripts/run.mjs';

const scripts = `${root}bench/.cache/scripts`;

requireNode();
process.exitCode = (await measure()) ? 0 : 1;

async function measure() {
  const built = await build(console.log);
  if (!built.ok) {
    console.error(built.output);
    return false;
  }
  if (!(await canIsolate())) {
    console.error(
      'The benchmarks run in a network namespace of their own, and unshare -Urn is refused here.',
    );
    return false;
  }
  await bundle();
  const { ok } = await runIsolated(process.execPath, [`${scripts}/main.js`, ...process.argv.slice(2)]);
  return ok;
}

/** Node does not run TypeScript everywhere yet; a process of the benchmarks is one file of JavaScript. */
async function bundle() {
  const input = Object.fromEntries(
    ['main', 'load', 'bare', 'gateway-host'].map((name) => [name, `${root}bench/src/${name}.ts`]),
  );
  const bundled = await rolldown({ input, platform: 'node', external: /^[^./]/ });
  await bundled.write({ dir: scripts, format: 'esm' });
  await bundled.close();
}
