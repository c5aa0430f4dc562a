import type { Viewer } from '../reports/call-file.ts';

/** Each holds a call in memory while it is read. */
const mostOfAll = 200;
const mostOfViewer = 4;

/** Bounds how many calls are followed at once. */
export class StreamSlots {
  readonly #taken = new Map<string, number>();
  #total = 0;

  /** @returns the way to give it back; null where there is none left */
  take(viewer: Viewer): (() => void) | null {
    const key = viewer.kind === 'apiKey' ? `key ${viewer.id}` : `user ${viewer.credentialId}`;
    const ofViewer = this.#taken.get(key) ?? 0;
    if (this.#total >= mostOfAll || ofViewer >= mostOfViewer) return null;
    this.#add(key, 1);
    let isTaken = true;
    return () => {
      if (isTaken) this.#add(key, -1);
      isTaken = false;
    };
  }

  #add(key: string, count: 1 | -1): void {
    this.#total += count;
    const left = (this.#taken.get(key) ?? 0) + count;
    if (left === 0) this.#taken.delete(key);
    else this.#taken.set(key, left);
  }
}
