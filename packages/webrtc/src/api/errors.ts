import { codesByName, mapRows, toEntry, type ICatalogueEntry, type Row } from './catalogue.ts';

const AGAIN = 'Try again.';
const CODECS = 'Check the codecs of both sides.';
const CREDENTIALS = 'Give login and password, or login_token.';
const NETWORK = 'Check the network.';
const SEE_ERROR = 'See originalError.';

/** The call, or the session, is over because of it. */
const FATAL = true;

const TABLE = {
  40001: ['SDP_CREATE_OFFER_FAILED', 'The browser could not make an offer', CODECS, FATAL],
  40002: ['SDP_CREATE_ANSWER_FAILED', 'The browser could not make an answer', CODECS, FATAL],
  40003: ['SDP_SET_LOCAL_DESCRIPTION_FAILED', 'The browser refused the local description', CODECS, FATAL],
  40004: ['SDP_SET_REMOTE_DESCRIPTION_FAILED', 'The browser refused the remote description', CODECS, FATAL],
  40005: ['SDP_SEND_FAILED', 'The server did not take the call', SEE_ERROR, FATAL],
  42001: ['MEDIA_MICROPHONE_PERMISSION_DENIED', 'The microphone is not allowed', 'Allow it.', FATAL],
  42002: ['MEDIA_DEVICE_NOT_FOUND', 'There is no such microphone', 'Choose another.', FATAL],
  42003: ['MEDIA_GET_USER_MEDIA_FAILED', 'The microphone does not open', 'Close what else uses it.', FATAL],
  44001: ['HOLD_FAILED', 'Hold or unhold failed', AGAIN],
  44002: ['INVALID_CALL_PARAMETERS', 'Invalid call options', 'Correct the option.', FATAL],
  44003: ['BYE_SEND_FAILED', 'The server has not confirmed the end of the call', 'Nothing to do.'],
  44004: ['SUBSCRIBE_FAILED', 'The subscription failed', AGAIN],
  44005: ['PEER_CLOSED_DURING_INIT', 'The call ended while it was set up', AGAIN, FATAL],
  45001: ['WEBSOCKET_CONNECTION_FAILED', 'The browser refuses the address of the server', NETWORK, FATAL],
  45002: ['WEBSOCKET_ERROR', 'The connection failed and is tried again', NETWORK],
  45003: ['RECONNECTION_EXHAUSTED', 'The server could not be reached again', NETWORK, FATAL],
  45004: ['GATEWAY_FAILED', 'The server has lost its upstream and is tried again', 'Wait.'],
  46001: ['LOGIN_FAILED', 'The login was refused', CREDENTIALS, FATAL],
  46002: ['INVALID_CREDENTIALS', 'No usable credentials', CREDENTIALS, FATAL],
  46003: ['AUTHENTICATION_REQUIRED', 'The session is not logged in', 'Call login().'],
  47001: ['ICE_RESTART_FAILED', 'The media path could not be renewed', NETWORK],
  47101: ['ICE_NO_RELAY', 'No TURN server could be reached', 'Check the TURN servers.', FATAL],
  48001: ['NETWORK_OFFLINE', 'The browser is offline', NETWORK],
  48501: ['SESSION_NOT_REATTACHED', 'The server has lost the call', AGAIN, FATAL],
  49001: ['UNEXPECTED_ERROR', 'Something unexpected failed', SEE_ERROR, FATAL],
} as const satisfies Record<number, ErrorRow>;

type ErrorRow = readonly [...Row, fatal?: boolean];

export type TelnyxErrorCode = keyof typeof TABLE;

export interface ISdkError extends ICatalogueEntry {
  /** Whether the call, or the session, is over because of it. */
  readonly fatal: boolean;
}

/** Every error by its code. */
export const SDK_ERRORS: Readonly<Record<TelnyxErrorCode, ISdkError>> = /* @__PURE__ */ mapRows(
  TABLE,
  toSdkError,
);

function toSdkError([name, message, solution, fatal = false]: ErrorRow): ISdkError {
  return { ...toEntry([name, message, solution]), fatal };
}

/** Every error code by its name. */
export const TELNYX_ERROR_CODES: {
  readonly [C in TelnyxErrorCode as (typeof TABLE)[C][0]]: C;
} = /* @__PURE__ */ codesByName(TABLE);

export interface ITelnyxError extends ISdkError {
  readonly code: number;
  readonly originalError?: unknown;
}

export type ErrorOverride = Partial<Pick<ISdkError, 'message' | 'fatal' | 'solutions'>>;

export type TelnyxMediaErrorCode = 42001 | 42002 | 42003;

export interface ITelnyxMediaError extends ITelnyxError {
  readonly code: TelnyxMediaErrorCode;
}

/** An error of the catalogue. */
export class TelnyxError extends Error implements ITelnyxError {
  declare readonly code: TelnyxErrorCode;
  declare readonly description: string;
  declare readonly causes: readonly string[];
  declare readonly solutions: readonly string[];
  declare readonly fatal: boolean;
  /** What the browser threw, or the server answered. */
  declare readonly originalError?: unknown;

  /** @param override what this one error says in place of the catalogue */
  constructor(code: TelnyxErrorCode, originalError?: unknown, override?: ErrorOverride) {
    super('');
    Object.assign(
      this,
      toSdkError(TABLE[code]),
      { code },
      override,
      originalError !== undefined && { originalError },
    );
  }

  /** Without what the browser threw, which no JSON can hold. */
  toJSON(): ITelnyxError {
    const { name, message } = this;
    return Object.assign({}, this, { name, message, originalError: undefined });
  }
}

/** Payload of `telnyx.error`. It also has `code` and `message` of its error, not enumerable. */
export interface ITelnyxStandardErrorEvent {
  error: ITelnyxError;
  sessionId: string;
  callId?: string;
  /** `InvalidCredentialsOptions` where `login()` was given no usable credentials. */
  type?: string;
  recoverable?: false;
  readonly code?: number;
  readonly message?: string;
}

/** Payload of `telnyx.error` where the application may repair what failed, until `retryDeadline`. */
export interface ITelnyxMediaRecoveryErrorEvent {
  error: ITelnyxMediaError;
  sessionId: string;
  callId: string;
  recoverable: true;
  /** Milliseconds of the epoch. */
  retryDeadline: number;
  resume: () => void;
  reject: () => void;
  readonly code?: number;
  readonly message?: string;
}

export type ITelnyxErrorEvent = ITelnyxStandardErrorEvent | ITelnyxMediaRecoveryErrorEvent;

/** Whether the application may repair what failed: the event then has `resume` and `reject`. */
export function isMediaRecoveryErrorEvent(event: unknown): event is ITelnyxMediaRecoveryErrorEvent {
  return typeof event === 'object' && event !== null && 'recoverable' in event && event.recoverable === true;
}

export const INVALID_CREDENTIALS = 'InvalidCredentialsOptions';

/** Values of `ITelnyxStandardErrorEvent.type`. */
export const ERROR_TYPE = { invalidCredentialsOptions: INVALID_CREDENTIALS } as const;

export function errorEvent(event: object, error: TelnyxError): ITelnyxErrorEvent;
export function errorEvent(event: object, { code, message }: TelnyxError): object {
  return Object.defineProperties(event, { code: { value: code }, message: { value: message } });
}
