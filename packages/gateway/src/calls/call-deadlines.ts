import { causes } from '@parley/protocol';
import type { CallEvent } from './call-events.ts';
import type { CallState, LegId, RemadeLeg } from './call-state.ts';

/** Something that happens to a state if nothing else does. It lives as long as the state has one of its name. */
export interface CallDeadline {
  name: string;
  afterMs: number;
  event: CallEvent;
}

/** A client must negotiate and perhaps gather candidates; longer than this, a person waits in silence for nothing. */
const attachMs = 20_000;

/** Twice as long each time: a worker that died of its start is started again later and later. */
const firstRemakeMs = 500;

/** The media plane tells a silence every 15 s. */
const silenceMs = 20_000;

/** The caller of an engine may be anybody, and an engine never tires. */
const visitDeadline: CallDeadline = {
  name: 'visit',
  afterMs: 3_600_000,
  event: { type: 'terminate', cause: { ...causes.normalUnspecified, sipReason: 'Longest call reached' } },
};

/** A client that is away is waited for as long as its session is held, whatever it owes. */
export function callDeadlines(state: CallState, ringMs: number): CallDeadline[] {
  switch (state.name) {
    case 'inviting':
      return [{ name: 'ring', afterMs: ringMs, event: { type: 'ringTimeout' } }];
    case 'established':
      return [
        ...state.remaking.flatMap((leg) => remakingDeadlines(leg, state.away.includes(leg.id))),
        ...Object.entries(state.silent).flatMap(([leg, times]) => silenceDeadlines(leg, times)),
        ...(state.far.kind === 'engine' ? [visitDeadline] : []),
      ];
    case 'ended':
      return [];
  }
}

/** A silence that is not told again is over. */
function silenceDeadlines(leg: LegId, times: number): CallDeadline[] {
  if (times === 0) return [];
  return [
    { name: `silence ${leg} ${String(times)}`, afterMs: silenceMs, event: { type: 'mediaHeard', leg } },
  ];
}

function remakingDeadlines(leg: RemadeLeg, isAway: boolean): CallDeadline[] {
  const { id } = leg;
  switch (leg.name) {
    case 'asked':
      return [];
    case 'failed': {
      const afterMs = firstRemakeMs * 2 ** (leg.tries - 1);
      return [{ name: `remake ${id}`, afterMs, event: { type: 'remakeDue', leg: id } }];
    }
    case 'offered':
      if (isAway) return [];
      return [{ name: `attach ${id}`, afterMs: attachMs, event: { type: 'attachTimeout', leg: id } }];
  }
}
