import { within } from '../kernel/deadline.ts';
import type { StartTimer } from '../kernel/machine.ts';
import type { MediaElement, MediaPorts } from '../platform/ports.ts';

/** An element, the id of one in the page, or a function that returns one. */
export type ElementSource = MediaElement | string | (() => MediaElement | null | undefined);

/** An application's function that throws has no element to give; the call goes on without. */
export function findElement(
  ports: Pick<MediaPorts, 'findElement'>,
  source: ElementSource | null | undefined,
): MediaElement | null {
  if (typeof source === 'string') return ports.findElement(source);
  if (typeof source !== 'function') return source ?? null;
  try {
    return source() ?? null;
  } catch {
    return null;
  }
}

/**
 * Starts an element. Where the browser forbids it before the person has touched the page, says so and starts
 * it at the first touch.
 * @returns the way to give up waiting
 */
export function startElement(
  ports: Pick<MediaPorts, 'onUserGesture'>,
  element: MediaElement,
  onBlocked: () => void,
): () => void {
  let wanted = true;
  let stopWaiting = (): void => undefined;
  const start = async (): Promise<void> => {
    await element.play();
  };
  start().catch((error: unknown) => {
    if (!wanted || !(error instanceof Error) || error.name !== 'NotAllowedError') return;
    onBlocked();
    stopWaiting = ports.onUserGesture(() => {
      start().catch(() => undefined);
    });
  });
  return () => {
    wanted = false;
    stopWaiting();
  };
}

/** A device may take a moment to open. */
const SINK_MS = 5_000;

interface PlaybackPorts extends Pick<MediaPorts, 'onUserGesture'> {
  readonly startTimer: StartTimer;
}

/** The remote audio of one call in one element. */
export class Playback {
  readonly #ports: PlaybackPorts;
  readonly #onBlocked: () => void;
  readonly #onSinkMissing: () => void;
  #stream: MediaStream | undefined;
  #playing: MediaElement | undefined;
  #giveUp = (): void => undefined;

  constructor(ports: PlaybackPorts, onBlocked: () => void, onSinkMissing: () => void) {
    this.#ports = ports;
    this.#onBlocked = onBlocked;
    this.#onSinkMissing = onSinkMissing;
  }

  get element(): MediaElement | undefined {
    return this.#playing;
  }

  play(stream: MediaStream, element: MediaElement, sinkId: string | undefined): void {
    if (this.#stream === stream && this.#playing === element && element.srcObject === stream) return;
    this.#giveUp();
    this.#stream = stream;
    this.#playing = element;
    element.srcObject = stream;
    if (sinkId !== undefined) {
      void this.setSink(sinkId).then((found) => {
        if (!found && sinkId) this.#onSinkMissing();
      });
    }
    this.#giveUp = startElement(this.#ports, element, this.#onBlocked);
  }

  /** @returns false where the browser has no choice of outputs, or not this one, or does not take it within 5 s */
  async setSink(deviceId: string): Promise<boolean> {
    const element: Partial<Pick<MediaElement, 'setSinkId'>> | undefined = this.#playing;
    if (!element?.setSinkId) return false;
    try {
      await within(element.setSinkId(deviceId), SINK_MS, this.#ports.startTimer);
      return true;
    } catch {
      return false;
    }
  }

  stop(): void {
    this.#giveUp();
    if (this.#playing && this.#playing.srcObject === this.#stream) this.#playing.srcObject = null;
    this.#stream = this.#playing = undefined;
  }
}
