import { RpcErrorCode } from '@parley/protocol';
import { RpcError, type Reply } from '../sessions/connection.ts';
import type { Session } from '../sessions/session.ts';
import type { Gatekeeping, SessionHandler } from './method.ts';

export const invite: SessionHandler<'telnyx_rtc.invite'> = async ({ calls }, session, params) => {
  const { callID: callId, ...dialog } = params.dialogParams;
  const reply: Reply = { result: result(session, callId, 'CALL CREATED') };
  // A client that repeats its invite has not heard the answer; the call is the same one.
  if (calls.find(session, callId) !== undefined) return reply;
  const ended = session.untakenBye(callId) ?? calls.ended(session, callId);
  if (ended !== undefined) {
    return {
      ...reply,
      afterwards: () => {
        session.bye({ ...ended, callID: callId });
      },
    };
  }
  const setOut = await calls.prepare(session, callId, params.sdp, {
    destination: dialog.destination_number ?? '',
    callerName: dialog.caller_id_name,
    callerNumber: dialog.caller_id_number,
    clientState: dialog.clientState,
    customHeaders: dialog.custom_headers ?? [],
  });
  return { ...reply, afterwards: setOut };
};

export const answer: SessionHandler<'telnyx_rtc.answer'> = (gatekeeping, session, params) => {
  const callId = params.dialogParams.callID;
  const { sdp } = params;
  const found = gatekeeping.calls.find(session, callId);
  if (sdp === undefined && found?.call.isUndescribed(found.leg.id) === true) {
    throw new RpcError(RpcErrorCode.invalidParams, 'params.sdp is missing: nothing was pre-answered.');
  }
  return forCall(gatekeeping, session, callId, 'CALL ANSWERED', ({ call, leg }) => {
    call.handle({ type: 'answer', leg: leg.id, sdp: sdp ?? null });
  });
};

export const preAnswer: SessionHandler<'parley.preAnswer'> = (gatekeeping, session, params) =>
  forCall(gatekeeping, session, params.dialogParams.callID, 'CALL PREPARED', ({ call, leg }) => {
    call.handle({ type: 'preAnswer', leg: leg.id, sdp: params.sdp });
  });

export const attach: SessionHandler<'telnyx_rtc.attach'> = (gatekeeping, session, params) =>
  forCall(gatekeeping, session, params.dialogParams.callID, 'CALL ATTACHED', ({ call, leg }) => {
    call.handle({ type: 'reattached', leg: leg.id, sdp: params.sdp, epoch: params.parley?.epoch });
  });

/** The client's path is gone for good; it is offered another one by `attach`. */
export const remake: SessionHandler<'parley.remake'> = (gatekeeping, session, params) => {
  const callId = params.dialogParams.callID;
  if (gatekeeping.calls.find(session, callId)?.call.stateName === 'inviting') {
    throw new RpcError(
      RpcErrorCode.invalidRequest,
      'The call is not answered yet: restart ICE by updateMedia, or hang up.',
    );
  }
  return forCall(gatekeeping, session, callId, 'CALL REMADE', ({ call, leg }) => {
    call.handle({ type: 'mediaLost', leg: leg.id });
  });
};

/** What is said of a call that just ended is answered as if it came in time; the client is told of the end again. */
function forCall(
  { calls }: Gatekeeping,
  session: Session,
  callId: string,
  message: string,
  act: (found: NonNullable<ReturnType<typeof calls.find>>) => void,
): Reply {
  const found = calls.find(session, callId);
  if (found !== undefined) {
    return {
      result: result(session, callId, message),
      afterwards: () => {
        act(found);
      },
    };
  }
  const cause = calls.ended(session, callId);
  if (cause === undefined) throw noSuchCall(callId);
  return {
    result: result(session, callId, 'CALL ENDED'),
    afterwards: () => {
      session.bye({ callID: callId, ...cause });
    },
  };
}

export function result(session: Session, callId: string, message: string) {
  return { message, callID: callId, sessid: session.ids.id };
}

export function noSuchCall(callId: string): RpcError {
  return new RpcError(RpcErrorCode.noSuchCall, `This session has no call ${callId}.`);
}
