import type { MediaElement, MediaPorts } from '../platform/ports.ts';
import { startElement } from './playback.ts';

/** A file that is played in a loop: the ringtone or the ringback of one call. */
export class Tone {
  readonly #ports: Pick<MediaPorts, 'createAudio' | 'onUserGesture'>;
  readonly #onBlocked: () => void;
  #element: MediaElement | undefined;
  #giveUp = (): void => undefined;

  constructor(ports: Pick<MediaPorts, 'createAudio' | 'onUserGesture'>, onBlocked: () => void) {
    this.#ports = ports;
    this.#onBlocked = onBlocked;
  }

  start(url: string): void {
    if (this.#element) return;
    this.#element = this.#ports.createAudio(url);
    this.#element.loop = true;
    this.#giveUp = startElement(this.#ports, this.#element, this.#onBlocked);
  }

  stop(): void {
    this.#giveUp();
    this.#element?.pause();
    this.#element = undefined;
  }
}
