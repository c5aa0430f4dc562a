import type { SessionEvent, SessionState } from '../signaling/session-machine.ts';

/**
 * - `connecting`: for the first time since `connect()`
 * - `connected`: calls can be made and received
 * - `reconnecting`: the connection is lost or seems dead, and another one is made; calls go on
 * - `offline`: as `reconnecting`, and the browser knows of no network
 * - `disconnected`: nothing happens until the application calls `connect()` or `login()`
 */
export type ConnectionState = 'connecting' | 'connected' | 'reconnecting' | 'offline' | 'disconnected';

const REASONS = {
  connect: 'requested',
  login: 'requested',
  disconnect: 'requested',
  preparing: 'token-needed',
  prepared: 'token-renewed',
  opened: 'opened',
  loginAccepted: 'registered',
  loginRefused: 'login-refused',
  registration: 'registration',
  clientReady: 'registration',
  closed: 'socket-closed',
  elapsed: 'timeout',
  silent: 'silent',
  heard: 'heard',
  hurry: 'retried',
  punted: 'ended-by-server',
  unopenable: 'unopenable',
} as const satisfies Record<SessionEvent['type'], string>;

/** Payload of `telnyx.connection`. */
export interface IConnectionEvent {
  state: ConnectionState;
  /**
   * What changed it; `displaced`: the session goes on elsewhere, in the copy of a tab for example; `revoked`: the
   * credential or the token is no longer valid.
   */
  reason: (typeof REASONS)[keyof typeof REASONS] | 'displaced' | 'revoked' | 'exhausted';
  /** Of the socket that closed (RFC 6455), where one did. */
  closeCode?: number;
  /** Attempts that have failed since the connection was last good. */
  attempt: number;
  /** When the next attempt begins, in milliseconds of the epoch; left out while one is under way. */
  nextAttemptAt?: number;
}

/** @param before the state that was told last */
export function toConnectionEvent(
  state: SessionState,
  event: SessionEvent,
  before: ConnectionState,
  page: { readonly isOnline: boolean; readonly now: number },
): IConnectionEvent {
  const word = toWord(state, before, page.isOnline);
  const closeCode = event.type === 'closed' ? event.closeCode : undefined;
  return {
    state: word,
    reason: toReason(state, event, closeCode),
    ...(closeCode === undefined ? {} : { closeCode }),
    attempt: 'attempt' in state ? state.attempt : 0,
    ...(state.name === 'waiting' ? { nextAttemptAt: page.now + state.delayMs } : {}),
  };
}

function toWord({ name }: SessionState, before: ConnectionState, isOnline: boolean): ConnectionState {
  if (name === 'ready') return 'connected';
  if (name === 'idle' || name === 'refused' || name === 'stranded') return 'disconnected';
  if (!isOnline) return 'offline';
  return before === 'disconnected' || before === 'connecting' ? 'connecting' : 'reconnecting';
}

function toReason(
  { name }: SessionState,
  { type }: SessionEvent,
  closeCode: number | undefined,
): IConnectionEvent['reason'] {
  if (closeCode === 4409) return 'displaced';
  if (closeCode === 4403) return 'revoked';
  return name === 'idle' && (type === 'closed' || type === 'registration') ? 'exhausted' : REASONS[type];
}
