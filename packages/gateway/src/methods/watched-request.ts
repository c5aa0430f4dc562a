import { isRecord, type ServerNotification, type ServerRequest } from '@parley/protocol';
import type { CallWatch, WatchedMessage } from '../calls/call-watch.ts';
import { RpcError, type Connection, type Reply } from '../sessions/connection.ts';

/** Carries a request out; where it is about a call, whoever watches the call is told of it. */
export async function watchedRequest(
  watch: CallWatch,
  { session }: Connection,
  request: ServerRequest | ServerNotification,
  carryOut: () => Promise<Reply>,
): Promise<Reply> {
  const message = messageOf(request);
  if (session === null || message === null) return await carryOut();
  watch.received(session, message);
  try {
    const reply = await carryOut();
    watch.answered(session, message);
    return reply;
  } catch (error) {
    if (error instanceof RpcError) watch.refusedRequest(session, message, error.code);
    throw error;
  }
}

function messageOf(request: ServerRequest | ServerNotification): WatchedMessage | null {
  const { method } = request;
  const params: object = request.params;
  if (!('dialogParams' in params) || !isRecord(params.dialogParams)) return null;
  const { callID: callId, parley } = params.dialogParams;
  if (typeof callId !== 'string') return null;
  const traceparent = isRecord(parley) ? parley['traceparent'] : undefined;
  return {
    callId,
    method,
    ...('id' in request && { requestId: request.id }),
    ...(typeof traceparent === 'string' && { traceparent }),
    ...('action' in params && typeof params.action === 'string' && { action: params.action }),
  };
}
