import type { StartTimer } from '../kernel/machine.ts';
import type { ReportPorts, Upload } from '../platform/ports.ts';

export interface UploaderPorts {
  readonly startTimer: StartTimer;
  readonly post: ReportPorts['post'];
  /** Nothing waits any more. */
  readonly drained: () => void;
  /** Something was dropped: the server does not want it, or too much waits. */
  readonly dropped: (reason: string) => void;
}

/** In UTF-16 units, which is close enough to bytes for JSON: ten minutes of a call, and more of what it leaves. */
const MOST_WAITING = 2 * 1024 * 1024;
/** Browsers send this much at most once a page is gone (Fetch, section 4.6, less room for headers). */
const MOST_KEPT_ALIVE = 60 * 1024;
const UNREACHED = 0;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** Tells the server one thing after the other, again and again while it cannot be reached, for as long as the page lives. */
export class Uploader {
  readonly #ports: UploaderPorts;
  readonly #waiting: Upload[] = [];
  #sending = false;
  #pauseMs = FIRST_PAUSE_MS;
  #cancelTimer: (() => void) | undefined;

  constructor(ports: UploaderPorts) {
    this.#ports = ports;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  add(upload: Upload): void {
    this.#waiting.push(upload);
    // The newest tells how the call ended.
    while (this.#size > MOST_WAITING && this.#waiting.length > 1) {
      this.#waiting.splice(this.#sending ? 1 : 0, 1);
      this.#ports.dropped('too much waits to be sent');
    }
    if (!this.#cancelTimer) void this.#send();
  }

  /** It is a good moment for another try. */
  hurry(): void {
    this.#pauseMs = FIRST_PAUSE_MS;
    void this.#send();
  }

  /** The page may be gone in a moment, or come back: what the server has not taken by then is sent again. */
  leave(): void {
    for (const upload of this.#waiting.slice(this.#sending ? 1 : 0)) {
      if (upload.body.length > MOST_KEPT_ALIVE) continue;
      this.#ports.post(upload, true).then(
        (status) => {
          if (!isLater(status)) this.#remove(upload);
        },
        () => undefined,
      );
    }
  }

  #remove(upload: Upload): void {
    const place = this.#waiting.indexOf(upload);
    if (place < 0) return;
    this.#waiting.splice(place, 1);
    if (this.#waiting.length === 0) this.#ports.drained();
  }

  get #size(): number {
    return this.#waiting.reduce((sum, { body }) => sum + body.length, 0);
  }

  async #send(): Promise<void> {
    if (this.#sending) return;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    for (let [next] = this.#waiting; next; [next] = this.#waiting) {
      this.#sending = true;
      const keepalive = next.body.length <= MOST_KEPT_ALIVE;
      const status = await this.#ports.post(next, keepalive).catch(() => UNREACHED);
      this.#sending = false;
      if (isLater(status)) {
        this.#cancelTimer = this.#ports.startTimer(this.#pauseMs, () => void this.#send());
        this.#pauseMs = Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS);
        return;
      }
      this.#remove(next);
      this.#pauseMs = FIRST_PAUSE_MS;
      if (status >= 300) this.#ports.dropped(`the server answers ${status}`);
    }
  }
}

/** It may be taken later. */
function isLater(status: number): boolean {
  return status === UNREACHED || status >= 500 || status === 408 || status === 429;
}
