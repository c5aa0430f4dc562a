/**
 * `npm test`: brings what is needed, checks, and runs every test. The last line says how many passed and failed.
 * `npm test -- PATTERN…` runs the test files whose path has a pattern in it. `npm run test:long` runs the long ones
 * alone; all of them leave what they measured in docs/results/long.md.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { requireNode } from './node-version.mjs';
import { installNpmPackages } from './npm-packages.mjs';
import { installSystemPackages } from './system-packages.mjs';
import { build } from './build.mjs';
import { canIsolate, runToolIsolated } from './isolation.mjs';
import { describeCommit, writeLongResults } from './long-results.mjs';
import { root, run, runTool } from './run.mjs';

requireNode();
const {
  values: { long },
  positionals: patterns,
} = parseArgs({ options: { long: { type: 'boolean', default: false } }, allowPositionals: true });

const total = { passed: 0, failed: 0, skipped: 0 };
/** What failed: told again at the end, where a log that is cut short still has it. */
const failures = [];

try {
  if (await stage('npm packages', installNpmPackages)) await testAll();
} catch (error) {
  console.error(error);
  total.failed += 1;
}

const { passed, failed, skipped } = total;
if (failures.length > 0) console.log(`\nWhat failed:\n${failures.join('\n')}\n`);
if (passed + failed === 0) console.log('No test was run.');
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);

async function testAll() {
  const system = await installSystemPackages();
  if (!system.ok) console.log(system.output);
  const built = await stage('build', () => build(console.log));
  const isolated = built && ((await canIsolate()) ? runToolIsolated : undefined);
  const reason = built
    ? 'unshare -Urn is refused here, so they could not be kept from the network'
    : 'they need what could not be built';
  if (long) {
    const commit = await describeCommit();
    if (!isolated) await leaveOut('long', reason);
    else if ((await runTests('long', isolated)) && patterns.length === 0) {
      await writeLongResults(reportOf('long'), commit);
    }
    return;
  }
  if (patterns.length === 0) await stage('check', () => run(process.execPath, ['scripts/check.mjs']));

  await runTests('unit', runTool);
  if (isolated) {
    // The second lane is told of at its end, so that the two do not mix their lines.
    const quietly = (tool, args, options) => isolated(tool, args, { ...options, quiet: true });
    await Promise.all([runTests('system', isolated), runTests('sturdy', quietly)]);
    return;
  }
  for (const project of ['system', 'sturdy']) await leaveOut(project, reason);
}

/** What goes wrong besides tests counts as one failure. */
async function stage(name, work) {
  console.log(`\n── ${name} ──`);
  const { ok, output } = await work();
  if (ok) return true;
  total.failed += 1;
  failures.push(name);
  console.log(`${output}\n${name}: failed.`);
  return false;
}

/** Runs a project of vitest.config.ts. @returns whether it left a report */
async function runTests(project, runner) {
  console.log(`\n── ${project} tests ──`);
  const report = reportOf(project);
  rmSync(report, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const { ok, output } = await runner(
    'vitest',
    ['run', '--project', project, '--passWithNoTests', ...reporters, ...patterns],
    { minutes: project === 'long' ? 60 : 20 },
  );
  if (output !== '') console.log(`\n── what the ${project} tests printed ──\n${output}`);
  const counts = countsOf(report);
  total.passed += counts.passed;
  total.skipped += counts.skipped;
  total.failed += ok ? counts.failed : Math.max(counts.failed, 1);
  failures.push(...counts.failures);
  if (!ok && counts.failed === 0) failures.push(`the ${project} tests as a whole`);
  return existsSync(report);
}

function reportOf(project) {
  return `${root}.cache/${project}-tests.json`;
}

function countsOf(report) {
  if (!existsSync(report)) return { passed: 0, failed: 0, skipped: 0, failures: [] };
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  // A file that cannot be loaded has failed although it has no test that did.
  const broken = testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((each) => each.status === 'failed'),
  );
  return {
    passed: numPassedTests,
    failed: numFailedTests + broken.length,
    skipped: numPendingTests + numTodoTests,
    failures: testResults.flatMap(failuresOf),
  };
}

function failuresOf({ name, status, message, assertionResults }) {
  const file = name.replace(root, '');
  const failed = assertionResults.filter((each) => each.status === 'failed');
  if (failed.length === 0) return status === 'failed' ? [`${file}: ${firstLine(message)}`] : [];
  return failed.map(
    ({ fullName, failureMessages }) => `${file} > ${fullName}: ${firstLine(failureMessages[0])}`,
  );
}

function firstLine(text = '') {
  return text.split('\n', 1)[0].slice(0, 500);
}

/** On a build server a test that is not run has failed. */
async function leaveOut(project, reason) {
  const list = reportOf(project);
  rmSync(list, { force: true });
  await runTool('vitest', ['list', '--project', project, `--json=${list}`, ...patterns], { quiet: true });
  const count = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')).length : 0;
  if (count === 0) return;
  total[process.env.CI ? 'failed' : 'skipped'] += count;
  console.log(`\nThe ${count} ${project} tests are not run: ${reason}.`);
}
