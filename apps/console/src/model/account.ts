import type { Sentence } from './sentence.ts';

/**
 * The person's registration with a gateway.
 *
 *                 signIn                  ready
 *   signed-out ─────────────▶ connecting ───────▶ registered
 *       ▲  ▲                   │  ↺ lost, failed    │      ▲
 *       │  └── refused ────────┘                    │ lost │ ready
 *       │                                           ▼      │
 *       └── signOut, or refused without a call ── reconnecting ↺ failed
 *
 * A refusal while a call lives is remembered, and signs out only when the last call is over: the call's sound does
 * not need the registration.
 */
export type Account =
  | { status: 'signed-out'; problem: Sentence | null }
  | { status: 'connecting'; user: string; gateway: string; problem: Sentence | null }
  | { status: 'registered'; user: string; gateway: string }
  | { status: 'reconnecting'; user: string; gateway: string; refusal: Sentence | null };

export type AccountEvent =
  | { type: 'sign-in'; user: string; gateway: string }
  | { type: 'sign-out' }
  | { type: 'ready' }
  | { type: 'lost' }
  | { type: 'failed'; problem: Sentence }
  | { type: 'refused'; problem: Sentence; inCall: boolean }
  | { type: 'last-call-ended' };

export const SIGNED_OUT: Account = { status: 'signed-out', problem: null };

/** Nothing happens where the event has no meaning in the state: the same object comes back. */
export function account(state: Account, event: AccountEvent): Account {
  switch (event.type) {
    case 'sign-in':
      return { status: 'connecting', user: event.user, gateway: event.gateway, problem: null };
    case 'sign-out':
      return SIGNED_OUT;
    case 'ready':
      return state.status === 'signed-out' ? state : { status: 'registered', ...identity(state) };
    case 'lost':
      return state.status === 'registered'
        ? { status: 'reconnecting', ...identity(state), refusal: null }
        : state;
    case 'failed':
      return state.status === 'connecting' && state.problem?.what !== event.problem.what
        ? { ...state, problem: event.problem }
        : state;
    case 'refused':
      return refused(state, event);
    case 'last-call-ended':
      return state.status === 'reconnecting' && state.refusal !== null
        ? { status: 'signed-out', problem: state.refusal }
        : state;
  }
}

function refused(state: Account, { problem, inCall }: Extract<AccountEvent, { type: 'refused' }>): Account {
  if (state.status === 'signed-out') return state;
  if (!inCall) return { status: 'signed-out', problem };
  return { status: 'reconnecting', ...identity(state), refusal: problem };
}

function identity({ user, gateway }: Exclude<Account, { status: 'signed-out' }>) {
  return { user, gateway };
}
