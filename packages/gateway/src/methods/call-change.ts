import {
  RpcErrorCode,
  causes,
  fromName,
  type ByeParams,
  type HangupCause,
  type InfoMessage,
} from '@parley/protocol';
import type { CallAndLeg } from '../calls/calls.ts';
import { MediaError } from '../media/media-plane.ts';
import { RpcError } from '../sessions/connection.ts';
import type { Session } from '../sessions/session.ts';
import { noSuchCall, result } from './call-setup.ts';
import type { SessionHandler } from './method.ts';

/** Answered for any call, known or not: a client that repeats its bye must not be told that it failed. */
export const bye: SessionHandler<'telnyx_rtc.bye'> = ({ calls }, session, params) => {
  const callId = params.dialogParams.callID;
  const cause = statedCause(params);
  calls.endedAtClient(session, callId, cause);
  return {
    result: {
      ...result(session, callId, 'CALL ENDED'),
      cause: cause.cause,
      causeCode: cause.causeCode,
    },
  };
};

export const modify: SessionHandler<'telnyx_rtc.modify'> = async ({ calls }, session, params) => {
  const callId = params.dialogParams.callID;
  const found = calls.find(session, callId);
  if (found === undefined) throw noSuchCall(callId);
  const outcome = { action: params.action, callID: callId, sessid: session.ids.id };
  switch (params.action) {
    case 'updateMedia':
      return { result: { ...outcome, sdp: await renegotiate(found, params.sdp) } };
    case 'hold':
      return { result: { ...outcome, holdState: hold(found, true) } };
    case 'unhold':
      return { result: { ...outcome, holdState: hold(found, false) } };
    case 'toggleHold':
      return { result: { ...outcome, holdState: hold(found, !found.call.isHeld(found.leg.id)) } };
  }
};

export const info: SessionHandler<'telnyx_rtc.info'> = ({ calls }, session, params) => {
  const callId = params.dialogParams.callID;
  const found = calls.find(session, callId);
  if (found === undefined) throw noSuchCall(callId);
  if (params.dtmf !== undefined) found.call.dtmf(found.leg.id, params.dtmf);
  if (params.msg !== undefined) sendMessage(found, session, params.msg);
  return { result: result(session, callId, 'SENT') };
};

export const candidate: SessionHandler<'telnyx_rtc.candidate'> = ({ calls }, session, params) => {
  const callId = params.dialogParams.callID;
  const found = calls.find(session, callId);
  found?.call.candidate(found.leg.id, params.candidate, params.sdpMid ?? null);
  return { result: result(session, callId, 'CANDIDATE TAKEN') };
};

/** Nothing waits for the end of a client's candidates: connectivity checks go on as they come. */
export const endOfCandidates: SessionHandler<'telnyx_rtc.endOfCandidates'> = (_, session, params) => ({
  result: result(session, params.dialogParams.callID, 'END OF CANDIDATES TAKEN'),
});

function hold({ call, leg }: CallAndLeg, held: boolean): 'held' | 'active' {
  call.handle({ type: 'hold', leg: leg.id, held });
  return call.isHeld(leg.id) ? 'held' : 'active';
}

async function renegotiate({ call, leg }: CallAndLeg, offer: string): Promise<string> {
  try {
    return await call.renegotiate(leg.id, offer);
  } catch (error) {
    if (!(error instanceof MediaError)) throw error;
    throw new RpcError(RpcErrorCode.invalidParams, `The offer cannot be answered: ${error.message}`);
  }
}

function sendMessage({ call, leg }: CallAndLeg, from: Session, msg: InfoMessage): void {
  const other = call.other(leg.id);
  if (other === null) {
    throw new RpcError(
      RpcErrorCode.invalidRequest,
      'Nobody is there to take the message: the call is not answered.',
    );
  }
  other.session.push('telnyx_rtc.info', {
    callID: other.callId,
    msg: { from: from.identity.sipUsername, to: other.session.identity.sipUsername, body: msg.body ?? '' },
  });
}

/** What the client says of the end, completed from the table of causes; what it leaves out is a normal end. */
function statedCause({ cause, causeCode, sipCode }: ByeParams): HangupCause {
  if (cause === undefined) return causes.normalClearing;
  const known = fromName(cause) ?? { cause, causeCode: causes.normalUnspecified.causeCode };
  return {
    ...known,
    ...(causeCode === undefined ? {} : { causeCode }),
    ...(sipCode === undefined || sipCode === null ? {} : { sipCode }),
  };
}
