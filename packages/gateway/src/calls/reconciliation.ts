/**
 * A client that comes back says which calls it has; the session knows which legs it has. What differs is settled for
 * each call alone:
 *
 *                      | named, media intact | named, media lost | not named: same run | another run
 *   no leg             | bye                 | bye               | –                   | –
 *   offered to it      | keep                | keep              | invite              | invite
 *   its call rings     | keep                | end               | keep                | end
 *   answer not taken   | keep                | attach            | keep                | end
 *   established        | keep                | attach            | end                 | end
 *
 * The same run of a client that does not name a call which it makes has not heard the answer to its invite, and will
 * repeat that. Another run is another page: its calls are those that it found in storage, and the others are nobody's.
 *
 * An offer of another media path that awaits its answer is told again to a client that has not taken it (`keep`). One
 * that took it has answered, and that answer is lost: it would take the same offer for a repetition (`attach`).
 */
import type { HeldCall } from '@parley/protocol';
import type { LegPhase } from './call-state.ts';

/** How far a leg is, and which offer of another media path its client has not answered. */
export interface LegStanding {
  phase: LegPhase;
  openEpoch: number | null;
}

/** What a client says when it comes back. */
export interface ClientWord {
  calls: readonly HeldCall[];
  /** It is the run of the client that the session was last told of. */
  sameRun: boolean;
}

export type Verdict =
  /** The leg goes on; what its client may not know is told again. */
  | 'keep'
  /** It is offered another media path. */
  | 'attach'
  /** It rings anew, at a client that knows nothing of it. */
  | 'invite'
  /** Nobody is there for it any more. */
  | 'end'
  /** There is no such leg: its client is told so. */
  | 'bye';

/** @param legs by the ids that the client knows them by. @returns a verdict on each call of either side */
export function reconcile(
  legs: ReadonlyMap<string, LegStanding>,
  { calls, sameRun }: ClientWord,
): Map<string, Verdict> {
  const verdicts = new Map<string, Verdict>();
  for (const [callId, { phase }] of legs) verdicts.set(callId, unnamed(phase, sameRun));
  for (const call of calls) {
    const leg = legs.get(call.callID);
    verdicts.set(call.callID, leg === undefined ? 'bye' : named(leg, call));
  }
  return verdicts;
}

function named({ phase, openEpoch }: LegStanding, { media, epoch }: HeldCall): Verdict {
  switch (phase) {
    case 'offered':
      return 'keep';
    case 'calling':
      return media === 'lost' ? 'end' : 'keep';
    case 'answered':
    case 'established':
      if (openEpoch !== null) return epoch < openEpoch ? 'keep' : 'attach';
      return media === 'lost' ? 'attach' : 'keep';
  }
}

function unnamed(phase: LegPhase, sameRun: boolean): Verdict {
  switch (phase) {
    case 'offered':
      return 'invite';
    case 'calling':
    case 'answered':
      return sameRun ? 'keep' : 'end';
    case 'established':
      return 'end';
  }
}
