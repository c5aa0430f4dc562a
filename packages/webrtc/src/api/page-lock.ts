import type { Platform } from '../platform/ports.ts';

/** The locks of a page that goes are free at once; those of one that lives, even if it is frozen, never are. */
const GOING_MS = 1_000;

/**
 * @param name of a lock that all pages of the origin share
 * @param until it is held so long, or until the page is gone
 * @returns whether it is held from now on; undefined where the browser has no locks
 */
export function holdLock(
  name: string,
  until: Promise<void>,
  { locks, startTimer }: Pick<Platform, 'locks' | 'startTimer'>,
): Promise<boolean> | undefined {
  return (
    locks &&
    new Promise((resolve) => {
      const limit = new AbortController();
      const cancel = startTimer(GOING_MS, () => {
        limit.abort();
      });
      locks
        .request(name, { signal: limit.signal }, () => {
          cancel();
          resolve(true);
          return until;
        })
        .catch(() => {
          resolve(false);
        });
    })
  );
}
