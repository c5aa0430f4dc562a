const LONGEST_MS = 60_000;

/** How long to wait before asking a gateway in trouble again: twice as long after each try in vain, at most a minute. */
export function laterMs(firstMs: number, tries: number): number {
  return Math.min(LONGEST_MS, firstMs * 2 ** tries);
}
