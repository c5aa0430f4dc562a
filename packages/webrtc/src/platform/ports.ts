/**
 * The world as the SDK sees it. Everything that is not a pure computation comes in here; `browser.ts` makes it
 * from the browser, tests make it from fakes.
 */
import type { Log } from '../kernel/log.ts';
import type { StartTimer } from '../kernel/machine.ts';

export interface SocketPort {
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onerror: ((event: Event) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  send(text: string): void;
  close(code?: number): void;
}

/** The part of `navigator.mediaDevices` that is used. */
export type MediaDevicesPort = Pick<
  MediaDevices,
  'enumerateDevices' | 'getSupportedConstraints' | 'getUserMedia'
>;

/** The part of `navigator.locks` that is used. */
export interface LocksPort {
  request(name: string, options: LockOptions, granted: LockGrantedCallback<unknown>): Promise<unknown>;
}

/** Somewhere to hear a stream or a file. */
export type MediaElement = HTMLMediaElement;

export interface MediaPorts {
  createPeerConnection(configuration: RTCConfiguration): RTCPeerConnection;
  createStream(tracks: readonly MediaStreamTrack[]): MediaStream;
  /** @returns an element that plays nowhere on the page */
  createAudio(url: string): MediaElement;
  findElement(id: string): MediaElement | null;
  /** Missing in a page without a secure origin, and in Node. */
  readonly devices: MediaDevicesPort | undefined;
  /**
   * A device has come or gone, or the person allows microphones or does so no longer, where the browser tells.
   * @returns the way to unsubscribe
   */
  onDevicesChange(changed: () => void): () => void;
  /** Codecs that the browser can receive, for `setCodecPreferences`. */
  audioCodecs(): readonly RTCRtpCodec[];
  /** Calls back once, at the next key or pointer press. @returns the way to unsubscribe */
  onUserGesture(gesture: () => void): () => void;
}

/**
 * What happens to the page (HTML, Page Lifecycle). `pagehide`: it goes, for good or to the back/forward cache;
 * `pageshow`: it has come, perhaps from there; `resume`: it was frozen.
 */
export type PageHappening = 'online' | 'offline' | 'pagehide' | 'pageshow' | 'visibilitychange' | 'resume';

export interface Platform extends MediaPorts {
  /** Milliseconds of the epoch. */
  now(): number;
  readonly startTimer: StartTimer;
  /** From 0 to 1, 1 excluded. */
  random(): number;
  uuid(): string;
  readonly userAgent: string;
  /** Whether there are peer connections. */
  readonly canConnect: boolean;
  /** @throws SyntaxError or SecurityError where the browser refuses the address */
  openSocket(url: string): SocketPort;
  /** @returns the way to unsubscribe */
  onPage(listener: (happening: PageHappening) => void): () => void;
  /** Of the tab. @throws SecurityError where the browser keeps it from the page */
  storage(): Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  /** Those that the pages of one origin share (Web Locks); missing in a page without a secure origin, and in Node. */
  readonly locks: LocksPort | undefined;
  isVisible(): boolean;
  /** Whether there is a network, as far as the browser knows. */
  isOnline(): boolean;
  readonly write: Log;
}

/** What is to be told to the server outside of the socket. */
export interface Upload {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface ReportPorts {
  /** @param keepalive goes on when the page is gone @returns the status of the answer @throws where there is none */
  post(upload: Upload, keepalive: boolean): Promise<number>;
  /** Hands the person a file. */
  download(name: string, text: string): void;
}
