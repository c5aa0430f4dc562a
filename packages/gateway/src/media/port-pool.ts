import { MediaError } from './media-plane.ts';

/** The UDP ports of a worker. The one that was free for longest goes out first, so that late packets meet nobody. */
export interface PortPool {
  /** @throws MediaError `full` where so many are not free */
  take(count: number): number[];
  giveBack(ports: readonly number[]): void;
}

export function createPortPool([first, last]: readonly [number, number]): PortPool {
  const free = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  return {
    take: (count) => {
      if (free.length < count)
        throw new MediaError(
          'full',
          `The media ports ${first} to ${last} are all in use; give a wider range.`,
        );
      return free.splice(0, count);
    },
    giveBack: (ports) => {
      free.push(...ports);
    },
  };
}
