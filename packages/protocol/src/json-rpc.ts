/** JSON-RPC 2.0 framing (https://www.jsonrpc.org/specification), one object a text frame. */

export type RequestId = string | number;

export interface Request<M extends string = string, P = unknown> {
  jsonrpc: '2.0';
  id: RequestId;
  method: M;
  params: P;
  /** Names the node that holds the session; learned from any frame, sent back at reconnect. */
  voice_sdk_id?: string | null;
}

export interface Notification<M extends string = string, P = unknown> {
  jsonrpc: '2.0';
  method: M;
  params: P;
  voice_sdk_id?: string | null;
}

export interface ErrorObject {
  code: number;
  message: string;
  data?: unknown;
}

export interface SuccessResponse<R = unknown> {
  jsonrpc: '2.0';
  id: RequestId;
  result: R;
  voice_sdk_id?: string | null;
}

export interface ErrorResponse {
  jsonrpc: '2.0';
  id: RequestId | null;
  error: ErrorObject;
  voice_sdk_id?: string | null;
}

export type Response<R = unknown> = SuccessResponse<R> | ErrorResponse;

/**
 * Error codes on the wire. -32000 is absent on purpose: an official client that gets it as the answer to a
 * login logs in again at once, for ever (PROTOCOL.md, LOGIN-4).
 */
export const RpcErrorCode = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
  /** Bad credentials and bad tokens alike. */
  loginIncorrect: -32001,
  /** A request that needs a login came before one. */
  notLoggedIn: -32002,
  /** The call named by the request is not one of this session's. */
  noSuchCall: -32003,
} as const;
export type RpcErrorCode = (typeof RpcErrorCode)[keyof typeof RpcErrorCode];
