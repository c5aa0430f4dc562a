import type { ByePush, Capability, ClientMethod, CloseCode, ToClient } from '@parley/protocol';
import type { Authentication, Identity } from '../registrar/authenticator.ts';
import { isLikelyOffset } from './clock-offset.ts';

/** What a client may be granted, if it asks. */
export const grantable: readonly Capability[] = [
  'iceServers',
  'preAnswer',
  'earlyMedia',
  'recovery',
  'traceContext',
];

export interface SessionIds {
  /** `sessid` on the wire: 128 bits, never told to anybody but its user and who administers the gateway. */
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
  /** The shortest that was seen; null where none was yet. */
  roundTripMs(): number | null;
  /** How soon a silence is noticed: sooner while the session has legs. */
  paced(pace: 'idle' | 'inCall'): void;
  /** The session goes on without it, or not at all: closes it. */
  release(code: CloseCode, reason: string): void;
  /** Fails on purpose. The session is held as whenever its socket is lost. */
  disturb(disturbance: Disturbance): void;
}

export type Disturbance =
  /** The socket is gone, without a closing handshake. */
  | { kind: 'drop' }
  /** Nothing passes in either direction for a while, and neither end is told. */
  | { kind: 'stall'; forMs: number }
  /** The gateway closes it as before a restart. */
  | { kind: 'leave'; reason: string };

/** Of one session. */
const mostUntakenByes = 64;

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
  /** The run of the client that has it, where it said so, and unless its page has gone. */
  instance: string | undefined;
  /** Where its sockets came from last. */
  addressBlock = '';
  readonly #untakenByes = new Map<string, ByePush>();
  /** By how much its clock was ahead of when its login came, which was on its way for a while. */
  #clockSaid: number | null = null;
  #roundTripMs = 0;

  constructor(ids: SessionIds, authentication: Authentication, granted: ReadonlySet<Capability>) {
    this.ids = ids;
    this.identity = authentication.identity;
    this.proof = authentication;
    this.granted = granted;
  }

  /**
   * Sends a request of the gateway's; a detached session loses it. For the end of a call see {@link bye}.
   *
   * @param onAcknowledged called when the client has taken or refused the request
   */
  push<M extends Exclude<ClientMethod, 'telnyx_rtc.bye'>>(
    method: M,
    params: ToClient[M]['params'],
    onAcknowledged?: (outcome: Acknowledgement) => void,
  ): void {
    this.connection?.request(method, params, onAcknowledged);
  }

  /**
   * Tells the end of a call. Unless the client takes it, it is told again when the client is back, so that no call
   * lives on at one end alone: a socket may be long dead before anybody knows.
   */
  bye(params: ByePush): void {
    this.#untakenByes.delete(params.callID);
    this.#untakenByes.set(params.callID, params);
    const oldest = this.#untakenByes.keys().next();
    // Official clients take no bye of a call that they do not have.
    if (this.#untakenByes.size > mostUntakenByes && oldest.done !== true) this.byeTaken(oldest.value);
    this.connection?.request('telnyx_rtc.bye', params, () => {
      this.byeTaken(params.callID);
    });
  }

  /** The client knows of the end. */
  byeTaken(callId: string): void {
    this.#untakenByes.delete(callId);
  }

  /** What its clock told when it sent something, which came at that time. Milliseconds of the epoch. */
  clockTold(clientTime: number, cameAt: number): void {
    const offsetMs = clientTime - cameAt;
    this.#clockSaid = isLikelyOffset(offsetMs) ? offsetMs : null;
  }

  /** By how many milliseconds the client's clock is ahead of the gateway's; null where it is not known. */
  clockOffsetMs(): number | null {
    if (this.#clockSaid === null) return null;
    this.#roundTripMs = this.connection?.roundTripMs() ?? this.#roundTripMs;
    return this.#clockSaid + this.#roundTripMs / 2;
  }

  hasUntakenByes(): boolean {
    return this.#untakenByes.size > 0;
  }

  untakenBye(callId: string): ByePush | undefined {
    return this.#untakenByes.get(callId);
  }

  /** @returns the calls whose end is told again */
  byesAgain(): string[] {
    const byes = [...this.#untakenByes.values()];
    for (const bye of byes) this.bye(bye);
    return byes.map(({ callID }) => callID);
  }
}
