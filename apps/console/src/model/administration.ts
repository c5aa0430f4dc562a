import { type Answer, isUnauthorized, problemOf } from './answer.ts';
import { listOf, textOf } from './members.ts';

/** A session as the gateway's administration tells it. */
export interface GatewaySession {
  id: string;
  user: string;
  /** Its client has no socket at present. */
  isHeld: boolean;
  /** Calls that were answered. */
  calls: number;
}

/**
 * What a developer sees of the gateway's administration.
 *
 *              listed                      the key is refused, or forgotten
 *   locked ─────────────▶ open ↺ listed ──────────────────────────────────▶ locked
 */
export type Administration =
  | ({ status: 'locked' } & Asking)
  | ({
      status: 'open';
      sessions: readonly GatewaySession[];
      /** The fault that was made last; empty where none was. */
      made: string;
    } & Asking);

interface Asking {
  /** The gateway is to answer. */
  isAsking: boolean;
  /** Why the gateway did not do what it was asked last; empty where it did. */
  problem: string;
}

export type AdministrationEvent =
  | { type: 'asked' }
  | { type: 'listed'; answer: Answer }
  | { type: 'made'; fault: string; answer: Answer }
  /** The API key was forgotten. */
  | { type: 'forgotten' };

export const LOCKED: Administration = { status: 'locked', isAsking: false, problem: '' };

export const SESSIONS_PATH = 'sessions?page[size]=50';

export function simulationPath(session: string): string {
  return `sessions/${encodeURIComponent(session)}/simulate`;
}

export function administration(state: Administration, event: AdministrationEvent): Administration {
  switch (event.type) {
    case 'asked':
      return { ...state, isAsking: true, problem: '' };
    case 'listed':
      return answered(state, event.answer, () => ({
        status: 'open',
        isAsking: false,
        problem: '',
        sessions: parseSessions(event.answer.body),
        made: '',
      }));
    case 'made':
      if (state.status === 'locked') return state;
      return answered(state, event.answer, () => ({ ...state, isAsking: false, made: event.fault }));
    case 'forgotten':
      return LOCKED;
  }
}

/** What comes after the key was forgotten counts no more. */
function answered(state: Administration, answer: Answer, done: () => Administration): Administration {
  if (!state.isAsking) return state;
  const problem = problemOf(answer, 'The gateway does not know this API key.');
  if (problem === '') return done();
  return isUnauthorized(answer) ? { ...LOCKED, problem } : { ...state, isAsking: false, problem };
}

function parseSessions(body: unknown): readonly GatewaySession[] {
  return listOf(body, 'data').map((session) => ({
    id: textOf(session, 'id'),
    user: textOf(session, 'sip_username'),
    isHeld: textOf(session, 'state') === 'held',
    calls: listOf(session, 'calls').filter((call) => textOf(call, 'state') === 'established').length,
  }));
}
