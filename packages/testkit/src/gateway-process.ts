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
  /** Another one after a restart, as the log goes on. */
  readonly pid: number;
  /** `http://127.0.0.1:PORT` */
  origin: string;
  /** `ws://127.0.0.1:PORT` */
  signaling: string;
  /** The secret of the demo's API key. */
  readonly apiKey: string;
  /** Makes a user; the members are those of `POST /v2/telephony_credentials`. */
  createUser(credential: object): Promise<void>;
  /** Lines of standard output and standard error. */
  log: Recorder<string>;
  /** The value of a metric, its labels summed; 0 where it is not there. */
  metric(name: string): Promise<number>;
  /** @throws Error where the log holds an error that nobody caught, or the process ended by itself. */
  assertHealthy(): void;
  /**
   * Ends the process, by force or as an operator would, and starts another one on the same port.
   *
   * @throws Error where a process of it is left
   */
  restart(how: Restart): Promise<{ signalledAt: number; goneAt: number; readyAt: number }>;
  /** Stops it and removes its data. @throws Error where a process of it is left, or it was not healthy. */
  stop(): Promise<void>;
}

export interface Restart {
  signal: 'SIGTERM' | 'SIGKILL';
  /** The new one has data of its own. Default: false, that of the former one. */
  forgetting?: boolean;
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
  const own: string[] = [];
  const newData = async () => {
    const folder = await mkdtemp(join(tmpdir(), 'parley-gateway-'));
    own.push(folder);
    return folder;
  };
  const removeData = async () => {
    for (const folder of own) await rm(folder, { recursive: true, force: true });
  };
  let data = options.data ?? (await newData());
  const log = createRecorder<string>((line) => line);
  try {
    let run = await launch(log, options, data, 0);
    return {
      get pid() {
        return run.pid;
      },
      origin: run.origin,
      signaling: run.origin.replace('http', 'ws'),
      log,
      get apiKey() {
        return apiKeyIn(log);
      },
      createUser: (credential) => createUser(run.origin, apiKeyIn(log), credential),
      metric: async (name) => sumOf(name, await (await fetch(`${run.origin}/metrics`)).text()),
      assertHealthy: () => run.assertHealthy(),
      restart: async ({ signal, forgetting = false }) => {
        const signalledAt = Date.now();
        await run.end(signal);
        const goneAt = Date.now();
        if (forgetting) data = await newData();
        run = await launch(log, options, data, Number(new URL(run.origin).port));
        return { signalledAt, goneAt, readyAt: Date.now() };
      },
      stop: async () => {
        try {
          run.assertHealthy();
        } finally {
          await run.end('SIGTERM').finally(removeData);
        }
        run.assertHealthy();
      },
    };
  } catch (error) {
    await removeData();
    throw error;
  }
}

/** One process of a gateway. */
interface GatewayRun {
  pid: number;
  origin: string;
  assertHealthy(): void;
  /** @throws Error where a process of it is left */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

async function launch(
  log: Recorder<string>,
  options: GatewayProcessOptions,
  data: string,
  port: number,
): Promise<GatewayRun> {
  const from = log.entries.length;
  const fixed = ['start', '--port', String(port), '--demo', '--data', data, '--drain-seconds', '0'];
  const child = spawn(
    process.execPath,
    [PROGRAM, ...fixed, ...(options.turn ?? ['--no-turn']), ...(options.args ?? [])],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own, so that what it leaves behind can be found.
      detached: true,
    },
  );
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', log.record);
  const ended = once(child, 'exit').then(() => child.exitCode ?? child.signalCode);
  try {
    const origin = await Promise.race([
      readyLine(log, from),
      ended.then((code) => {
        throw new Error(
          `The gateway ended (${String(code)}) before it was ready:\n${log.entries.slice(-20).join('\n')}`,
        );
      }),
    ]);
    return running(child, origin, log, ended);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

async function readyLine(log: Recorder<string>, from: number): Promise<string> {
  const line = await log.next((entry) => READY.test(entry), 'ready line', { from, withinMs: 45_000 });
  return READY.exec(line)?.[1] ?? '';
}

function running(
  child: ChildProcess,
  origin: string,
  log: Recorder<string>,
  ended: Promise<unknown>,
): GatewayRun {
  const { pid } = child;
  if (pid === undefined) throw new Error('The gateway has no process id.');
  let ending = false;
  return {
    pid,
    origin,
    assertHealthy: () => {
      const uncaught = log.entries.filter((line) => UNCAUGHT.test(line));
      if (uncaught.length > 0)
        throw new Error(`The gateway logged errors that nobody caught:\n${uncaught.join('\n')}`);
      if (ending || (child.exitCode === null && child.signalCode === null)) return;
      throw new Error(
        `The gateway ended by itself (${String(child.exitCode ?? child.signalCode)}):\n${log.entries.slice(-20).join('\n')}`,
      );
    },
    end: async (signal) => {
      ending = true;
      child.kill(signal);
      const killer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(killer);
      await assertGroupGone(pid, 'The gateway');
    },
  };
}

const apiKeyIn = ({ entries }: Recorder<string>): string => API_KEY.exec(entries.join('\n'))?.[0] ?? '';

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
