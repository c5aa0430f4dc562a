/** `npm start`: from a fresh clone to a gateway with its demonstration users. Standard output is the gateway's alone. */
import { spawn } from 'node:child_process';
import { requireNode } from './node-version.mjs';
import { installNpmPackages } from './npm-packages.mjs';
import { build } from './build.mjs';
import { root } from './run.mjs';

requireNode();
await required(installNpmPackages());
await required(build(console.error));

const args = process.argv.slice(2);
const gateway = spawn(
  process.execPath,
  [`${root}packages/gateway/bin/parley-gateway.js`, 'start', '--demo', ...portFromEnvironment(), ...args],
  { stdio: 'inherit' },
);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => passOn(signal));
gateway.once('exit', (code, signal) => {
  process.exitCode = code ?? 1;
  if (signal !== null) console.error(`The gateway was ended by ${signal}.`);
});

function portFromEnvironment() {
  const { PORT } = process.env;
  return PORT === undefined || args.some((arg) => arg.startsWith('--port')) ? [] : ['--port', PORT];
}

/** A terminal sends Ctrl-C to the gateway as well, and a second one would cut its orderly end short. */
function passOn(signal) {
  if (signal === 'SIGINT' && process.stdin.isTTY) return;
  gateway.kill(signal);
}

async function required(step) {
  const { ok, output } = await step;
  if (ok) return;
  console.error(output);
  process.exit(1);
}
