/**
 * A process that is to run as long as its gateway does.
 *
 *   running ── exited ──▶ waiting ── elapsed ──▶ running        close: from either ──▶ closed
 *
 * The wait doubles from one early end to the next; a process that has run for a while starts anew at the shortest.
 */
export type SupervisionState =
  | { readonly name: 'running'; readonly since: number; readonly failures: number }
  | { readonly name: 'waiting'; readonly failures: number; readonly delayMs: number }
  | { readonly name: 'closed' };

export type SupervisionEvent =
  | { readonly type: 'exited'; readonly at: number }
  | { readonly type: 'elapsed'; readonly at: number }
  | { readonly type: 'close' };

export type SupervisionEffect = 'start' | 'stop';

export interface SupervisionStep {
  readonly state: SupervisionState;
  readonly effects: readonly SupervisionEffect[];
}

const SHORTEST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 30_000;
const SETTLED_MS = 10_000;

/** @param at monotonic milliseconds, as everywhere here */
export function supervised(at: number): SupervisionStep {
  return { state: { name: 'running', since: at, failures: 0 }, effects: ['start'] };
}

export function supervisionTransition(state: SupervisionState, event: SupervisionEvent): SupervisionStep {
  if (state.name === 'closed') return { state, effects: [] };
  switch (event.type) {
    case 'exited': {
      if (state.name !== 'running') return { state, effects: [] };
      const failures = event.at - state.since >= SETTLED_MS ? 0 : state.failures + 1;
      const delayMs = Math.min(LONGEST_DELAY_MS, SHORTEST_DELAY_MS * 2 ** failures);
      return { state: { name: 'waiting', failures, delayMs }, effects: [] };
    }
    case 'elapsed':
      if (state.name !== 'waiting') return { state, effects: [] };
      return { state: { name: 'running', since: event.at, failures: state.failures }, effects: ['start'] };
    case 'close':
      return { state: { name: 'closed' }, effects: state.name === 'running' ? ['stop'] : [] };
  }
}
