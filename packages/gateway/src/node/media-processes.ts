import { fork } from 'node:child_process';

import type { ForkMediaWorker, FromMediaWorker } from '../media/worker-protocol.ts';
import { mediaWorkerFile } from './own-files.ts';

/**
 * Starts media workers as child processes. What a worker prints goes to the gateway's own standard error; a worker
 * ends when the gateway does, whatever ended the gateway.
 *
 * @param entry the worker. Default: the built one of this package, also where this file runs from its source.
 */
export function mediaProcesses(entry: string = mediaWorkerFile): ForkMediaWorker {
  return () => {
    const child = fork(entry, [], { execArgv: [], stdio: ['ignore', 2, 2, 'ipc'] });
    const exitListeners: ((reason: string) => void)[] = [];
    let running = true;
    const ended = (reason: string): void => {
      if (!running) return;
      running = false;
      for (const listener of exitListeners) listener(reason);
    };
    child.on('error', (error) => ended(error.message));
    child.on('exit', (code, signal) => ended(signal ?? `exit code ${String(code)}`));
    return {
      send: (message) => {
        if (running && child.connected) child.send(message, () => undefined);
      },
      onMessage: (listener) => {
        child.on('message', (message: FromMediaWorker) => listener(message));
      },
      onExit: (listener) => {
        exitListeners.push(listener);
      },
      kill: () => {
        child.kill('SIGKILL');
      },
    };
  };
}
