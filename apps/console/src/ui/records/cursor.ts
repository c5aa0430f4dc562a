import { useSyncExternalStore } from 'react';

/** The moment that is pointed at, shared by all plots, which follow it without being drawn anew. */
export interface Cursor {
  get(): number | null;
  set(at: number | null): void;
  subscribe(listener: () => void): () => void;
}

export function createCursor(): Cursor {
  const listeners = new Set<() => void>();
  let at: number | null = null;
  return {
    get: () => at,
    set(next) {
      if (next === at) return;
      at = next;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function useCursor(cursor: Cursor): number | null {
  return useSyncExternalStore(cursor.subscribe, cursor.get);
}
