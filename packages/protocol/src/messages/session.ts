/** Login, registration and the end of a session. */

export interface UserAgent {
  sdkVersion?: string;
  data?: string;
}

/**
 * Additive members, all under one key. The client offers capabilities in `login`; the gateway grants some in
 * the result; what was not granted is not used (PROTOCOL.md, EXT).
 */
export interface ClientExtension {
  capabilities: readonly Capability[];
  /**
   * Names this run of the client; the copy of a tab is another one, as is a page that takes the place of this one. Who
   * brings it may have the session at once, even while its former socket seems open.
   */
  instance?: string;
  /** Calls that ended at the client, and of whose end the gateway may not know: none of them may come back. */
  ended?: readonly string[];
  /** The calls that the client has, where it resumes a session. */
  calls?: readonly HeldCall[];
  /** When this is sent, in milliseconds of the epoch by the client's clock: so its clock is compared with the gateway's. */
  at?: number;
}

/**
 * `recovery`: what PROTOCOL.md says of calls that outlive sockets, media paths, pages and gateways. `traceContext`: calls
 * may carry where they stand in a trace of the client's.
 */
export type Capability = 'iceServers' | 'preAnswer' | 'earlyMedia' | 'recovery' | 'traceContext';

export interface HeldCall {
  callID: string;
  /** Of the newest `attach` that the client has taken; 0 before the first. */
  epoch: number;
  /** `lost`: there is no peer connection for it any more, the gateway has to offer another one. */
  media: 'intact' | 'lost';
}

export interface GatewayExtension {
  granted: readonly Capability[];
  iceServers?: readonly IceServer[];
  /** Whole seconds for which the login's token still holds, by the gateway's clock; left out for a password. */
  expiresIn?: number;
}

export interface IceServer {
  urls: string | string[];
  username?: string;
  credential?: string;
}

interface CommonLoginParams {
  userVariables?: Record<string, unknown>;
  /** The client holds a `voice_sdk_id` from an earlier connection. A claim, nothing more. */
  reconnection?: boolean;
  'User-Agent'?: UserAgent;
  /** The session that the client wants to resume. A claim: the gateway binds it to the identity. */
  sessid?: string;
  parley?: ClientExtension;
}

export interface LoginParams extends CommonLoginParams {
  login?: string;
  passwd?: string;
  login_token?: string;
  /** Old clients send an empty array. */
  loginParams?: { early_sdp_answer?: boolean } | readonly unknown[];
}

export interface AnonymousLoginParams extends CommonLoginParams {
  target_type: string;
  target_id: string;
  target_version_id?: string;
  target_params?: { conversation_id?: string; [key: string]: unknown };
}

/** Never carries `params.state`: a client takes a result with a state word for a gateway state. */
export interface LoginResult {
  message: string;
  sessid: string;
  parley?: GatewayExtension;
}

export interface ClientReadyParams {
  /** `callID` of every call that survived. Left out, no client ends a call because of it. */
  reattached_sessions?: readonly string[];
}

/** Registration states that a client understands. */
export type GatewayState =
  | 'REGED'
  | 'REGISTER'
  | 'UNREGED'
  | 'NOREG'
  | 'FAILED'
  | 'FAIL_WAIT'
  | 'TIMEOUT'
  | 'TRYING'
  | 'EXPIRED'
  | 'UNREGISTER';

export interface GatewayStateResult {
  params: { state: GatewayState; call_report_id?: string; dc?: string; region?: string };
  sessid?: string;
}

export interface PuntParams {
  callID?: string;
}
