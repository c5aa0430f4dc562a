import { randomInt } from 'node:crypto';

import { systemClock } from '../node/clock.ts';
import { createMediaWorkerCore } from './worker-core.ts';
import type { ForkMediaWorker, FromMediaWorker, MediaWorkerChannel } from './worker-protocol.ts';

/** A worker without a process: the same core behind the same messages, which are copied as a channel would. */
export const inProcessWorker: ForkMediaWorker = () => {
  const messageListeners = new Set<(message: FromMediaWorker) => void>();
  const exitListeners = new Set<(reason: string) => void>();
  const exit = (reason: string): void => {
    for (const listener of exitListeners) listener(reason);
    exitListeners.clear();
    messageListeners.clear();
  };
  const core = createMediaWorkerCore({
    clock: systemClock,
    random: (limit) => randomInt(limit),
    post: (message) => {
      queueMicrotask(() => {
        for (const listener of messageListeners) listener(structuredClone(message));
        if (message.type === 'closed') exit('closed');
      });
    },
  });
  const channel: MediaWorkerChannel = {
    send: (message) => core.handle(structuredClone(message)),
    onMessage: (listener) => messageListeners.add(listener),
    onExit: (listener) => exitListeners.add(listener),
    kill: () => exit('killed'),
  };
  return channel;
};
