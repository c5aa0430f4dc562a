import type { Clock, Log } from '../ports.ts';
import {
  MediaError,
  type MediaCommand,
  type MediaEvent,
  type MediaLegId,
  type MediaPlane,
  type MediaResults,
} from './media-plane.ts';
import { createPlacement } from './placement.ts';
import type {
  ForkMediaWorker,
  FromMediaWorker,
  MediaResult,
  MediaSettings,
  MediaWorkerChannel,
} from './worker-protocol.ts';

export interface EmbeddedMediaOptions {
  /** The addresses that browsers reach this machine at; IPv4 or IPv6, no names. At least one. */
  addresses: readonly string[];
  /** UDP ports for media, both ends included: one for each leg and address. Default: any free ones. */
  portRange?: readonly [number, number];
  /** Processes for media; one for each core is best. Each carries 50 legs. Default: 1. */
  workers?: number;
  /** A leg from which neither RTP nor RTCP comes for so long is told as lost, again and again. Default: 15,000. */
  silenceTimeoutMs?: number;
}

export interface EmbeddedMediaPorts {
  forkWorker: ForkMediaWorker;
  clock: Clock;
  log: Log;
}

/** Above fifty legs in one process the slowest hundredth of the packets would wait for more than some 10 ms. */
const LEGS_PER_WORKER = 50;

/** A worker that lived for so long did not die of its start. */
const SETTLED_MS = 10_000;
const FIRST_RESTART_MS = 100;
const LONGEST_RESTART_MS = 10_000;
const CLOSE_MS = 2000;
/**
 * A command takes some milliseconds. A worker that does not answer is stuck, and its calls stand still. The answer to a
 * client may wait for it, and official clients drop their socket after 10 s.
 */
const ANSWER_MS = 8000;

export interface EmbeddedMediaPlane extends MediaPlane {
  /** Resolves once a worker is ready for its first leg, or the first attempt to start one has failed. */
  started: Promise<void>;
}

interface Worker {
  settings: MediaSettings;
  /** Undefined while it waits to be started again. */
  channel: MediaWorkerChannel | undefined;
  ready: boolean;
  startedAt: number;
  /** How often it died soon after its start, one time after another. */
  failures: number;
  waiting: Map<number, Waiting>;
}

interface Waiting {
  resolve(result: MediaResult): void;
  reject(error: MediaError): void;
  /** Calls off what happens when no answer comes. */
  cancel(): void;
}

/**
 * The media plane on this machine: peer connections in child processes, any of which can die without taking more than
 * its own legs with it. The workers start at once, and are ready for their first leg some 100 ms later.
 *
 * @throws Error where there is no address, or the port range is too small for one call in each worker
 */
