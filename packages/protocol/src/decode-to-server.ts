/** Reads what a client sends: raw text to a typed frame, or to everything that an error answer needs. */
import { isDeeperThan } from './json-depth.ts';
import { RpcErrorCode } from './json-rpc.ts';
import type { ErrorObject, RequestId } from './json-rpc.ts';
import { limits } from './limits.ts';
import type {
  DebugReportData,
  DebugReportFrame,
  DebugReportStart,
  DebugReportStop,
} from './messages/debug.ts';
import type { ServerMethod, ToServer } from './methods.ts';
import { isRecord } from './record.ts';
import { serverShapes } from './server-shapes.ts';
import {
  accept,
  free,
  integer,
  line,
  memberOf,
  object,
  oneOf,
  optional,
  refuse,
  text,
  variant,
} from './shape.ts';
import type { Mismatch, Shape } from './shape.ts';

export interface RequestOf<M extends ServerMethod> {
  kind: 'request';
  id: RequestId;
  method: M;
  params: ToServer[M]['params'];
}

/** A request, as a union over the methods: narrowing on `method` types `params`. */
export type ServerRequest<M extends ServerMethod = ServerMethod> = { [K in M]: RequestOf<K> }[M];

/** The only request that may come without an `id`; it gets no answer. */
export interface ServerNotification {
  kind: 'notification';
  method: 'ai_conversation';
  params: ToServer['ai_conversation']['params'];
}

/** A client's acknowledgement of a request of the gateway. */
export type ClientResponse =
  | { kind: 'response'; id: RequestId; result: { method?: string } }
  | { kind: 'response'; id: RequestId; error: ErrorObject };

/** The one family of frames that is not JSON. */
export type SpeedTestFrame =
  | { kind: 'speedTest'; phase: 'start'; bytes: number }
  | { kind: 'speedTest'; phase: 'data' }
  | { kind: 'speedTest'; phase: 'end' };

export interface InvalidFrame {
  kind: 'invalid';
  error: {
    code: RpcErrorCode;
    /** Dotted path of the member that is at fault; empty for the frame itself. */
    path: string;
    /** One sentence for the `message` of the error answer. Repeats no value of the frame. */
    message: string;
  };
  /** For the answer. */
  id: RequestId | null;
  /** False when an answer must not be sent: the frame was itself a response, or a notification. */
  answerable: boolean;
  method?: string;
}

export type DecodedToServer =
  | ServerRequest
  | ServerNotification
  | ClientResponse
  | { kind: 'debugReport'; frame: DebugReportFrame }
  | SpeedTestFrame
  | InvalidFrame;

/**
 * Decodes one text frame from a client. Never throws. The result holds the members that the protocol knows and no
 * other, so that nothing unknown travels further (PROTOCOL.md, FRAME). Its length is the socket's to limit.
 */
export function decodeToServer(frame: string): DecodedToServer {
  const speedTest = decodeSpeedTest(frame);
  if (speedTest !== undefined) return speedTest;
  if (isDeeperThan(limits.jsonDepth, frame)) {
    return invalid(
      RpcErrorCode.invalidRequest,
      refuse(`nests deeper than ${String(limits.jsonDepth)} levels`),
    );
  }
  const value = parse(frame);
  if (value === undefined) return invalid(RpcErrorCode.parseError, refuse('is not JSON'));
  if (!isRecord(value)) return invalid(RpcErrorCode.invalidRequest, refuse('must be one JSON object'));
  return decodeObject(value);
}

function decodeObject(frame: Record<string, unknown>): DecodedToServer {
  const id = idOf(frame);
  const isResponse =
    !Object.hasOwn(frame, 'method') && (Object.hasOwn(frame, 'result') || Object.hasOwn(frame, 'error'));
  if (isResponse) return decodeResponse(id, frame);
  if (memberOf(frame, 'jsonrpc') !== '2.0') {
    return invalid(RpcErrorCode.invalidRequest, refuse('must be "2.0"', 'jsonrpc'), { id: id ?? null });
  }
  const method = memberOf(frame, 'method');
  if (method === undefined && Object.hasOwn(frame, 'type')) return decodeDebugReport(id, frame);
  if (typeof method !== 'string') {
    return invalid(RpcErrorCode.invalidRequest, refuse('must be a string', 'method'), { id: id ?? null });
  }
  if (!Object.hasOwn(frame, 'id') && method === 'ai_conversation') return decodeNotification(method, frame);
  if (id === undefined) {
    return invalid(RpcErrorCode.invalidRequest, unusableId, { method: shortened(method) });
  }
  if (!isServerMethod(method)) {
    const unknown = refuse('names no method of this protocol', 'method');
    return invalid(RpcErrorCode.methodNotFound, unknown, { id, method: shortened(method) });
  }
  return decodeRequest(id, method, frame);
}

