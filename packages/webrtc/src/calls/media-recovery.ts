import type { StartTimer } from '../kernel/machine.ts';
import { NoRelayError, type Peer } from '../media/peer.ts';
import { RpcError } from '../signaling/rpc.ts';
import type { CallWarning } from './call-media.ts';
import type { CallRequests, CallSignaling } from './call-requests.ts';
import { judge, type Evidence, type MediaState, type Remedy } from './recovery.ts';

export interface MediaRecoveryObserver {
  warned(warning: CallWarning, reason: string): void;
  failed(failure: 'restart-failed' | 'relay-lost', error: unknown): void;
  mediaChanged(): void;
}

export interface MediaRecoveryPorts {
  readonly now: () => number;
  readonly startTimer: StartTimer;
  readonly requests: CallRequests;
  readonly session: CallSignaling['session'];
  readonly observer: MediaRecoveryObserver;
  /** The peer connection in use. */
  peer(): Peer | undefined;
  /** Nothing helps: the call is over. */
  giveUp(): void;
}

const SAMPLE_MS = 500;

/** Watches the media path of an established call, and does what the authority says. */
export class MediaRecovery {
  readonly #ports: MediaRecoveryPorts;
  #state: MediaState = 'connecting';
  #wasConnected = false;
  #cancelTimer: (() => void) | undefined;
  #connection: { readonly state: RTCPeerConnectionState; readonly since: number } | undefined;
  #counting = false;
  /** What had arrived when it was last counted. */
  #arrived: { readonly peer: Peer; readonly count: number } | undefined;
  #heardAt = 0;
  #movedAt: number | undefined;
  #deadSince: number | undefined;
  #attempts = 0;
  #attempt: symbol | undefined;
  #restsSince = -Infinity;
  #taken = false;

  constructor(ports: MediaRecoveryPorts) {
    this.#ports = ports;
  }

  get state(): MediaState {
    return this.#state;
  }

  /** Whether the path was there at any time. */
  get wasConnected(): boolean {
    return this.#wasConnected;
  }

  begin(): void {
    this.#heard();
    this.#tick();
  }

  end(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = this.#attempt = undefined;
  }

  connectionChanged(state: RTCPeerConnectionState): void {
    if (state === 'connected') this.#heard();
    this.#judge();
  }

  /** @param moved the network may be another one: what arrived before says nothing, nor what failed */
  check(moved: boolean): void {
    if (!this.#cancelTimer) return;
    if (moved) {
      this.#movedAt = this.#ports.now();
      this.#arrived = undefined;
      this.#attempts = 0;
      this.#restsSince = -Infinity;
      this.#taken = false;
    }
    this.#tick();
  }

  /** Makes an attempt, in place of the one that is under way: what becomes of that one counts no more. */
  async track(run: () => Promise<unknown>): Promise<void> {
    const attempt = (this.#attempt = Symbol('attempt'));
    this.#attempts++;
    this.#deadSince ??= this.#ports.now();
    this.#judge();
    const error: unknown = await run().then(
      () => undefined,
      (reason: unknown) => reason ?? new Error(),
    );
    if (this.#attempt !== attempt) return;
    this.#attempt = undefined;
    // The next socket is for another try of the same.
    if (error instanceof RpcError && (error.failure === 'lost' || error.failure === 'offline')) {
      this.#attempts = Math.max(0, this.#attempts - 1);
      return;
    }
    this.#taken = error === undefined;
    this.#restsSince = this.#ports.now();
    if (error) {
      this.#ports.observer.failed(error instanceof NoRelayError ? 'relay-lost' : 'restart-failed', error);
    }
    this.#judge();
  }

  #tick(): void {
    const { peer, startTimer } = this.#ports;
    this.#cancelTimer?.();
    this.#cancelTimer = startTimer(SAMPLE_MS, () => {
      this.#tick();
    });
    const current = peer();
    if (!current) {
      this.#judge();
      return;
    }
    if (this.#counting) {
      this.#count(current, undefined);
      return;
    }
    this.#counting = true;
    void current
      .arrivals()
      .catch(() => undefined)
      .then((count) => {
        this.#counting = false;
        this.#count(current, count);
      });
  }

  /** @param count undefined: the browser does not tell, so that its word on the connection has to do */
  #count(peer: Peer, count: number | undefined): void {
    const { count: before = Infinity } = this.#arrived?.peer === peer ? this.#arrived : {};
    if (count !== undefined) this.#arrived = { peer, count };
    if (count === undefined || count > before) this.#heard();
    this.#judge();
  }

  #heard(): void {
    this.#heardAt = this.#ports.now();
    this.#movedAt = undefined;
  }

  #judge(): void {
    if (!this.#cancelTimer) return;
    const { now, session } = this.#ports;
    const { action, reason, state } = judge(this.#evidence());
    if (reason) {
      // What has cut one path has perhaps cut the other.
      if (this.#deadSince === undefined) session.doubt();
      this.#deadSince ??= now();
    } else {
      this.#deadSince = undefined;
      this.#attempts = 0;
    }
    if (!reason || !action) this.#show(state);
    else if (action === 'end') this.#ports.giveUp();
    else {
      this.#ports.observer.warned(action === 'reconnect' ? 'connection-renewed' : 'media-renewed', reason);
      void this.track(() => this.#apply(action));
    }
  }

  #evidence(): Evidence {
    const { now, peer, session } = this.#ports;
    const at = now();
    const state = peer()?.connection.connectionState ?? 'closed';
    if (this.#connection?.state !== state) this.#connection = { state, since: at };
    return {
      connection: state,
      connectionMs: at - this.#connection.since,
      quietMs: at - this.#heardAt,
      movedMs: this.#movedAt && at - this.#movedAt,
      granted: session.grants.has('recovery'),
      reachable: session.state.name === 'ready',
      deadMs: this.#deadSince && at - this.#deadSince,
      attempts: this.#attempts,
      underWay: this.#attempt !== undefined,
      restedMs: at - this.#restsSince,
      taken: this.#taken,
    };
  }

  #show(state: MediaState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#wasConnected ||= state === 'connected';
    this.#ports.observer.mediaChanged();
  }

  async #apply(remedy: Remedy): Promise<void> {
    const { peer, requests, session } = this.#ports;
    const current = peer();
    switch (remedy) {
      case 'restart':
        if (current) await requests.restartIce(current);
        break;
      case 'remake':
        await requests.send('parley.remake', {});
        break;
      case 'reconnect':
        session.reconnect();
        break;
    }
  }
}
