/** Hands things on after a while, in the order in which they came even where the delay changes. */
export interface DelayLine<T> {
  push(item: T, delayMs: number): void;
  /** Forgets what is still on the way. */
  clear(): void;
}

export function createDelayLine<T>(deliver: (item: T) => void): DelayLine<T> {
  let waiting: { item: T; dueAt: number }[] = [];
  let timer: NodeJS.Timeout | undefined;
  const deliverDue = () => {
    timer = undefined;
    const now = performance.now();
    const due = waiting.filter(({ dueAt }) => dueAt <= now);
    waiting = waiting.slice(due.length);
    for (const { item } of due) deliver(item);
    arm();
  };
  const arm = () => {
    const [first] = waiting;
    if (first === undefined || timer !== undefined) return;
    // A timer may fire a little early; what is not due then waits for the next one.
    timer = setTimeout(deliverDue, Math.ceil(first.dueAt - performance.now()));
  };
  return {
    push: (item, delayMs) => {
      if (delayMs === 0 && waiting.length === 0) {
        deliver(item);
        return;
      }
      const dueAt = Math.max(waiting.at(-1)?.dueAt ?? 0, performance.now() + delayMs);
      waiting.push({ item, dueAt });
      arm();
    },
    clear: () => {
      clearTimeout(timer);
      timer = undefined;
      waiting = [];
    },
  };
}
