import { RpcErrorCode, type ServerNotification, type ServerRequest } from '@parley/protocol';
import { RpcError, type Connection, type Reply } from '../sessions/connection.ts';
import type { Session } from '../sessions/session.ts';
import { aiConversation } from './ai-conversation.ts';
import { bye, candidate, endOfCandidates, info, modify } from './call-change.ts';
import { answer, attach, invite, preAnswer, remake } from './call-setup.ts';
import { broadcast, subscribe, unsubscribe } from './channels.ts';
import { anonymousLogin, login } from './login.ts';
import type { Gatekeeping, SessionHandler, SessionMethod } from './method.ts';
import { gatewayState, ping } from './registration.ts';

const handlers: { [M in SessionMethod]: SessionHandler<M> } = {
  'telnyx_rtc.gatewayState': gatewayState,
  'telnyx_rtc.ping': ping,
  'telnyx_rtc.invite': invite,
  'telnyx_rtc.answer': answer,
  'telnyx_rtc.attach': attach,
  'telnyx_rtc.bye': bye,
  'telnyx_rtc.modify': modify,
  'telnyx_rtc.info': info,
  'telnyx_rtc.candidate': candidate,
  'telnyx_rtc.endOfCandidates': endOfCandidates,
  'telnyx_rtc.subscribe': subscribe,
  'telnyx_rtc.unsubscribe': unsubscribe,
  'telnyx_rtc.broadcast': broadcast,
  ai_conversation: aiConversation,
  'parley.preAnswer': preAnswer,
  'parley.remake': remake,
};

/** @throws {RpcError} where the request is refused */
export async function handleRequest(
  gatekeeping: Gatekeeping,
  connection: Connection,
  request: ServerRequest | ServerNotification,
): Promise<Reply> {
  switch (request.method) {
    case 'login':
      return await login(gatekeeping, connection, request.params);
    case 'anonymous_login':
      return await anonymousLogin(gatekeeping, connection, request.params);
    default:
      if (connection.session === null) {
        throw new RpcError(RpcErrorCode.notLoggedIn, 'Log in first: this socket has no session.');
      }
      return await dispatch(gatekeeping, connection.session, request);
  }
}

function dispatch<M extends SessionMethod>(
  gatekeeping: Gatekeeping,
  session: Session,
  request: { method: M; params: Parameters<SessionHandler<M>>[2] },
): Reply | Promise<Reply> {
  const handler: SessionHandler<M> = handlers[request.method];
  return handler(gatekeeping, session, request.params);
}
