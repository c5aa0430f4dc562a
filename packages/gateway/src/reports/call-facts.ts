import { type CallFacts, legsOfCall } from '../calls/call-changes.ts';
import type { ArchivedCall, ArchivedLeg } from '../store/archived-calls.ts';

/** What is known of a call when it begins. */
export function archivedCallOf(facts: CallFacts): Omit<ArchivedCall, 'nodeId' | 'startedAt' | 'answeredAt'> {
  const { id, caller, target, request, from } = facts;
  const callee = target.kind === 'callees' ? target.legs[0] : undefined;
  return {
    id,
    callerName: from.name,
    callerNumber: from.number,
    destination: request.destination,
    caller: caller.session.identity.sipUsername,
    callee: callee?.session.identity.sipUsername ?? null,
    endedAt: null,
    cause: null,
    causeCode: null,
    mos: null,
    worst: null,
  };
}

export function archivedLegsOf(facts: CallFacts, startedAt: number): ArchivedLeg[] {
  return legsOfCall(facts).map((leg) => {
    const { identity, ids } = leg.session;
    return {
      id: leg.id,
      callId: leg.callId,
      callReportId: ids.callReportId,
      role: leg === facts.caller ? 'caller' : 'callee',
      user: identity.visit === undefined ? identity.sipUsername : null,
      credentialId: identity.credentialId,
      startedAt,
      endedAt: null,
      cause: null,
      causeCode: null,
      clockOffsetMs: null,
    };
  });
}
