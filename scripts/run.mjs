import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Runs a command in the repository's root to its end, and ends with it when it is told to end. A quiet command keeps
 * its output and gives it back.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ quiet?: boolean, env?: NodeJS.ProcessEnv, minutes?: number }} [options] `minutes`: after so long it is ended
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
export function run(command, args, { quiet = false, env = process.env, minutes } = {}) {
  return new Promise((resolve) => {
    const stdio = quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'];
    const child = spawn(command, args, { cwd: root, stdio, env });
    const output = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part) => output.push(part));

    const interrupt = (signal) => child.kill(signal) && child.once('close', () => process.exit(1));
    for (const signal of signals) process.once(signal, interrupt);
    const limit = minutes === undefined ? undefined : setTimeout(() => endOverdue(child), minutes * 60_000);

    const finish = (ok, reason) => {
      clearTimeout(limit);
      for (const signal of signals) process.off(signal, interrupt);
      resolve({ ok, output: Buffer.concat(output).toString() + reason });
    };
    child.once('error', (error) => finish(false, `${command} cannot be run: ${error.message}`));
    child.once('close', (code, signal) =>
      finish(code === 0, signal === null ? '' : `${command} was ended by ${signal}.`),
    );
  });
}

/** Runs a tool of node_modules, and none that happens to be installed elsewhere. */
export function runTool(tool, args, options) {
  return run(`${root}node_modules/.bin/${tool}`, args, options);
}

const signals = ['SIGINT', 'SIGTERM'];

function endOverdue(child) {
  child.kill('SIGTERM');
  setTimeout(() => child.kill('SIGKILL'), 10_000).unref();
}
