import type { Playback } from '../model/ports.ts';

/** Audio elements that play the far ends. The SDK starts them, and says so where the browser does not let it. */
export function createPlayback(parent: HTMLElement): Playback {
  const elements = new Set<HTMLMediaElement>();
  let tell: () => void = () => undefined;
  return {
    create() {
      const element = document.createElement('audio');
      element.addEventListener('playing', () => tell());
      parent.append(element);
      elements.add(element);
      return element;
    },
    release(element) {
      element.remove();
      elements.delete(element);
    },
    unblock() {
      // What cannot play even now says nothing new: the notice stays.
      for (const element of elements) element.play().catch(() => undefined);
    },
    onPlaying(listener) {
      tell = listener;
    },
  };
}