function decodeRequest<M extends ServerMethod>(
  id: RequestId,
  method: M,
  frame: Record<string, unknown>,
): ServerRequest<M> | InvalidFrame {
  const outcome = paramsOf(method, frame);
  if (!outcome.ok) return invalid(RpcErrorCode.invalidParams, outcome, { id, method });
  const request: RequestOf<M> = { kind: 'request', id, method, params: outcome.value };
  return request;
}

function decodeNotification(method: 'ai_conversation', frame: Record<string, unknown>): DecodedToServer {
  const outcome = paramsOf(method, frame);
  return outcome.ok
    ? { kind: 'notification', method, params: outcome.value }
    : invalid(RpcErrorCode.invalidParams, outcome, { method, answerable: false });
}

function paramsOf<M extends ServerMethod>(method: M, frame: Record<string, unknown>) {
  const shape: Shape<ToServer[M]['params']> = serverShapes[method];
  const outcome = shape(memberOf(frame, 'params') ?? {});
  return outcome.ok ? outcome : refuse(outcome.problem, joined('params', outcome.path));
}

function decodeResponse(id: RequestId | undefined, frame: Record<string, unknown>): DecodedToServer {
  if (id === undefined) return invalid(RpcErrorCode.invalidRequest, unusableId, { answerable: false });
  const error = memberOf(frame, 'error');
  const outcome = error === undefined ? acknowledgement(memberOf(frame, 'result')) : errorObject(error);
  if (!outcome.ok) {
    const path = joined(error === undefined ? 'result' : 'error', outcome.path);
    return invalid(RpcErrorCode.invalidRequest, refuse(outcome.problem, path), { id, answerable: false });
  }
  return 'code' in outcome.value
    ? { kind: 'response', id, error: outcome.value }
    : { kind: 'response', id, result: outcome.value };
}

function decodeDebugReport(id: RequestId | undefined, frame: Record<string, unknown>): DecodedToServer {
  if (id === undefined) return invalid(RpcErrorCode.invalidRequest, unusableId);
  const outcome = debugReport(frame);
  return outcome.ok
    ? { kind: 'debugReport', frame: outcome.value }
    : invalid(RpcErrorCode.invalidRequest, outcome, { id });
}

function decodeSpeedTest(frame: string): SpeedTestFrame | undefined {
  if (!frame.startsWith('#SP')) return undefined;
  if (frame.startsWith('#SPB')) return { kind: 'speedTest', phase: 'data' };
  if (frame.startsWith('#SPE')) return { kind: 'speedTest', phase: 'end' };
  const bytes = /^#SPU ?(\d{1,9})$/.exec(frame)?.[1];
  return bytes === undefined ? undefined : { kind: 'speedTest', phase: 'start', bytes: Number(bytes) };
}

function parse(frame: string): unknown {
  try {
    return JSON.parse(frame);
  } catch {
    return undefined;
  }
}

const requestId: Shape<RequestId> = (value) =>
  (typeof value === 'string' && value.length <= limits.requestIdLength) ||
  (typeof value === 'number' && Number.isFinite(value))
    ? accept(value)
    : unusableId;

const unusableId = refuse(
  `must be a number or a string of at most ${String(limits.requestIdLength)} characters`,
  'id',
);

function idOf(frame: Record<string, unknown>): RequestId | undefined {
  const outcome = requestId(memberOf(frame, 'id'));
  return outcome.ok ? outcome.value : undefined;
}

const name = text({ max: 128, of: line });

const acknowledgement = object<{ method?: string }>({ method: optional(name) });

const errorObject = object<ErrorObject>({
  code: integer(-2_147_483_648, 2_147_483_647),
  message: text({ max: 1024 }),
  data: optional(free),
});

const debugFrame = {
  jsonrpc: oneOf('2.0'),
  id: requestId,
  debug_report_id: name,
  debug_report_version: optional(integer(0, 1000)),
  call_id: optional(name),
};

const debugReport = variant<DebugReportFrame>(
  'type',
  new Map<string, Shape<DebugReportFrame>>([
    ['debug_report_start', object<DebugReportStart>({ ...debugFrame, type: oneOf('debug_report_start') })],
    [
      'debug_report_data',
      object<DebugReportData>({
        ...debugFrame,
        type: oneOf('debug_report_data'),
        debug_report_data: optional(free),
      }),
    ],
    ['debug_report_stop', object<DebugReportStop>({ ...debugFrame, type: oneOf('debug_report_stop') })],
  ]),
);

function isServerMethod(method: string): method is ServerMethod {
  return Object.hasOwn(serverShapes, method);
}

function invalid(
  code: RpcErrorCode,
  { path, problem }: Mismatch,
  known: { id?: RequestId | null; method?: string; answerable?: boolean } = {},
): InvalidFrame {
  const { id = null, answerable = true, ...rest } = known;
  const message = `${path === '' ? 'The frame' : path} ${problem}.`;
  return { kind: 'invalid', error: { code, path, message }, id, answerable, ...rest };
}

function joined(parent: string, path: string): string {
  return path === '' ? parent : `${parent}.${path}`;
}

/** For logs: a method's name is the sender's to choose. */
function shortened(method: string): string {
  return method.slice(0, 128);
}
