/** Calls: set-up, progress, mid-call changes, end. */

export interface CustomHeader {
  name: string;
  value: string;
}

/**
 * What a client says of its call. The official client sends its whole option object, credentials included;
 * a gateway reads these members and no other.
 */
export interface DialogParams {
  callID: string;
  destination_number?: string;
  caller_id_name?: string;
  caller_id_number?: string;
  remote_caller_id_name?: string;
  remote_caller_id_number?: string;
  custom_headers?: readonly CustomHeader[];
  /** base64 */
  clientState?: string;
  userVariables?: Record<string, unknown>;
  /** Media constraints where the application gave some. */
  audio?: boolean | Record<string, unknown>;
  video?: boolean | Record<string, unknown>;
  attach?: boolean;
  recoveredCallId?: string;
  telnyxCallControlId?: string;
  telnyxSessionId?: string;
  telnyxLegId?: string;
  /** With the capability `traceContext`: the client's span that the call belongs to (W3C Trace Context). */
  parley?: { traceparent?: string };
}

/** What names the call, and nothing else. */
export interface CallRequest {
  /** May change after a re-login in a call: calls are keyed by connection and `callID`. */
  sessid?: string;
  dialogParams: DialogParams;
}

export interface InviteParams extends CallRequest {
  /** The offer. Without candidates when `trickle` is true. */
  sdp: string;
  trickle?: boolean;
  'User-Agent'?: string;
}

export interface AnswerParams extends CallRequest {
  /** Left out only after a granted `parley.preAnswer` has delivered it. */
  sdp?: string;
  trickle?: boolean;
  'User-Agent'?: string;
}

export interface AttachParams extends CallRequest {
  sdp: string;
  trickle?: boolean;
  /** That of the offer; with the `recovery` capability alone. */
  parley?: { epoch?: number };
  'User-Agent'?: string;
}

export interface PreAnswerParams extends CallRequest {
  sdp: string;
  trickle?: boolean;
}

export interface ByeParams extends CallRequest {
  cause?: string;
  causeCode?: number;
  sipCode?: number | null;
  sip_call_id?: string | null;
}

export type ModifyAction = 'hold' | 'unhold' | 'toggleHold' | 'updateMedia';

export interface HoldParams extends CallRequest {
  action: Exclude<ModifyAction, 'updateMedia'>;
}

export interface UpdateMediaParams extends CallRequest {
  action: 'updateMedia';
  /** The new offer. */
  sdp: string;
  trickle?: boolean;
  /** Repeats `dialogParams.callID`. */
  callID?: string;
}

export type ModifyParams = HoldParams | UpdateMediaParams;

/** Carries at least one of the two. */
export interface InfoParams extends CallRequest {
  /** One or more tones of RFC 4733, `,` for a pause. */
  dtmf?: string;
  msg?: InfoMessage;
}

export interface InfoMessage {
  from?: string;
  to?: string;
  body?: string;
}

export interface CallResult {
  message: string;
  callID: string;
  sessid?: string;
  [key: string]: unknown;
}

export interface ModifyResult {
  action: ModifyAction;
  callID: string;
  sessid?: string;
  /** Always present for the hold family: a client reads a missing one as held, even after `unhold`. */
  holdState?: 'held' | 'active';
  /** `updateMedia`: the answer. */
  sdp?: string;
}

export interface TelnyxIds {
  telnyx_call_control_id?: string;
  telnyx_session_id?: string;
  telnyx_leg_id?: string;
}

interface Parties {
  caller_id_name?: string;
  caller_id_number?: string;
  callee_id_name?: string;
  callee_id_number?: string;
  display_direction?: 'inbound' | 'outbound';
}

export interface InvitePush extends Parties, TelnyxIds {
  callID: string;
  /** The offer, with every candidate of the gateway: clients do not trickle in calls that they answer. */
  sdp: string;
  client_state?: string;
  mediaSettings?: Record<string, unknown>;
  dialogParams?: { custom_headers?: readonly CustomHeader[] };
}

/** The gateway's offer of another media path for a call that goes on. */
export interface AttachPush extends InvitePush {
  /** With the `recovery` capability alone: counts the offers of this call, so that the answer to an older one is known. */
  parley?: { epoch?: number };
}

export interface RingingPush extends Parties, TelnyxIds {
  callID: string;
}

export interface MediaPush {
  callID: string;
  /** The answer to the client's offer; media flows from here on. */
  sdp: string;
  /**
   * `earlyMedia: false` (only after the `earlyMedia` capability was granted): the description warms the media
   * path, nothing is to be heard before the answer, the client plays its own ringback.
   */
  parley?: { earlyMedia?: boolean };
}

export interface AnswerPush extends TelnyxIds {
  callID: string;
  /** The answer to the client's offer; left out after a `media` that carried it. */
  sdp?: string;
}

export interface ByePush {
  callID: string;
  cause?: string;
  causeCode?: number;
  sipCode?: number;
  sipReason?: string;
  sip_call_id?: string;
  client_state?: string;
  dialogParams?: { custom_headers?: readonly CustomHeader[] };
}

export interface DisplayPush {
  callID: string;
  display_name?: string;
  display_number?: string;
  /** Seen from the gateway; clients show the opposite. */
  display_direction?: 'inbound' | 'outbound';
}
