/**
 * The only file that names browser globals. Each is looked up when it is needed, so that the SDK can be
 * imported, and a client constructed, where there is no browser.
 */
import type { Platform } from './ports.ts';

export function browserPlatform(): Platform {
  return {
    now: () => Date.now(),
    startTimer: (afterMs, elapsed) => {
      const timer = setTimeout(elapsed, afterMs);
      return () => {
        clearTimeout(timer);
      };
    },
    random: () => Math.random(),
    uuid: randomUuid,
    userAgent: globalThis.navigator?.userAgent ?? '',
    canConnect: typeof RTCPeerConnection === 'function',
    openSocket: (url) => new WebSocket(url),
    createPeerConnection: (configuration) => new RTCPeerConnection(configuration),
    createStream: (tracks) => new MediaStream([...tracks]),
    createAudio: (url) => new Audio(url),
    findElement: (id) => {
      const element = globalThis.document?.getElementById(id);
      return element instanceof HTMLMediaElement ? element : null;
    },
    get devices() {
      return globalThis.navigator?.mediaDevices;
    },
    onDevicesChange: (changed) => listen(globalThis.navigator?.mediaDevices, ['devicechange'], changed),
    audioCodecs: () => globalThis.RTCRtpReceiver?.getCapabilities('audio')?.codecs ?? [],
    onUserGesture: (gesture) => {
      const remove = listen(globalThis.document, ['pointerdown', 'keydown'], () => {
        remove();
        gesture();
      });
      return remove;
    },
    onPageHide: (hide) => listen(globalThis.window, ['pagehide'], hide),
    write: (level, line, detail) => {
      console[level](line, ...detail);
    },
  };
}

/**
 * Ahead of listeners of the page, which may stop an event.
 * @returns the way to unsubscribe
 */
function listen(
  target: EventTarget | undefined,
  events: readonly string[],
  happened: () => void,
): () => void {
  for (const event of events) target?.addEventListener(event, happened, true);
  return () => {
    for (const event of events) target?.removeEventListener(event, happened, true);
  };
}

/** RFC 9562 version 4. `crypto.randomUUID` is missing in pages without a secure origin. */
export function randomUuid(): string {
  return '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, (digit) => {
    const [random = 0] = crypto.getRandomValues(new Uint8Array(1));
    return (Number(digit) ^ (random & (15 >> (Number(digit) / 4)))).toString(16);
  });
}
