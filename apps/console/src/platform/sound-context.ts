/**
 * The page's one `AudioContext`, made at its first use and asleep while nobody uses it: browsers limit their number,
 * and a running one keeps the audio hardware awake.
 */
export interface SoundContext {
  /** Returns how to give it back. */
  use(): { context: AudioContext; done: () => void };
}

export function createSoundContext(): SoundContext {
  let context: AudioContext | undefined;
  let users = 0;
  return {
    use() {
      context ??= new AudioContext();
      const running = context;
      users += 1;
      void running.resume();
      let given = true;
      return {
        context: running,
        done: () => {
          if (!given) return;
          given = false;
          users -= 1;
          if (users === 0) void running.suspend();
        },
      };
    },
  };
}
