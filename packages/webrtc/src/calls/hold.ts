import { Stopped, TaskQueue } from '../kernel/task-queue.ts';
import { RpcError } from '../signaling/rpc.ts';
import type { CallState } from './call-machine.ts';
import type { CallRequests } from './call-requests.ts';

/** With the first try, 15 s at most. */
const AGAIN_MS = 5_000;

export interface HoldPorts {
  readonly requests: CallRequests;
  state(): CallState;
  changed(held: boolean): void;
  failed(error: unknown): void;
}

/** Asks the server to hold the call and to take it back: one request at a time, in the order asked for. */
export class Hold {
  readonly #ports: HoldPorts;
  readonly #queue = new TaskQueue();
  /** false once a request went unanswered: the server may have done it. */
  #isKnown = true;

  constructor(ports: HoldPorts) {
    this.#ports = ports;
  }

  /**
   * Nothing is sent where the call is so already.
   * @param wanted undefined: the opposite of what is
   * @returns whether it is so now
   */
  async set(wanted: boolean | undefined): Promise<boolean> {
    try {
      await this.#queue.run(() => this.#setNow(wanted));
      return true;
    } catch (error) {
      // A call that has ended meanwhile is no failure of the hold.
      if (!(error instanceof Stopped)) this.#ports.failed(error);
      return false;
    }
  }

  stop(): void {
    this.#queue.stop();
  }

  async #setNow(wanted: boolean | undefined): Promise<void> {
    const { changed, requests, state } = this.#ports;
    const now = state();
    if (now.name !== 'established') throw new Error('The call is not active');
    const held = wanted ?? !now.held;
    if (held === now.held && this.#isKnown) return;
    this.#isKnown = false;
    const action = { action: held ? 'hold' : 'unhold' };
    // The socket may have been dead when it was sent. To hold twice does no harm.
    await requests.send('telnyx_rtc.modify', action).catch((error: unknown) => {
      if (error instanceof RpcError && error.failure === 'lost')
        return requests.send('telnyx_rtc.modify', action, {}, AGAIN_MS);
      throw error;
    });
    this.#isKnown = true;
    changed(held);
  }
}
