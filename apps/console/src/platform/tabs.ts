import type { TabMessage } from '../model/howl.ts';

const CHANNEL = 'parley-calls';

/** The other tabs of this origin in this browser. */
export function createTabs() {
  const channel = new BroadcastChannel(CHANNEL);
  return {
    post: (message: TabMessage) => channel.postMessage(message),
    listen(listener: (data: unknown) => void) {
      const heard = ({ data }: MessageEvent<unknown>) => listener(data);
      channel.addEventListener('message', heard);
      return () => channel.removeEventListener('message', heard);
    },
  };
}
