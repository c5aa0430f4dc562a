import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { describeMachine } from './machine.ts';
import { renderResults, resultText } from './report.ts';
import type { Bench, KeptResult } from './result.ts';
import { measureFaults } from './faults.ts';
import { measureGateway } from './gateway.ts';
import { measureIce } from './ice.ts';
import { measureIdle } from './idle.ts';
import { measureSetup } from './setup.ts';
import { measureSize } from './size.ts';

/** In the order in which they run and are reported. */
const benches = new Map<string, Bench>([
  ['size', measureSize],
  ['setup', measureSetup],
  ['ice', measureIce],
  ['faults', measureFaults],
  ['gateway', measureGateway],
  ['idle', measureIdle],
]);

const README = 'bench/README.md';
const RESULTS = 'bench/results';

const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => !benches.has(name));
if (unknown.length > 0) {
  console.error(`No such benchmark: ${unknown.join(', ')}. There are: ${[...benches.keys()].join(', ')}.`);
  process.exit(1);
}

for (const [name, bench] of benches) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  console.log(`\n── ${name} ──`);
  const machine = describeMachine();
  const startedAt = performance.now();
  const tell = (line: string) => {
    console.log(`${((performance.now() - startedAt) / 1000).toFixed(0).padStart(4)} s  ${line}`);
  };
  const result = await bench({ quick: values.quick, tell });
  const kept: KeptResult = { name, date: new Date().toISOString().slice(0, 10), machine, ...result };
  console.log(resultText(kept));
  if (!values.quick) keep(kept);
}

function keep(result: KeptResult): void {
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(`${RESULTS}/${result.name}.json`, `${JSON.stringify(result, null, 1)}\n`);
  const results = [...benches.keys()].flatMap(readResult);
  writeFileSync(README, renderResults(readFileSync(README, 'utf8'), results));
}

function readResult(name: string): KeptResult[] {
  try {
    // Written by this program.
    const result: KeptResult = JSON.parse(readFileSync(`${RESULTS}/${name}.json`, 'utf8'));
    return [result];
  } catch {
    return [];
  }
}
