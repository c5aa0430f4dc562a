import type { MediaLegId } from './media-plane.ts';

/** A call that cannot have a second leg is of no use. */
const LEGS_PER_CALL = 2;

/**
 * Which worker has which leg. All legs of a call are in one worker, so that a packet goes from one to the other without
 * leaving the process.
 */
export interface Placement<Worker> {
  workerOf(leg: MediaLegId): Worker | undefined;
  /** @returns undefined where no worker has room */
  place(leg: MediaLegId, call: string): Worker | undefined;
  remove(leg: MediaLegId): void;
  /** Forgets a worker's legs. @returns them */
  clear(worker: Worker): MediaLegId[];
  legs(): number;
}

export function createPlacement<Worker>(
  legsPerWorker: number,
  workers: () => readonly Worker[],
): Placement<Worker> {
  const places = new Map<MediaLegId, { call: string; worker: Worker }>();
  const legsOf = (worker: Worker): MediaLegId[] =>
    [...places].filter(([, place]) => place.worker === worker).map(([leg]) => leg);
  const roomOf = (worker: Worker): number => legsPerWorker - legsOf(worker).length;

  const choose = (call: string): Worker | undefined => {
    const home = [...places.values()].find((place) => place.call === call)?.worker;
    if (home !== undefined) return roomOf(home) >= 1 ? home : undefined;
    const [emptiest] = [...workers()].sort((left, right) => roomOf(right) - roomOf(left));
    return emptiest !== undefined && roomOf(emptiest) >= LEGS_PER_CALL ? emptiest : undefined;
  };

  return {
    workerOf: (leg) => places.get(leg)?.worker,
    place: (leg, call) => {
      places.delete(leg);
      const worker = choose(call);
      if (worker !== undefined) places.set(leg, { call, worker });
      return worker;
    },
    remove: (leg) => {
      places.delete(leg);
    },
    clear: (worker) => {
      const legs = legsOf(worker);
      for (const leg of legs) places.delete(leg);
      return legs;
    },
    legs: () => places.size,
  };
}