export function createEmbeddedMediaPlane(
  options: EmbeddedMediaOptions,
  ports: EmbeddedMediaPorts,
): EmbeddedMediaPlane {
  const { clock, log } = ports;
  const legsPerWorker = Math.min(LEGS_PER_WORKER, portsPerWorker(options) / options.addresses.length);
  if (options.addresses.length === 0)
    throw new Error('The media plane needs an address that browsers can reach.');
  if (legsPerWorker < 2)
    throw new Error(
      'The media port range is too small: each worker needs two ports for each address at the least.',
    );
  const workers = settingsOfWorkers(options).map((settings): Worker => ({
    settings,
    channel: undefined,
    ready: false,
    startedAt: 0,
    failures: 0,
    waiting: new Map(),
  }));
  const running = (): Worker[] => workers.filter(({ channel }) => channel !== undefined);
  const placement = createPlacement(Math.floor(legsPerWorker), running);
  const listeners = new Set<(event: MediaEvent) => void>();
  const restarts = new Set<() => void>();
  let tellStarted: () => void;
  const started = new Promise<void>((resolve) => (tellStarted = resolve));
  let lastId = 0;
  let closing: Promise<void> | undefined;

  const emit = (event: MediaEvent): void => {
    for (const listener of listeners) listener(event);
  };

  const start = (worker: Worker): void => {
    const channel = ports.forkWorker();
    worker.channel = channel;
    worker.startedAt = clock.monotonic();
    channel.onMessage((message) => receive(worker, message));
    channel.onExit((reason) => end(worker, reason));
    channel.send({ type: 'start', settings: worker.settings });
  };

  const receive = (worker: Worker, message: FromMediaWorker): void => {
    switch (message.type) {
      case 'ready':
        worker.ready = true;
        tellStarted();
        return;
      case 'result':
        takeWaiting(worker, message.id)?.resolve(message.result);
        return;
      case 'refused':
        takeWaiting(worker, message.id)?.reject(new MediaError(message.failure, message.message));
        return;
      case 'event':
        // What was on its way when the leg was closed concerns nobody.
        if (placement.workerOf(message.event.leg) === worker) emit(message.event);
        return;
      case 'closed':
        return;
    }
  };

  const end = (worker: Worker, reason: string): void => {
    worker.channel = undefined;
    worker.ready = false;
    tellStarted();
    const lost = placement.clear(worker);
    for (const id of [...worker.waiting.keys()]) takeWaiting(worker, id)?.reject(lostError());
    if (closing !== undefined) return;
    const settled = clock.monotonic() - worker.startedAt >= SETTLED_MS;
    worker.failures = settled ? 0 : worker.failures + 1;
    const delay = restartDelay(worker.failures);
    log.error({ reason, legs: lost.length, restartInMs: delay }, 'A media worker ended; its legs are lost.');
    if (delay === 0) start(worker);
    else startAfter(worker, delay);
    for (const leg of lost) emit({ type: 'lost', leg, reason: 'worker' });
  };

  const startAfter = (worker: Worker, delay: number): void => {
    const cancel = clock.after(delay, () => {
      restarts.delete(cancel);
      start(worker);
    });
    restarts.add(cancel);
  };

  const request = (worker: Worker, command: MediaCommand): Promise<MediaResult> =>
    new Promise((resolve, reject) => {
      if (worker.channel === undefined) {
        reject(lostError());
        return;
      }
      const { channel } = worker;
      const cancel = clock.after(ANSWER_MS, () => channel.kill());
      lastId += 1;
      worker.waiting.set(lastId, { resolve, reject, cancel });
      channel.send({ type: 'command', id: lastId, command });
    });

  /** For the commands that make a leg where there is none. */
  const requestPlaced = async (
    leg: MediaLegId,
    call: string,
    command: MediaCommand,
  ): Promise<MediaResult> => {
    const known = placement.workerOf(leg);
    if (known !== undefined) return request(known, command);
    if (running().length === 0) throw lostError();
    const worker = placement.place(leg, call);
    if (worker === undefined)
      throw new MediaError('full', 'Every media worker has as many legs as it can carry.');
    try {
      return await request(worker, command);
    } catch (error) {
      if (placement.workerOf(leg) === worker) placement.remove(leg);
      throw error;
    }
  };

  const workerOf = (leg: MediaLegId): Worker => {
    const worker = placement.workerOf(leg);
    if (worker === undefined) throw new MediaError('no-such-leg', `There is no leg ${leg}.`);
    return worker;
  };

  const route = async (command: MediaCommand): Promise<MediaResult> => {
    if (closing !== undefined) throw new MediaError('closed', 'The media plane is closed.');
    switch (command.type) {
      case 'accept':
      case 'offer':
      case 'remake':
        return requestPlaced(command.leg, command.call, command);
      case 'bridge': {
        const [left, right] = command.legs.map(workerOf);
        if (left === undefined || left !== right)
          throw new MediaError(
            'wrong-state',
            'Legs whose calls live in different workers cannot be bridged.',
          );
        return request(left, command);
      }
      case 'close': {
        const worker = placement.workerOf(command.leg);
        placement.remove(command.leg);
        return worker?.channel === undefined ? undefined : request(worker, command);
      }
      case 'answer':
      case 'candidate':
      case 'hold':
      case 'play':
      case 'dtmf':
      case 'converse':
      case 'tell':
        return request(workerOf(command.leg), command);
    }
  };

  const closeAll = async (): Promise<void> => {
    for (const cancel of restarts) cancel();
    await Promise.all(running().map((worker) => closeWorker(worker, clock)));
  };

  for (const worker of workers) start(worker);
  return {
    started,
    // The worker answers a command with the result of its type; that the two belong together is the protocol's promise.
    send: async <C extends MediaCommand>(command: C) => (await route(command)) as MediaResults[C['type']],
    onEvent: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    killWorkerOf: (leg) => {
      const channel = placement.workerOf(leg)?.channel;
      channel?.kill();
      return channel !== undefined;
    },
    status: () => ({
      ready: workers.some(({ ready }) => ready),
      workers: workers.filter(({ ready }) => ready).length,
      legs: placement.legs(),
      capacity: workers.filter(({ ready }) => ready).length * Math.floor(legsPerWorker),
    }),
    close: () => (closing ??= closeAll()),
  };
}

function takeWaiting(worker: Worker, id: number): Waiting | undefined {
  const waiting = worker.waiting.get(id);
  worker.waiting.delete(id);
  waiting?.cancel();
  return waiting;
}

/** Asks the worker to end, and makes it where it does not. */
async function closeWorker({ channel }: Worker, clock: Clock): Promise<void> {
  if (channel === undefined) return;
  await new Promise<void>((resolve) => {
    const cancel = clock.after(CLOSE_MS, () => channel.kill());
    channel.onExit(() => {
      cancel();
      resolve();
    });
    channel.send({ type: 'close' });
  });
}

/** @returns milliseconds; a first failure costs nothing, those that follow at once more and more */
function restartDelay(failures: number): number {
  if (failures <= 1) return 0;
  return Math.min(LONGEST_RESTART_MS, FIRST_RESTART_MS * 2 ** (failures - 2));
}

function lostError(): MediaError {
  return new MediaError('worker-lost', 'The media worker ended before it answered.');
}

function portsPerWorker({ portRange, workers = 1 }: EmbeddedMediaOptions): number {
  if (portRange === undefined) return Infinity;
  return Math.floor((portRange[1] - portRange[0] + 1) / workers);
}

/** Each worker has ports of its own, so that no two ever want the same. */
function settingsOfWorkers(options: EmbeddedMediaOptions): MediaSettings[] {
  const { addresses, portRange, workers = 1, silenceTimeoutMs = 15_000 } = options;
  const share = portsPerWorker(options);
  return Array.from({ length: workers }, (_, index) => ({
    addresses,
    silenceTimeoutMs,
    ...(portRange && {
      portRange: [portRange[0] + index * share, portRange[0] + (index + 1) * share - 1] as const,
    }),
  }));
}
