import { randomInt } from 'node:crypto';

import { systemClock } from '../node/clock.ts';
import { createMediaWorkerCore } from './worker-core.ts';
import type { FromMediaWorker, ToMediaWorker } from './worker-protocol.ts';

/** The entry of a media process. Its only peer is the gateway that forked it, over the channel between the two. */

const post = (message: FromMediaWorker): void => {
  process.send?.(message, undefined, undefined, () => undefined);
};
const core = createMediaWorkerCore({
  clock: systemClock,
  random: (limit) => randomInt(limit),
  post: (message) => {
    post(message);
    if (message.type === 'closed') process.disconnect();
  },
});

process.on('message', (message: ToMediaWorker) => {
  core.handle(message);
});
process.on('disconnect', () => process.exit());
// A terminal or a supervisor signals the whole group. Calls go on until the gateway says that they end.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
