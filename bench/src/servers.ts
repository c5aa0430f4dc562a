import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listProcessTree } from '@parley/testkit';

/** A process of the benchmarks, alone on a core where there are two. */
export interface Companion {
  pid: number;
  child: ChildProcess;
  /** What it printed last, for when something goes wrong. */
  printed(): string;
  stop(): Promise<void>;
}

/** A process that clients call through. */
export interface Server extends Companion {
  /** `ws://127.0.0.1:PORT` */
  signaling: string;
  /** Of a gateway. */
  apiKey: string | undefined;
  /** Seconds on a core so far, with its child processes. */
  cpuSeconds(): number;
  /** Bytes of memory of its own that it holds, with its child processes; not the program, which others may share. */
  memory(): number;
  /** Collects garbage in the process itself. */
  collect(): Promise<void>;
}

/** `gateway`: ours, with or without media. `bare`: the least that does the same. */
export type ServerKind = 'gateway' | 'bare';

const SERVER_CORE = 0;
const LOAD_CORE = 1;
/** Of Linux on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;

export async function startServer(kind: ServerKind, does: 'media' | 'signaling'): Promise<Server> {
  const companion = startCompanion(kind === 'gateway' ? 'gateway-host' : 'bare', [does], SERVER_CORE);
  const { pid, child } = companion;
  const [{ port, apiKey }] = await Promise.race([once(child, 'message'), gone(companion)]);
  const tree = () => listProcessTree(pid).map((entry) => entry.pid);
  return {
    ...companion,
    signaling: `ws://127.0.0.1:${port}`,
    apiKey,
    cpuSeconds: () => sum(tree().map(ticksOf)) / TICKS_PER_SECOND,
    memory: () => sum(tree().map(ownMemory)),
    collect: async () => {
      child.send('collect');
      await once(child, 'message');
    },
  };
}

export function startLoad(): Companion {
  return startCompanion('load', [], LOAD_CORE);
}

function startCompanion(script: string, args: readonly string[], core: number): Companion {
  const file = fileURLToPath(new URL(`./${script}.js`, import.meta.url));
  const node = [process.execPath, '--expose-gc', file, ...args];
  const [command = '', ...rest] =
    availableParallelism() > 1 ? ['taskset', '-c', String(core), ...node] : node;
  const folder = mkdtempSync(join(tmpdir(), 'parley-bench-log-'));
  const log = join(folder, 'log');
  const output = openSync(log, 'w');
  const child = spawn(command, rest, { stdio: ['ignore', output, output, 'ipc'] });
  closeSync(output);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${script} could not be started.`);
  const ended = once(child, 'exit');
  return {
    pid,
    child,
    printed: () => readFileSync(log, 'utf8').trim().split('\n').slice(-10).join('\n'),
    stop: async () => {
      child.disconnect();
      const killer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(killer);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** @throws Error once the process has ended */
export async function gone({ child, printed }: Companion): Promise<never> {
  await once(child, 'exit');
  throw new Error(`A process of the benchmark ended by itself:\n${printed()}`);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** In user and in kernel mode (proc(5), fields 14 and 15). */
function ticksOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

function ownMemory(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss_Anon:\s+(\d+) kB/m.exec(rollup)?.[1]) * 1024;
}
