import type { CallChange, CallRecord, LegRecord } from '../store/call-records.ts';
import { type CallState, type Established, type Inviting, isHeld, type LegId, legsOf } from './call-state.ts';
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

/** An answered call comes back once its caller was connected. */
export function outlivesProcess(state: CallState): state is Established {
  return state.name === 'established' && state.caller.description !== null;
}

/** A call that rings is there from its first moment, and another one once it is answered. */
export function beginningOf(call: CallFacts, state: CallState, at: number): CallChange[] {
  return state.name === 'inviting' ? [{ type: 'began', call: recordOf(call, state, call.request, at) }] : [];
}

export function changesOf(call: CallFacts, before: CallState, after: CallState, at: number): CallChange[] {
  if (before.name === 'inviting') return changesWhileRinging(call, before, after, at);
  if (!outlivesProcess(before) && !isWithCallee(before)) {
    return outlivesProcess(after) ? [{ type: 'began', call: recordOf(call, after, null, at) }] : [];
  }
  if (after.name === 'ended') return [{ type: 'ended', call: call.id, end: { cause: after.cause, at } }];
  return legsOf(before).flatMap((leg): CallChange[] => {
    const held = isHeld(after, leg);
    return held === isHeld(before, leg) ? [] : [{ type: 'held', leg, held }];
  });
}

function changesWhileRinging(call: CallFacts, before: Inviting, after: CallState, at: number): CallChange[] {
  switch (after.name) {
    case 'inviting': {
      const left = legsOf(after);
      return legsOf(before).flatMap((leg) => (left.includes(leg) ? [] : [{ type: 'legEnded', leg }]));
    }
    case 'established':
      return isWithCallee(after) ? [{ type: 'answered', call: call.id, leg: after.far.leg, at }] : [];
    case 'ended':
      return [{ type: 'ended', call: call.id, end: { cause: after.cause, at } }];
  }
}

const isWithCallee = (state: CallState): state is Established & { far: { kind: 'callee'; leg: LegId } } =>
  state.name === 'established' && state.far.kind === 'callee';

/** @param invite of a call that is not answered yet */
function recordOf(
  call: CallFacts,
  state: Inviting | Established,
  invite: CallRequest | null,
  establishedAt: number,
): CallRecord {
  const legs = legsOf(state);
  const callees = legsOfCall(call).filter((leg) => leg !== call.caller && legs.includes(leg.id));
  return {
    id: call.id,
    destination: call.request.destination,
    callerName: call.from.name,
    callerNumber: call.from.number,
    establishedAt,
    caller: legRecordOf(call.caller, state),
    callees: callees.map((callee) => legRecordOf(callee, state)),
    invite: invite && { clientState: invite.clientState ?? null, customHeaders: invite.customHeaders },
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
