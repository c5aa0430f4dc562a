/** What became of that which was stopped before its turn, or before it was done. */
export class Stopped extends Error {
  override readonly name = 'Stopped';

  constructor() {
    super('Ended meanwhile');
  }
}

/** Runs asynchronous tasks one at a time, in the order in which they came. */
export class TaskQueue {
  #last: Promise<unknown> = Promise.resolve();
  #stopped = false;

  run<T>(task: () => Promise<T> | T): Promise<T> {
    const turn = this.#last.then(async () => {
      this.#assertRunning();
      try {
        return await task();
      } finally {
        // Also where the task failed: that may be for nothing but the stop.
        this.#assertRunning();
      }
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** The running task goes on, but its caller gets a rejection, as do those that still wait. */
  stop(): void {
    this.#stopped = true;
  }

  #assertRunning(): void {
    if (this.#stopped) throw new Stopped();
  }
}
