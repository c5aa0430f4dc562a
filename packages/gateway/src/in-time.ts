import type { Clock } from './ports.ts';

/** @returns what the promise resolves with, or `late` where it takes longer; what becomes of it then is its own affair */
export async function inTime<T>(clock: Clock, withinMs: number, promise: Promise<T>): Promise<T | 'late'> {
  return await new Promise((resolve, reject) => {
    const callOff = clock.after(withinMs, () => {
      resolve('late');
    });
    promise.then(resolve, reject).finally(callOff);
  });
}
