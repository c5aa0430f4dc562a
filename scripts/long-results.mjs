import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { root, run, runTool } from './run.mjs';

const FILE = 'docs/results/long.md';

/** Writes what the long tests measured into the repository, from the report that Vitest made of them. */
export async function writeLongResults(report, commit) {
  const { startTime, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const figures = tests.flatMap(({ meta }) => meta.figures ?? []);
  const minutes = (Math.max(...testResults.map(({ endTime }) => endTime)) - startTime) / 60_000;
  const lines = [
    '# What takes minutes: the last run',
    `Written by \`npm run test:long\`, ${new Date(startTime).toISOString().slice(0, 10)}, commit ${commit}:`,
    `Node ${process.versions.node}, ${await chromium()}, ${availableParallelism()} cores (load ${loadavg()[2].toFixed(0)}), ${minutes.toFixed(0)} minutes.`,
    `“At most” is what the test asserts, with room for a busy machine; [the goals](../../tests/faults/README.md) are`,
    'lower.',
    '',
    ...table(
      ['What happens', 'Figure', 'Measured', 'At most'],
      figures.map(({ row, name, value, bound, unit }) => [
        row,
        name,
        `${value.toLocaleString('en-GB')} ${unit}`,
        bound === undefined ? '' : `${bound.toLocaleString('en-GB')} ${unit}`,
      ]),
    ),
    '',
    ...table(
      ['Test', 'Outcome', 'Took'],
      tests.map(({ title, status, duration = 0 }) => [title, status, `${Math.round(duration / 1_000)} s`]),
    ),
  ];
  writeFileSync(`${root}${FILE}`, `${lines[0]}\n\n${lines.slice(1).join('\n')}\n`);
  await runTool('prettier', ['--log-level', 'warn', '--write', FILE]);
  console.log(`\nThe figures are in ${FILE}.`);
}

function table(head, rows) {
  const rule = head.map((_, column) => (column === 0 ? '---' : '--:'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

/** What is tested; asked before, as somebody may go on meanwhile. */
export async function describeCommit() {
  const { output: id } = await run('git', ['rev-parse', '--short', 'HEAD'], { quiet: true });
  const { output: changes } = await run('git', ['status', '--porcelain'], { quiet: true });
  return changes.trim() === '' ? id.trim() : `${id.trim()} with changes`;
}

async function chromium() {
  const { output } = await run('/usr/bin/chromium', ['--version'], { quiet: true });
  return /Chromium [\d.]+/.exec(output)?.[0] ?? 'no Chromium';
}
