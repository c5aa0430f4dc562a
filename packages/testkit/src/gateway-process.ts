import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { assertGroupGone } from './processes.ts';
import { type Recorder, createRecorder } from './recorder.ts';

export interface GatewayProcess {
  pid: number;
  /** `http://127.0.0.1:PORT` */
  origin: string;
  /** `ws://127.0.0.1:PORT` */
  signaling: string;
  /** The secret of the demo's API key. */
  apiKey: string;
  /** Makes a user; the members are those of `POST /v2/telephony_credentials`. */
  createUser(credential: object): Promise<void>;
  /** Lines of standard output and standard error. */
  log: Recorder<string>;
  /** The value of a metric, its labels summed; 0 where it is not there. */
  metric(name: string): Promise<number>;
  /** @throws Error where the log holds an error that nobody caught, or the process ended by itself. */
  assertHealthy(): void;
  /** Stops it and removes its data. @throws Error where a process of it is left, or it was not healthy. */
  stop(): Promise<void>;
}

export interface GatewayProcessOptions {
  /** More options for `parley-gateway start`, such as `--ring-seconds 2`. */
  args?: readonly string[];
  /** What it is told of TURN. Default: `--no-turn`, so that calls take the same path wherever they are tested. */
  turn?: readonly string[];
  /** A data folder that several share, and that is left. Default: one of its own, which is removed. */
  data?: string;
}

const PROGRAM = fileURLToPath(new URL('../../gateway/bin/parley-gateway.js', import.meta.url));
const READY = /^Parley is ready: (https?:\/\/\S+?)\/?$/;
const API_KEY = /\bKEY[\w-]{43}\b/;
/** What Node prints for an error that nobody caught, and the log's word for one that the gateway caught last. */
const UNCAUGHT = /uncaught|unhandled|^\s+at .+:\d+:\d+|^[A-Za-z]*Error\b|"level":60|"level":"fatal"/i;

/** Starts the built gateway with demo users on a port and a data folder of its own. */
export async function startGateway(options: GatewayProcessOptions = {}): Promise<GatewayProcess> {
  const data = options.data ?? (await mkdtemp(join(tmpdir(), 'parley-gateway-')));
  const removeData = () =>
    options.data === undefined ? rm(data, { recursive: true, force: true }) : Promise.resolve();
  const fixed = ['start', '--port', '0', '--demo', '--data', data, '--drain-seconds', '0'];
  const child = spawn(
    process.execPath,
    [PROGRAM, ...fixed, ...(options.turn ?? ['--no-turn']), ...(options.args ?? [])],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own, so that what it leaves behind can be found.
      detached: true,
    },
  );
  const log = recordLog(child);
  const ended = once(child, 'exit').then(() => child.exitCode ?? child.signalCode);
  try {
    const origin = await Promise.race([
      readyLine(log),
      ended.then((code) => {
        throw new Error(
          `The gateway ended (${String(code)}) before it was ready:\n${log.entries.slice(-20).join('\n')}`,
        );
      }),
    ]);
    return running(child, origin, log, ended, removeData);
  } catch (error) {
    child.kill('SIGKILL');
    await removeData();
    throw error;
  }
}

function recordLog(child: ChildProcess): Recorder<string> {
  const log = createRecorder<string>((line) => line);
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on('line', log.record);
  }
  return log;
}

async function readyLine(log: Recorder<string>): Promise<string> {
  const line = await log.next((entry) => READY.test(entry), 'ready line', { withinMs: 45_000 });
  return READY.exec(line)?.[1] ?? '';
}

function running(
  child: ChildProcess,
  origin: string,
  log: Recorder<string>,
  ended: Promise<unknown>,
  removeData: () => Promise<void>,
): GatewayProcess {
  const { pid } = child;
  if (pid === undefined) throw new Error('The gateway has no process id.');
  let stopping = false;
  const assertHealthy = () => {
    const uncaught = log.entries.filter((line) => UNCAUGHT.test(line));
    if (uncaught.length > 0)
      throw new Error(`The gateway logged errors that nobody caught:\n${uncaught.join('\n')}`);
    if (stopping || (child.exitCode === null && child.signalCode === null)) return;
    throw new Error(
      `The gateway ended by itself (${String(child.exitCode ?? child.signalCode)}):\n${log.entries.slice(-20).join('\n')}`,
    );
  };
  return {
    pid,
    origin,
    signaling: origin.replace('http', 'ws'),
    log,
    get apiKey() {
      return API_KEY.exec(log.entries.join('\n'))?.[0] ?? '';
    },
    createUser(credential) {
      return createUser(origin, this.apiKey, credential);
    },
    metric: async (name) => sumOf(name, await (await fetch(`${origin}/metrics`)).text()),
    assertHealthy,
    stop: async () => {
      try {
        assertHealthy();
      } finally {
        stopping = true;
        child.kill('SIGTERM');
        const killer = setTimeout(() => child.kill('SIGKILL'), 10_000);
        await ended;
        clearTimeout(killer);
        await removeData();
        await assertGroupGone(pid, 'The gateway');
      }
      assertHealthy();
    },
  };
}

async function createUser(origin: string, apiKey: string, credential: object): Promise<void> {
  const response = await fetch(`${origin}/v2/telephony_credentials`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(credential),
  });
  if (!response.ok) throw new Error(`The user was not made: ${response.status} ${await response.text()}`);
}

function sumOf(name: string, metrics: string): number {
  return metrics
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
