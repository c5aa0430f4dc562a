import { setTimeout as delay } from 'node:timers/promises';

/** What one collection makes free, the next one gives back to the system. */
export async function collectGarbage(): Promise<void> {
  for (let time = 0; time < 3; time += 1) {
    globalThis.gc?.();
    await delay(100);
  }
}
