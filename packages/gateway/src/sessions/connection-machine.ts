/**
 * One socket's conduct: how long it may stay anonymous, when it is pinged, when its silence or its misbehaviour
 * ends it.
 *
 *             authenticated
 *  anonymous ───────────────▶ authenticated
 *      │ login deadline           │ silence, flood, junk, release
 *      ▼                          ▼
 *   closed ◀──────────────────────┘
 *
 * While its session has legs, it is pinged more often and may be silent for less long: its client tells by the pings
 * that the gateway is there, and a leg whose client is gone has somebody at its other end.
 *
 * Times are monotonic milliseconds.
 */
import { CloseCode } from '@parley/protocol';

export const loginDeadlineMs = 5_000;
export const patience = {
  idle: { pingIntervalMs: 10_000, silenceLimitMs: 60_000 },
  inCall: { pingIntervalMs: 5_000, silenceLimitMs: 15_000 },
} as const;
/** A token bucket: frames a second on average, and at once. Trickled candidates come in bursts. */
const framesPerSecond = 50;
const burstOfFrames = 300;
const junkFrames = { limit: 5, windowMs: 10_000 };

/** How the peer has behaved lately. */
interface Conduct {
  tokens: number;
  refilledAt: number;
  junkAt: readonly number[];
}

export type ConnectionState =
  | { name: 'anonymous'; openedAt: number; conduct: Conduct }
  | {
      name: 'authenticated';
      pace: keyof typeof patience;
      heardAt: number;
      pingedAt: number;
      conduct: Conduct;
    }
  | { name: 'closed' };

export type ConnectionEvent =
  /** A frame arrived. */
  | { type: 'received'; at: number }
  /** The frame was not a message at all. */
  | { type: 'junk'; at: number }
  | { type: 'authenticated'; at: number }
  /** Its session has legs from now on, or none any more. */
  | { type: 'paced'; at: number; pace: keyof typeof patience }
  /** The time that {@link connectionDeadline} named has come. */
  | { type: 'deadline'; at: number }
  /** The gateway has no more use for it. */
  | { type: 'released'; code: CloseCode; reason: string }
  | { type: 'closed' };

export type ConnectionEffect = { do: 'ping' } | { do: 'close'; code: CloseCode; reason: string };

export interface ConnectionStep {
  state: ConnectionState;
  effects: readonly ConnectionEffect[];
}

export function openedConnection(at: number): ConnectionState {
  return {
    name: 'anonymous',
    openedAt: at,
    conduct: { tokens: burstOfFrames, refilledAt: at, junkAt: [] },
  };
}

export function connectionDeadline(state: ConnectionState): number | null {
  switch (state.name) {
    case 'anonymous':
      return state.openedAt + loginDeadlineMs;
    case 'authenticated': {
      const { pingIntervalMs, silenceLimitMs } = patience[state.pace];
      return Math.min(state.pingedAt + pingIntervalMs, state.heardAt + silenceLimitMs);
    }
    case 'closed':
      return null;
  }
}

export function connectionTransition(state: ConnectionState, event: ConnectionEvent): ConnectionStep {
  if (state.name === 'closed') return { state, effects: [] };
  switch (event.type) {
    case 'received':
      return received(state, event.at);
    case 'junk':
      return junk(state, event.at);
    case 'authenticated':
      return stay({
        name: 'authenticated',
        pace: 'idle',
        heardAt: event.at,
        pingedAt: event.at,
        conduct: state.conduct,
      });
    case 'paced':
      if (state.name === 'anonymous' || state.pace === event.pace) return stay(state);
      // What it left unanswered so far, it had longer to answer.
      return stay({ ...state, pace: event.pace, heardAt: event.at });
    case 'deadline':
      return deadline(state, event.at);
    case 'released':
      return close(event.code, event.reason);
    case 'closed':
      return stay({ name: 'closed' });
  }
}

type Open = Exclude<ConnectionState, { name: 'closed' }>;

const stay = (state: ConnectionState): ConnectionStep => ({ state, effects: [] });

const close = (code: CloseCode, reason: string): ConnectionStep => ({
  state: { name: 'closed' },
  effects: [{ do: 'close', code, reason }],
});

function received(state: Open, at: number): ConnectionStep {
  const { conduct } = state;
  const earned = ((at - conduct.refilledAt) / 1000) * framesPerSecond;
  const tokens = Math.min(burstOfFrames, conduct.tokens + earned) - 1;
  if (tokens < 0) return close(CloseCode.policyViolation, 'too many messages');
  const next = { ...conduct, tokens, refilledAt: at };
  return stay(
    state.name === 'anonymous' ? { ...state, conduct: next } : { ...state, heardAt: at, conduct: next },
  );
}

function junk(state: Open, at: number): ConnectionStep {
  const junkAt = [...state.conduct.junkAt.filter((then) => at - then < junkFrames.windowMs), at];
  if (junkAt.length >= junkFrames.limit) {
    return close(CloseCode.policyViolation, 'too many frames that are not JSON-RPC');
  }
  return stay({ ...state, conduct: { ...state.conduct, junkAt } });
}

function deadline(state: Open, at: number): ConnectionStep {
  const due = connectionDeadline(state);
  if (due === null || at < due) return stay(state);
  if (state.name === 'anonymous') {
    return close(CloseCode.loginTimeout, `no login within ${String(loginDeadlineMs / 1000)} s`);
  }
  if (at >= state.heardAt + patience[state.pace].silenceLimitMs)
    return close(CloseCode.goingAway, 'silent for too long');
  return { state: { ...state, pingedAt: at }, effects: [{ do: 'ping' }] };
}
