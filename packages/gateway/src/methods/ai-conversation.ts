import { RpcErrorCode } from '@parley/protocol';
import { RpcError } from '../sessions/connection.ts';
import type { SessionHandler } from './method.ts';

/** An item names no call: it is for the assistant that the session talks to. */
export const aiConversation: SessionHandler<'ai_conversation'> = ({ calls }, session, { item }) => {
  const { visit } = session.identity;
  if (visit === undefined) {
    throw new RpcError(RpcErrorCode.invalidRequest, 'This session has no assistant to talk to.');
  }
  const assistant = calls.assistantOf(session);
  if (assistant === undefined) {
    throw new RpcError(
      RpcErrorCode.invalidRequest,
      'No call is up: call the assistant before you write to it.',
    );
  }
  const taken = visit.take(item);
  if ('refused' in taken) throw new RpcError(RpcErrorCode.invalidParams, taken.refused);
  const { input } = taken;
  return {
    result: { message: 'ITEM TAKEN', sessid: session.ids.id },
    ...(input !== null && {
      afterwards: () => {
        assistant.tell(input);
      },
    }),
  };
};
