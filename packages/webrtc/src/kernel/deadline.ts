import type { StartTimer } from './machine.ts';
import type { Scope } from './scope.ts';
import { Stopped } from './task-queue.ts';

/**
 * Gives up waiting for a promise that may never settle; what becomes of it later is for nobody.
 * @throws Error after the time; Stopped where the scope ends first
 */
export function within<T>(
  promise: Promise<T>,
  afterMs: number,
  startTimer: StartTimer,
  scope?: Scope,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = startTimer(afterMs, () => {
      reject(new Error('The browser does not answer'));
    });
    scope?.add(() => {
      cancel();
      reject(new Stopped());
    });
    promise.then(resolve, reject).finally(cancel);
  });
}
