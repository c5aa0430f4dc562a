/**
 * Reads what the gateway sends, as far as a client needs: whose frame it is and that its members have their types.
 * Imports nothing of the other direction: it is part of every page that can call.
 */
import { isDeeperThan } from './json-depth.ts';
import type { ErrorObject, RequestId, RpcErrorCode } from './json-rpc.ts';
import { isIceServer } from './ice-server.ts';
import type { ClientMethod, ToClient } from './methods.ts';
import { isRecord } from './record.ts';

export interface PushOf<M extends ClientMethod> {
  kind: 'push';
  /** To be acknowledged where it is given. */
  id?: RequestId | undefined;
  method: M;
  /** Members of the protocol have their types or are absent; others are as they came, for the application. */
  params: ToClient[M]['params'];
}

/** What the gateway says of its own accord: narrowing on `method` types `params`. */
export type Push<M extends ClientMethod = ClientMethod> = { [K in M]: PushOf<K> }[M];

export type DecodedToClient = { voiceSdkId?: string } & (
  | Push
  | { kind: 'response'; id: RequestId; result: Record<string, unknown> }
  | { kind: 'response'; id: RequestId; error: ErrorObject }
  /** To be logged; a request is to be refused, so that the gateway does not wait. */
  | { kind: 'ignored'; reason: string; refusal?: { id: RequestId; code: RpcErrorCode } | undefined }
);

/** What a gateway answers to a speed test: `up` when everything was received, then `down`. */
export interface SpeedTestAnswer {
  direction: 'up' | 'down';
  ms: number;
}

/** Apart from the frames of calls, as few clients test the speed. @returns undefined where it is something else */
export function decodeSpeedTestAnswer(frame: string): SpeedTestAnswer | undefined {
  const [, direction, ms] = /^#SP([UD]) ?(\d{1,9})/.exec(frame) ?? [];
  if (!direction) return undefined;
  return { direction: direction === 'U' ? 'up' : 'down', ms: Number(ms) };
}

/** Decodes one text frame from a gateway. Never throws. */
export function decodeToClient(frame: string): DecodedToClient {
  if (isDeeperThan(maxDepth, frame)) return ignored('too deep');
  let value: unknown;
  try {
    value = JSON.parse(frame);
  } catch {
    return ignored('not JSON');
  }
  if (!isRecord(value)) return ignored('not an object');
  const decoded = decodeObject(value);
  const voiceSdkId = value['voice_sdk_id'];
  return typeof voiceSdkId === 'string' && voiceSdkId ? { ...decoded, voiceSdkId } : decoded;
}

/** Deeper than the gateway's own limit: an assistant's events are not the gateway's. */
const maxDepth = 64;

function decodeObject(frame: Record<string, unknown>): DecodedToClient {
  const { error, method, params = {}, result } = frame;
  const id = isRequestId(frame['id']) ? frame['id'] : undefined;
  if (typeof method === 'string') return decodePush(id, method, params);
  if (id === undefined) return ignored('neither a method nor an id');
  if (error !== undefined) return { kind: 'response', id, error: toError(error) };
  return { kind: 'response', id, result: isRecord(result) ? result : {} };
}

/** In numbers, as the names of all codes would be part of every page that can call. */
const methodNotFound = -32601 satisfies RpcErrorCode;
const invalidParams = -32602 satisfies RpcErrorCode;

function decodePush(id: RequestId | undefined, method: string, given: unknown): DecodedToClient {
  if (!isClientMethod(method)) return ignored(`unknown method ${method.slice(0, 64)}`, id, methodNotFound);
  if (!isRecord(given)) return ignored(`${method} without params`, id);
  const params = withoutMistyped(given);
  return hasRequired(method, params)
    ? push(id, method, params)
    : ignored(`${method} lacks one of: ${required[method]}`, id);
}

function ignored(reason: string, id?: RequestId, code: RpcErrorCode = invalidParams): DecodedToClient {
  return { kind: 'ignored', reason, refusal: id === undefined ? undefined : { id, code } };
}

function push<M extends ClientMethod>(
  id: RequestId | undefined,
  method: M,
  params: ToClient[M]['params'],
): Push<M> {
  const made: PushOf<M> = { kind: 'push', id, method, params };
  return made;
}

/** The members without which a push means nothing, by method. */
const required: Readonly<Record<ClientMethod, string>> = {
  'telnyx_rtc.clientReady': '',
  'telnyx_rtc.gatewayState': 'state',
  'telnyx_rtc.ping': '',
  'telnyx_rtc.invite': 'callID sdp',
  'telnyx_rtc.ringing': 'callID',
  'telnyx_rtc.media': 'callID sdp',
  'telnyx_rtc.answer': 'callID',
  'telnyx_rtc.attach': 'callID sdp',
  'telnyx_rtc.bye': 'callID',
  'telnyx_rtc.info': '',
  'telnyx_rtc.candidate': 'callID candidate',
  'telnyx_rtc.endOfCandidates': 'callID',
  'telnyx_rtc.display': 'callID',
  'telnyx_rtc.event': '',
  'webrtc.event': '',
  'telnyx_rtc.punt': '',
  ai_conversation: 'type',
  'parley.iceServers': 'iceServers',
};

const strings =
  /^(callID|sdp|state|type|candidate|sdpMid|cause|sipReason|sip_call_id|client_state|eventChannel|eventType|(caller|callee)_id_(name|number)|display_(name|number|direction)|telnyx_(call_control|session|leg)_id)$/;
const numbers = /^(serno|causeCode|sipCode|sdpMLineIndex)$/;
const objects = /^(dialogParams|mediaSettings|parley|item)$/;

function withoutMistyped(params: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(params)
      .filter(([key, value]) => key !== '__proto__' && isOfItsType(key, value))
      .map(([key, value]) => [key, key === 'dialogParams' ? withHeaders(value) : value]),
  );
}

function isOfItsType(key: string, value: unknown): boolean {
  if (strings.test(key)) return typeof value === 'string';
  if (numbers.test(key)) return typeof value === 'number';
  if (objects.test(key)) return isRecord(value);
  if (key === 'iceServers') return Array.isArray(value) && value.every(isIceServer);
  return (
    key !== 'reattached_sessions' || (Array.isArray(value) && value.every((id) => typeof id === 'string'))
  );
}

/** Of a push's `dialogParams` a client reads the headers. */
function withHeaders(dialogParams: unknown): Record<string, unknown> {
  const headers = isRecord(dialogParams) ? dialogParams['custom_headers'] : undefined;
  return Array.isArray(headers) ? { custom_headers: headers.filter(isHeader) } : {};
}

function isHeader(header: unknown): boolean {
  return isRecord(header) && typeof header['name'] === 'string' && typeof header['value'] === 'string';
}

function toError(error: unknown): ErrorObject {
  const { code, message } = isRecord(error) ? error : {};
  return {
    code: typeof code === 'number' ? code : 0,
    message: typeof message === 'string' ? message : 'The gateway gave no reason.',
  };
}

function isClientMethod(method: string): method is ClientMethod {
  return Object.hasOwn(required, method);
}

function hasRequired<M extends ClientMethod>(
  method: M,
  params: Record<string, unknown>,
): params is Record<string, unknown> & ToClient[M]['params'] {
  return required[method].split(' ').every((key) => key === '' || params[key] !== undefined);
}

function isRequestId(id: unknown): id is RequestId {
  return typeof id === 'string' || typeof id === 'number';
}
