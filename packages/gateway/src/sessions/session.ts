import type { Capability, ClientMethod, CloseCode, ToClient } from '@parley/protocol';
import type { Authentication, Identity } from '../registrar/authenticator.ts';

export interface SessionIds {
  /** `sessid` on the wire: 128 bits, never told to anybody but its user. */
  id: string;
  /** `voice_sdk_id` on the wire: begins with the node's id, so that a proxy can route by it. */
  voiceSdkId: string;
  callReportId: string;
}

/** What the client says to a request of the gateway's. */
export type Acknowledgement = 'taken' | 'refused';

/** The socket that carries a session, as the session sees it. */
export interface Carrier {
  request<M extends ClientMethod>(
    method: M,
    params: ToClient[M]['params'],
    onAcknowledged?: (outcome: Acknowledgement) => void,
  ): void;
  /** @returns whether the peer says anything at all within the time */
  isAlive(withinMs: number): Promise<boolean>;
  /** The session goes on without it, or not at all: closes it. */
  release(code: CloseCode, reason: string): void;
}

/**
 * What survives sockets: an authenticated user at one place. At most one connection carries it at a time; without
 * one it is detached, and held for a while.
 */
export class Session {
  readonly ids: SessionIds;
  readonly identity: Identity;
  readonly granted: ReadonlySet<Capability>;
  /** What proved the identity last: a login may come again on the same socket, with a newer token. */
  proof: Pick<Authentication, 'expiresAt' | 'tokenId'>;
  connection: Carrier | null = null;
  /** Where its sockets came from last. */
  addressBlock = '';
  #undeliveredByes: ToClient['telnyx_rtc.bye']['params'][] = [];

  constructor(ids: SessionIds, authentication: Authentication, granted: ReadonlySet<Capability>) {
    this.ids = ids;
    this.identity = authentication.identity;
    this.proof = authentication;
    this.granted = granted;
  }

  /**
   * Sends a request of the gateway's. A detached session loses it, but for a bye: that one is told when the client
   * is back, so that no call lives on at one end alone.
   *
   * @param onAcknowledged called when the client has taken or refused the request
   */
  push<M extends ClientMethod>(
    method: M,
    params: ToClient[M]['params'],
    onAcknowledged?: (outcome: Acknowledgement) => void,
  ): void {
    if (this.connection !== null) this.connection.request(method, params, onAcknowledged);
    else if (method === 'telnyx_rtc.bye')
      this.#undeliveredByes.push(params as ToClient['telnyx_rtc.bye']['params']);
  }

  flushByes(): void {
    const byes = this.#undeliveredByes;
    this.#undeliveredByes = [];
    for (const bye of byes) this.push('telnyx_rtc.bye', bye);
  }
}
