/**
 * All that matters of one call: the clients of two people, of whom the called one may be signed in twice, the gateway,
 * and what is on its way between them. A world is a value: two that look alike are one.
 */
import type { HangupCause, HeldCall } from '@parley/protocol';
import type { CallState as GatewayCallState } from '../../packages/gateway/src/calls/call-state.ts';
import type { CallState as ClientCallState } from '../../packages/webrtc/src/calls/call-machine.ts';
import type { SessionState } from '../../packages/webrtc/src/signaling/session-machine.ts';

/** Alice calls Bob. A party's name is that of its leg and of its call, too. */
export type Party = 'alice' | 'bob' | 'bobby';

export const PARTIES: readonly Party[] = ['alice', 'bob', 'bobby'];
export const CALLEES: readonly Party[] = ['bob', 'bobby'];

export interface Login {
  readonly is: 'login';
  readonly page: number;
  readonly ended: boolean;
  readonly calls: readonly HeldCall[];
}

/** A response bears the id of its request. A description is named by the offer that it is of, or answers. */
export type Request =
  | { readonly is: 'invite' | 'remake'; readonly id: string }
  | { readonly is: 'answer'; readonly id: string; readonly sdp: string | null }
  | { readonly is: 'preAnswer'; readonly id: string; readonly sdp: string }
  | { readonly is: 'attach'; readonly id: string; readonly sdp: string; readonly epoch: number }
  | { readonly is: 'bye'; readonly id: string; readonly cause: HangupCause };

export type ToGateway =
  | Login
  | Request
  /** Of those acknowledgements that somebody waits for. */
  | { readonly is: 'taken'; readonly what: 'invite' | 'answer' | 'bye' };

export type ToClient =
  | { readonly is: 'result' | 'error'; readonly id: string }
  | { readonly is: 'registered' | 'ringing' }
  | { readonly is: 'clientReady'; readonly survives: boolean }
  | { readonly is: 'invite'; readonly sdp: string }
  | { readonly is: 'media'; readonly sdp: string; readonly audible: boolean }
  | { readonly is: 'answer'; readonly sdp: string | null }
  | { readonly is: 'attach'; readonly sdp: string; readonly epoch: number }
  | { readonly is: 'bye'; readonly cause: HangupCause };

/** What a browser takes its time for. */
export interface ClientJob {
  readonly is: 'offer' | 'describe' | 'preAnswer' | 'answer' | 'remake';
  readonly sdp: string;
}

export interface ClientCall {
  state: ClientCallState;
  /** Of the gateway, before the call is established. */
  offer: string;
  /** Of the newest offer of another path that was taken. */
  epoch: number;
  /** What the peer connection in use has offered, or answered. */
  path: string | null;
  /** The gateway has the description ahead of the answer. */
  isDescribed: boolean;
  hasMicrophone: boolean;
  hasTalked: boolean;
  jobs: readonly ClientJob[];
}

/** The gateway's leg of a party: how many offers there were, and to which it has both descriptions. */
export interface Leg {
  offers: number;
  path: string | null;
}

/** A party's client, its socket, and what the gateway has of it. */
export interface End {
  /** Counts reloads. */
  page: number;
  session: SessionState;
  /** The socket in use is open. */
  isOpen: boolean;
  dialling: 'alone' | 'beside' | null;
  /** On this socket it was told which calls survived. */
  isResumed: boolean;
  /** null: this page has never had it. */
  call: ClientCall | null;
  /** The epoch of the call that another page has left. */
  expected: number | null;
  /** This page knows, without the call, that it is over. */
  isOver: boolean;
  /** The gateway may not know of the end. */
  undelivered: boolean;
  /** On any page. */
  hasEnded: boolean;
  outbox: readonly Request[];
  pending: readonly string[];

  up: readonly ToGateway[];
  down: readonly ToClient[];
  /** Something was lost on the socket. */
  isBroken: boolean;

  /** `stale`: the gateway has not noticed yet that the client has left it. */
  held: 'current' | 'stale' | 'none';
  heldPage: number;
  /** Of a bye that the client has not acknowledged. */
  untaken: HangupCause | null;
  tombstone: HangupCause | null;
  leg: Leg | null;
}

/** What the media plane takes its time for. */
export interface GatewayJob {
  readonly is: 'accept' | 'offer' | 'answer' | 'remake';
  readonly leg: Party;
  readonly sdp: string;
}

export interface GatewayCall {
  state: GatewayCallState;
  /** Who has answered it. */
  owner: Party | null;
  jobs: readonly GatewayJob[];
}

/** How often each of these may still happen. */
export interface Faults {
  /** Something on its way is lost, and the socket with it; or comes twice. */
  losses: number;
  repeats: number;
  /** A socket closes, cannot be opened, or seems dead. */
  cuts: number;
  /** A step of media fails, a worker dies, a path is gone. */
  failures: number;
  /** A deadline comes while something is on its way. */
  delays: number;
  /** A client that goes for good, or is away for too long. */
  departures: number;
  reloads: number;
  restarts: number;
}

export interface World {
  readonly ends: Readonly<Record<Party, Readonly<End>>>;
  readonly call: Readonly<GatewayCall> | null;
  readonly left: Readonly<Faults>;
}
