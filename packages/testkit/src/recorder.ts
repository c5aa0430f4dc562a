/** What happened, in order, and a way to wait for what has not happened yet. */
export interface Recorder<T> {
  readonly entries: readonly T[];
  record(entry: T): void;
  /**
   * The first entry that matches, among those that are there already (from index `from` on) and those to come.
   *
   * @param what names the awaited in the error, such as `telnyx.ready`
   * @throws Error that lists what happened instead, after `withinMs` (default 10 s)
   */
  next(
    match: (entry: T) => boolean,
    what: string,
    options?: { from?: number; withinMs?: number },
  ): Promise<T>;
}

interface Waiter<T> {
  match: (entry: T) => boolean;
  resolve: (entry: T) => void;
}

/** @param describe one line about an entry, for error messages */
export function createRecorder<T>(describe: (entry: T) => string): Recorder<T> {
  const entries: T[] = [];
  const waiters = new Set<Waiter<T>>();
  return {
    entries,
    record: (entry) => {
      entries.push(entry);
      for (const waiter of [...waiters]) if (waiter.match(entry)) waiter.resolve(entry);
    },
    next: (match, what, { from = 0, withinMs = 10_000 } = {}) => {
      const found = entries.slice(from).find(match);
      if (found !== undefined) return Promise.resolve(found);
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiters.delete(waiter);
          const seen = entries.slice(from).slice(-20).map(describe);
          const list = seen.length === 0 ? ' nothing' : `\n  ${seen.join('\n  ')}`;
          reject(new Error(`No ${what} within ${withinMs} ms. Recorded instead:${list}`));
        }, withinMs);
        const waiter: Waiter<T> = {
          match,
          resolve: (entry) => {
            clearTimeout(timer);
            waiters.delete(waiter);
            resolve(entry);
          },
        };
        waiters.add(waiter);
      });
    },
  };
}
