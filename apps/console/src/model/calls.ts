import { endSentence } from './call-end.ts';
import type { CallPhase, CallSnapshot, CallView } from './call-view.ts';

/** A call that is over. */
export interface PastCall {
  id: string;
  who: string;
  number: string;
  direction: 'inbound' | 'outbound';
  /** Why it ended, in plain words. */
  sentence: string;
  /** Somebody called and nobody answered. */
  missed: boolean;
  talkedMs: number | null;
  endedAt: number;
}

export interface Calls {
  /** In the order in which they began. */
  live: readonly CallView[];
  /** The latest first. */
  past: readonly PastCall[];
}

export const NO_CALLS: Calls = { live: [], past: [] };

const PAST_LIMIT = 20;

/** A call that has ended stays ended, whatever arrives later. */
export function callChanged(calls: Calls, now: CallSnapshot, at: number): Calls {
  if (calls.past.some(({ id }) => id === now.id)) return calls;
  const known = calls.live.find(({ id }) => id === now.id);
  if (now.phase === 'ended') return known === undefined ? calls : ended(calls, known, now, at);
  if (known === undefined) {
    const view = now.phase === null ? undefined : begun(now, now.phase, at);
    return view === undefined ? calls : { ...calls, live: [...calls.live, view] };
  }
  const changed = continued(known, now, at);
  return { ...calls, live: calls.live.map((view) => (view === known ? changed : view)) };
}

export function changeCall(calls: Calls, id: string, change: Partial<CallView>): Calls {
  return { ...calls, live: calls.live.map((view) => (view.id === id ? { ...view, ...change } : view)) };
}

/** The local reason wins over what the gateway said of a call that never began properly here. */
export function callFailed(calls: Calls, id: string, failure: string): Calls {
  return {
    live: calls.live.map((view) => (view.id === id ? { ...view, failure } : view)),
    past: calls.past.map((past) => (past.id === id ? { ...past, sentence: failure } : past)),
  };
}

/** One call talks at a time: these go on hold when `id` begins to talk. */
export function othersTalking({ live }: Calls, id: string | null): readonly CallView[] {
  return live.filter((view) => view.id !== id && view.phase === 'talking');
}

/** The call that keys and shortcuts mean: the one that talks, else the youngest that is not waiting to be answered. */
export function callInFront({ live }: Calls): CallView | undefined {
  const mine = live.filter(({ phase }) => phase !== 'incoming');
  return mine.find(({ phase }) => phase === 'talking') ?? mine.at(-1);
}

export function incomingCalls({ live }: Calls): readonly CallView[] {
  return live.filter(({ phase }) => phase === 'incoming');
}

/** How many calls people are talking in, or have put on hold. */
export function callsGoingOn({ live }: Calls): number {
  return live.filter(({ answeredAt }) => answeredAt !== null).length;
}

function begun(now: CallSnapshot, phase: CallPhase, at: number): CallView {
  const { id, who, number, direction, interrupted, muted, session } = now;
  const answeredAt = isAnswered(phase) ? at : null;
  const view = { id, who, number, direction, phase, startedAt: at, answeredAt, interrupted, muted, session };
  return { ...view, silenced: false, mutedBefore: false, digits: '', endedHere: false, failure: null };
}

function continued(known: CallView, now: CallSnapshot, at: number): CallView {
  const phase = now.phase === null || now.phase === 'ended' ? known.phase : now.phase;
  return {
    ...known,
    phase,
    interrupted: now.interrupted,
    muted: now.muted,
    session: now.session === '' ? known.session : now.session,
    answeredAt: known.answeredAt ?? (isAnswered(phase) ? at : null),
  };
}

const isAnswered = (phase: CallPhase) => phase === 'talking' || phase === 'held';

function ended(calls: Calls, view: CallView, now: CallSnapshot, at: number): Calls {
  const answered = view.answeredAt !== null;
  const past: PastCall = {
    id: view.id,
    who: view.who,
    number: view.number,
    direction: view.direction,
    sentence: view.failure ?? endSentence({ ...view, ...causes(now), answered }),
    missed: view.direction === 'inbound' && !answered && !view.endedHere && now.cause !== 'LOSE_RACE',
    talkedMs: view.answeredAt === null ? null : at - view.answeredAt,
    endedAt: at,
  };
  return {
    live: calls.live.filter((other) => other !== view),
    past: [past, ...calls.past].slice(0, PAST_LIMIT),
  };
}

function causes({ cause, causeCode, sipCode }: CallSnapshot) {
  return { cause, causeCode, sipCode };
}
