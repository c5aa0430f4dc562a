/**
 * The only file that names browser globals. Each is looked up when it is needed, so that the SDK can be
 * imported, and a client constructed, where there is no browser.
 */
import type { PageHappening, Platform } from './ports.ts';

const PAGE: readonly PageHappening[] = [
  'online',
  'offline',
  'pagehide',
  'pageshow',
  'visibilitychange',
  'resume',
];

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
    onDevicesChange: (changed) => {
      const { navigator } = globalThis;
      const controller = new AbortController();
      navigator?.permissions?.query({ name: 'microphone' }).then(
        (permission) => listen(permission, ['change'], changed, controller),
        () => undefined,
      );
      return listen(navigator?.mediaDevices, ['devicechange'], changed, controller);
    },
    audioCodecs: () => globalThis.RTCRtpReceiver?.getCapabilities('audio')?.codecs ?? [],
    onUserGesture: (gesture) => {
      const remove = listen(globalThis.document, ['pointerdown', 'keydown'], () => {
        remove();
        gesture();
      });
      return remove;
    },
    // Those of the document pass the window on their way.
    onPage: (listener) =>
      listen(globalThis.window, PAGE, (event) => {
        const happening = PAGE.find((name) => name === event.type);
        // A page that is shown for the first time has nothing to come back to.
        if (happening && (happening !== 'pageshow' || ('persisted' in event && event.persisted === true)))
          listener(happening);
      }),
    storage: () => sessionStorage,
    get locks() {
      return globalThis.navigator?.locks;
    },
    isVisible: () => globalThis.document?.visibilityState !== 'hidden',
    isOnline: () => globalThis.navigator?.onLine ?? true,
    write: (level, line, ...detail) => {
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
  happened: (event: Event) => void,
  controller = new AbortController(),
): () => void {
  const { signal } = controller;
  for (const event of events) target?.addEventListener(event, happened, { capture: true, signal });
  return () => {
    controller.abort();
  };
}

/** RFC 9562 version 4. `crypto.randomUUID` is missing in pages without a secure origin. */
export function randomUuid(): string {
  return '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, (digit) => {
    const [random = 0] = crypto.getRandomValues(new Uint8Array(1));
    return (Number(digit) ^ (random & (15 >> (Number(digit) / 4)))).toString(16);
  });
}
