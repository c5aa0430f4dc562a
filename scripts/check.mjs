/**
 * `npm run check`: everything that can be said about the code without running it. `npm run check -- lint types` runs
 * the named stages only.
 */
import { requireNode } from './node-version.mjs';
import { run, runTool } from './run.mjs';

requireNode();
const quiet = { quiet: true };
const script = (file, ...args) => run(process.execPath, [file, ...args], quiet);

// A cached verdict may miss what a changed type means for another file; a build server has no cache.
const cache = process.env.CI
  ? []
  : ['--cache', '--cache-location', '.cache/eslint/', '--cache-strategy', 'content'];

// Longest first: two run at a time.
const stages = {
  lint: () => runTool('eslint', ['--max-warnings', '0', ...cache, '.'], quiet),
  types: () => runTool('tsc', ['-b'], quiet),
  unused: () => runTool('knip', ['--no-progress', '--treat-config-hints-as-errors'], quiet),
  imports: () =>
    runTool(
      'depcruise',
      ['--config', '.dependency-cruiser.mjs', 'packages', 'apps', 'tests', 'bench'],
      quiet,
    ),
  format: () => runTool('prettier', ['--check', '--log-level', 'warn', '.'], quiet),
  sdk: checkSdk,
  licences: () => script('scripts/licences.mjs'),
  'lock file': () => script('scripts/lock-file.mjs'),
};

const named = process.argv.slice(2);
const unknown = named.filter((name) => !(name in stages));
if (unknown.length > 0) {
  console.error(`No such stage: ${unknown.join(', ')}. There are: ${Object.keys(stages).join(', ')}.`);
  process.exit(1);
}

const waiting = Object.entries(stages).filter(([name]) => named.length === 0 || named.includes(name));
const failures = [];
await Promise.all([runWaiting(), runWaiting()]);
for (const { name, output } of failures) console.log(`\n── ${name} ──\n${output.trim()}`);
process.exitCode = failures.length === 0 ? 0 : 1;

/** Its public surface is the one of its report, and what a page loads of it is within the limit. */
async function checkSdk() {
  const built = await script('packages/webrtc/build.mjs', '--types');
  return built.ok ? script('packages/webrtc/size.mjs') : built;
}

async function runWaiting() {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const [name, start] = next;
    const startedAt = performance.now();
    const { ok, output } = await start();
    console.log(
      `${ok ? '✓' : '✗'} ${name.padEnd(9)} ${((performance.now() - startedAt) / 1000).toFixed(1).padStart(5)} s`,
    );
    if (!ok) failures.push({ name, output });
  }
}
