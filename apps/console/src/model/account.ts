import { type Connection, endOfConnection, hurried, needsSignIn } from './connection.ts';
import type { Sentence } from './sentence.ts';

/**
 * The person's registration with a gateway.
 *
 *                 signIn                  connected
 *   signed-out ─────────────▶ connecting ───────────▶ signed-in
 *       ▲  ▲                   │  ↺ other words        │ ↺ whatever the connection does
 *       │  └── disconnected ───┘                       │
 *       └── signOut, or disconnected for want of a ────┘
 *           sign-in that the gateway takes
 *
 * Such an end while a call lives signs out only when the last call is over: the call's sound does not need the
 * registration.
 */
export type Account =
  | { status: 'signed-out'; problem: Sentence | null }
  | { status: 'connecting' | 'signed-in'; user: string; gateway: string; connection: Connection };

export type AccountEvent =
  | { type: 'sign-in'; user: string; gateway: string }
  | { type: 'sign-out' }
  /** The SDK could not even begin with what was typed. */
  | { type: 'unusable'; problem: Sentence }
  | { type: 'connection'; connection: Connection; inCall: boolean }
  /** The person does not want to wait for the next attempt. */
  | { type: 'hurry' }
  | { type: 'last-call-ended' };

export const SIGNED_OUT: Account = { status: 'signed-out', problem: null };

const CONNECTING: Connection = { state: 'connecting', failures: 0, nextAttemptAt: null };

/** Nothing happens where the event has no meaning in the state: the same object comes back. */
export function account(state: Account, event: AccountEvent): Account {
  switch (event.type) {
    case 'sign-in':
      return { status: 'connecting', user: event.user, gateway: event.gateway, connection: CONNECTING };
    case 'sign-out':
      return SIGNED_OUT;
    case 'unusable':
      return { status: 'signed-out', problem: event.problem };
    case 'connection':
      return state.status === 'signed-out' ? state : connectionChanged(state, event);
    case 'hurry':
      return state.status === 'signed-out' ? state : { ...state, connection: hurried(state.connection) };
    case 'last-call-ended':
      return state.status === 'signed-in' && needsSignIn(state.connection) ? ended(state.connection) : state;
  }
}

export function isConnected(state: Account): boolean {
  return state.status === 'signed-in' && state.connection.state === 'connected';
}

function connectionChanged(
  state: Exclude<Account, { status: 'signed-out' }>,
  { connection, inCall }: Extract<AccountEvent, { type: 'connection' }>,
): Account {
  if (connection.state === 'connected') return { ...state, status: 'signed-in', connection };
  const isOver =
    state.status === 'connecting' ? connection.state === 'disconnected' : needsSignIn(connection) && !inCall;
  return isOver ? ended(connection) : { ...state, connection };
}

function ended(connection: Connection): Account {
  const reason = connection.state === 'disconnected' ? connection.reason : '';
  return { status: 'signed-out', problem: endOfConnection(reason) };
}
