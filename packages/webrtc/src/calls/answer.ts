import { Stopped } from '../kernel/task-queue.ts';
import type { CallMedia } from './call-media.ts';
import type { CallRequests } from './call-requests.ts';

/** Our answer to a call that is offered to us: made ahead of the person's where the server takes that. */
export class Answer {
  readonly #media: CallMedia;
  readonly #requests: CallRequests;
  #offer: string;
  /** Settles when the server has taken our description ahead of the answer, or has not. */
  #ahead: Promise<void> | undefined;
  #isTaken = false;

  constructor(offer: string, media: CallMedia, requests: CallRequests) {
    this.#offer = offer;
    this.#media = media;
    this.#requests = requests;
  }

  /** The server has the description already. */
  get isTaken(): boolean {
    return this.#isTaken;
  }

  begin(): void {
    this.#ahead = this.#send(this.#offer);
  }

  /** Another offer takes the place of the one that there was. */
  replace(offer: string): void {
    this.#offer = offer;
    this.#media.reset();
    this.begin();
  }

  /**
   * The microphone is asked for while the description is made; the answer can go out when both are there.
   * @throws Stopped where another offer comes meanwhile
   */
  async prepare(): Promise<void> {
    const offer = this.#offer;
    this.#media.silence();
    await Promise.all([this.#describe(offer), this.#media.openMicrophone(true)]);
    this.#assertNewest(offer);
  }

  async #describe(offer: string): Promise<void> {
    await this.#ahead;
    this.#assertNewest(offer);
    if (!this.#media.peer?.isDescribed) await this.#media.answer(offer);
  }

  /** Where it fails, the answer carries the description as it does everywhere else. */
  async #send(offer: string): Promise<void> {
    this.#isTaken = false;
    if (!this.#requests.preAnswers) return;
    try {
      await this.#media.answer(offer);
      await this.#requests.describe('parley.preAnswer', this.#media.peer, {});
      this.#isTaken = offer === this.#offer;
    } catch {
      return;
    }
  }

  #assertNewest(offer: string): void {
    if (offer !== this.#offer) throw new Stopped();
  }
}
