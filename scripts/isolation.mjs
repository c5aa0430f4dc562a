import { root, run } from './run.mjs';

/** A network namespace in which loopback is up and nothing else exists: no packet of a test leaves the machine. */
const inLoopback = ['-Urn', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];

export async function canIsolate() {
  const { ok } = await run('unshare', [...inLoopback, 'true'], { quiet: true });
  return ok;
}

export function runIsolated(command, args, options) {
  return run('unshare', [...inLoopback, command, ...args], options);
}

export function runToolIsolated(tool, args, options) {
  return runIsolated(`${root}node_modules/.bin/${tool}`, args, options);
}
