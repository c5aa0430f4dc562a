import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock, Random } from '../ports.ts';

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (milliseconds, callback) => {
    const timer = setTimeout(callback, milliseconds);
    return () => {
      clearTimeout(timer);
    };
  },
};

export const systemRandom: Random = {
  uuid: () => randomUUID(),
  token: () => randomBytes(16).toString('base64url'),
};
