/** What a client opened in the page and has not given back. */
export interface Balance {
  peerConnections: number;
  liveTracks: number;
  openSockets: number;
  audioContexts: number;
  /** Where each pending timer was started. */
  timers: string[];
}

export interface Ledger {
  balance(): Balance;
  /** Ends the open microphones as the browser does when their device is gone; a fake one cannot be unplugged. */
  unplugMicrophones(): void;
}

/**
 * Counts what is opened from now on by wrapping what opens it. Whether it was given back is read from the thing
 * itself, so that no way of closing it can be missed.
 */
export function installLedger(): Ledger {
  const peers = new Set<RTCPeerConnection>();
  const sockets = new Set<WebSocket>();
  const contexts = new Set<AudioContext>();
  window.RTCPeerConnection = collect(window.RTCPeerConnection, peers);
  window.WebSocket = collect(window.WebSocket, sockets);
  window.AudioContext = collect(window.AudioContext, contexts);
  const tracks = collectTracks();
  const timers = collectTimers();
  return {
    balance: () => ({
      peerConnections: keepOpen(peers, ({ signalingState }) => signalingState !== 'closed'),
      liveTracks: keepOpen(tracks, ({ readyState }) => readyState === 'live'),
      openSockets: keepOpen(sockets, ({ readyState }) => readyState <= WebSocket.OPEN),
      audioContexts: keepOpen(contexts, ({ state }) => state !== 'closed'),
      timers: [...timers.values()],
    }),
    unplugMicrophones: () => {
      for (const track of [...tracks].filter(({ readyState }) => readyState === 'live')) {
        track.stop();
        track.dispatchEvent(new Event('ended'));
      }
    },
  };
}

/** Forgets what was given back, which nothing opens again, so that the heap holds no more of it than without a ledger. */
function keepOpen<T>(made: Set<T>, isOpen: (thing: T) => boolean): number {
  for (const thing of made) if (!isOpen(thing)) made.delete(thing);
  return made.size;
}

function collect<T extends object, C extends new (...args: never) => T>(
  constructor: C & (new (...args: never) => T),
  made: Set<T>,
): C {
  return new Proxy(constructor, {
    construct: (target, args, newTarget) => {
      const instance: T = Reflect.construct(target, args, newTarget);
      made.add(instance);
      return instance;
    },
  });
}

/** Tracks of the microphone, and the clones that keep it open. */
function collectTracks(): Set<MediaStreamTrack> {
  const tracks = new Set<MediaStreamTrack>();
  const devices = navigator.mediaDevices;
  const getUserMedia = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (constraints) => {
    const stream = await getUserMedia(constraints);
    for (const track of stream.getTracks()) tracks.add(track);
    return stream;
  };
  const clone = MediaStreamTrack.prototype.clone;
  MediaStreamTrack.prototype.clone = function cloneAndCollect() {
    const copy = clone.call(this);
    tracks.add(copy);
    return copy;
  };
  return tracks;
}

function collectTimers(): Map<number, string> {
  const pending = new Map<number, string>();
  const { setTimeout, setInterval, clearTimeout, clearInterval } = window;
  const origin = () => (new Error().stack ?? '').split('\n').slice(3, 6).join(' < ');
  Reflect.set(
    window,
    'setTimeout',
    (handler: (...args: unknown[]) => void, delay?: number, ...args: unknown[]) => {
      const id = setTimeout(() => {
        pending.delete(id);
        handler(...args);
      }, delay);
      pending.set(id, origin());
      return id;
    },
  );
  Reflect.set(
    window,
    'setInterval',
    (handler: (...args: unknown[]) => void, delay?: number, ...args: unknown[]) => {
      const id = setInterval(handler, delay, ...args);
      pending.set(id, origin());
      return id;
    },
  );
  const wrapClear = (clear: (id?: number) => void) => (id?: number) => {
    clear(id);
    if (id !== undefined) pending.delete(id);
  };
  Reflect.set(window, 'clearTimeout', wrapClear(clearTimeout));
  Reflect.set(window, 'clearInterval', wrapClear(clearInterval));
  return pending;
}
