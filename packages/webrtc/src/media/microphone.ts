import { within } from '../kernel/deadline.ts';
import type { StartTimer } from '../kernel/machine.ts';
import { Scope } from '../kernel/scope.ts';
import { Stopped } from '../kernel/task-queue.ts';
import type { MediaPorts } from '../platform/ports.ts';

/**
 * - `denied`: the person or a policy refused (NotAllowedError)
 * - `missing`: there is no such device (NotFoundError, OverconstrainedError)
 * - `failed`: anything else
 */
export type MicrophoneFailure = 'denied' | 'missing' | 'failed';

export class MicrophoneError extends Error {
  override readonly name = 'MicrophoneError';
  readonly failure: MicrophoneFailure;

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.failure = FAILURES.get(cause instanceof Error ? cause.name : '') ?? 'failed';
  }
}

const FAILURES = /* @__PURE__ */ new Map<string, MicrophoneFailure>([
  ['NotAllowedError', 'denied'],
  ['SecurityError', 'denied'],
  ['NotFoundError', 'missing'],
  ['OverconstrainedError', 'missing'],
]);

/** A person may be reading the browser's question. */
const PERMISSION_MS = 60_000;

export interface MicrophonePorts extends Pick<MediaPorts, 'devices'> {
  readonly startTimer: StartTimer;
}

/**
 * Asks the person where needed, for a minute.
 * @throws MicrophoneError; Stopped where the scope ends first
 */
export async function openMicrophone(
  { devices, startTimer }: MicrophonePorts,
  constraints: MediaStreamConstraints,
  scope?: Scope,
): Promise<MediaStream> {
  let opened: Promise<MediaStream> | undefined;
  try {
    if (!devices) throw new Error('No microphone here: the page needs https');
    opened = devices.getUserMedia(constraints);
    return await within(opened, PERMISSION_MS, startTimer, scope);
  } catch (error) {
    // It may open yet, for nobody.
    opened?.then(stopStream, () => undefined);
    throw error instanceof Stopped ? error : new MicrophoneError(error);
  }
}

export function stopStream(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** The local audio of one call. Whether it is muted is an intention that outlives the track. */
export class Microphone {
  readonly #ports: MicrophonePorts;
  readonly #scope = new Scope();
  readonly #onLost: () => void;
  #current: MediaStream | undefined;
  /** Opened here, so to be stopped here; a stream of the application's is the application's. */
  /** Everything that is live: the one in use, and those that are about to be. */
  readonly #opened = new Set<MediaStream>();
  #owned: MediaStream | undefined;
  #isMuted: boolean;
  #openings = 0;

  /** @param onLost the device that was opened here is gone, or no longer allowed */
  constructor(ports: MicrophonePorts, muted: boolean, onLost: () => void) {
    this.#ports = ports;
    this.#isMuted = muted;
    this.#onLost = onLost;
  }

  get stream(): MediaStream | undefined {
    return this.#current;
  }

  get track(): MediaStreamTrack | undefined {
    return this.#current?.getAudioTracks()[0];
  }

  /** Of the device that was opened here; undefined where the browser does not tell. */
  get deviceId(): string | undefined {
    return this.#owned?.getAudioTracks()[0]?.getSettings().deviceId;
  }

  get muted(): boolean {
    return this.#isMuted;
  }

  set muted(muted: boolean) {
    this.#isMuted = muted;
    this.#applyMute();
  }

  use(stream: MediaStream): void {
    this.#current = stream;
    this.#applyMute();
  }

  /**
   * Opens a device, and takes it in place of the one in use once `attach` has accepted its track.
   * @throws MicrophoneError, or what `attach` throws; the device in use then stays
   */
  async open(
    audio: boolean | MediaTrackConstraints,
    attach: (track: MediaStreamTrack | undefined) => Promise<void>,
  ): Promise<void> {
    const opening = ++this.#openings;
    const stream = await openMicrophone(this.#ports, { audio }, this.#scope);
    this.#opened.add(stream);
    try {
      this.#assertOpen();
      // The last that was asked for is the one that stays, however long each takes to open.
      if (opening !== this.#openings) {
        this.#stop(stream);
        return;
      }
      const [track] = stream.getAudioTracks();
      if (track) track.enabled = !this.#isMuted;
      await attach(track);
      this.#assertOpen();
    } catch (error) {
      this.#stop(stream);
      throw error;
    }
    const previous = this.#owned;
    this.#owned = stream;
    for (const track of stream.getTracks()) {
      track.onended = () => {
        if (stream === this.#owned) this.#onLost();
      };
    }
    this.use(stream);
    if (previous) this.#stop(previous);
  }

  close(): void {
    this.#scope.end();
    for (const stream of this.#opened) this.#stop(stream);
    this.#owned = undefined;
  }

  #stop(stream: MediaStream): void {
    this.#opened.delete(stream);
    stopStream(stream);
  }

  #assertOpen(): void {
    if (this.#scope.ended) throw new Stopped();
  }

  #applyMute(): void {
    for (const track of this.#current?.getAudioTracks() ?? []) track.enabled = !this.#isMuted;
  }
}
