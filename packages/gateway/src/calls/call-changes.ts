import type { CallChange, CallRecord, LegRecord } from '../store/call-records.ts';
import { type CallState, type Established, isHeld, legsOf } from './call-state.ts';
import type { CallRequest, CallTarget, Leg } from './leg.ts';
import type { CallerIdentity } from './routing.ts';

/** What of a call never changes. */
export interface CallFacts {
  id: string;
  caller: Leg;
  target: CallTarget;
  request: CallRequest;
  from: CallerIdentity;
}

export const legsOfCall = ({ caller, target }: CallFacts): readonly Leg[] =>
  target.kind === 'callees' ? [caller, ...target.legs] : [caller];

/** A call comes back if a person was connected: not while it is set up, and not to an engine that has forgotten it all. */
export function outlivesProcess(state: CallState): state is Established {
  return state.name === 'established' && state.far.kind !== 'engine' && state.caller.description !== null;
}

export function changesOf(call: CallFacts, before: CallState, after: CallState, at: number): CallChange[] {
  if (!outlivesProcess(before)) {
    return outlivesProcess(after) ? [{ type: 'established', call: recordOf(call, after, at) }] : [];
  }
  if (after.name === 'ended') return [{ type: 'ended', call: call.id, end: { cause: after.cause, at } }];
  return legsOf(before).flatMap((leg): CallChange[] => {
    const held = isHeld(after, leg);
    return held === isHeld(before, leg) ? [] : [{ type: 'held', leg, held }];
  });
}

function recordOf(call: CallFacts, state: Established, establishedAt: number): CallRecord {
  const { far } = state;
  const callee = far.kind === 'callee' ? legsOfCall(call).find(({ id }) => id === far.leg) : undefined;
  return {
    id: call.id,
    destination: call.request.destination,
    callerName: call.from.name,
    callerNumber: call.from.number,
    establishedAt,
    caller: legRecordOf(call.caller, state),
    callee: callee === undefined ? null : legRecordOf(callee, state),
    end: null,
  };
}

function legRecordOf({ id, session, callId }: Leg, state: CallState): LegRecord {
  return {
    id,
    sessionId: session.ids.id,
    callId,
    callReportId: session.ids.callReportId,
    credentialId: session.identity.credentialId,
    held: isHeld(state, id),
  };
}
