import type {
  AnonymousLoginParams,
  ClientReadyParams,
  GatewayStateResult,
  LoginParams,
  LoginResult,
  PuntParams,
} from './messages/session.ts';
import type {
  AnswerParams,
  AnswerPush,
  AttachParams,
  AttachPush,
  ByeParams,
  ByePush,
  CallRequest,
  CallResult,
  DisplayPush,
  InfoParams,
  InvitePush,
  InviteParams,
  MediaPush,
  ModifyParams,
  ModifyResult,
  PreAnswerParams,
  RingingPush,
} from './messages/call.ts';
import type {
  CandidateParams,
  CandidatePush,
  EndOfCandidatesParams,
  IceServersPush,
} from './messages/ice.ts';
import type { AiConversationParams, AiConversationRequest } from './messages/ai.ts';
import type { ChannelParams, EventPush } from './messages/channel.ts';

/** What a client may ask of the gateway: method to parameters and result. */
export interface ToServer {
  login: { params: LoginParams; result: LoginResult };
  anonymous_login: { params: AnonymousLoginParams; result: LoginResult };
  'telnyx_rtc.gatewayState': { params: Record<string, never>; result: GatewayStateResult };
  'telnyx_rtc.ping': { params: Record<string, unknown>; result: { message: string } };
  'telnyx_rtc.invite': { params: InviteParams; result: CallResult };
  'telnyx_rtc.answer': { params: AnswerParams; result: CallResult };
  'telnyx_rtc.attach': { params: AttachParams; result: CallResult };
  'telnyx_rtc.bye': { params: ByeParams; result: CallResult };
  'telnyx_rtc.modify': { params: ModifyParams; result: ModifyResult };
  'telnyx_rtc.info': { params: InfoParams; result: CallResult };
  'telnyx_rtc.candidate': { params: CandidateParams; result: CallResult };
  'telnyx_rtc.endOfCandidates': { params: EndOfCandidatesParams; result: CallResult };
  'telnyx_rtc.subscribe': { params: ChannelParams; result: object };
  'telnyx_rtc.unsubscribe': { params: ChannelParams; result: object };
  'telnyx_rtc.broadcast': { params: ChannelParams; result: object };
  /** Without an `id` for the items of the application, which get no answer. */
  ai_conversation: { params: AiConversationRequest; result: object };
  /** Extension, only after the `preAnswer` capability was granted. */
  'parley.preAnswer': { params: PreAnswerParams; result: CallResult };
  /** Extension, only after the `recovery` capability was granted: asks for an `attach`. */
  'parley.remake': { params: CallRequest; result: CallResult };
}

/** What the gateway may send to a client: method to parameters and the client's acknowledgement. */
export interface ToClient {
  'telnyx_rtc.clientReady': { params: ClientReadyParams };
  'telnyx_rtc.gatewayState': { params: { state: string } };
  'telnyx_rtc.ping': { params: { serno?: number } };
  'telnyx_rtc.invite': { params: InvitePush };
  'telnyx_rtc.ringing': { params: RingingPush };
  'telnyx_rtc.media': { params: MediaPush };
  'telnyx_rtc.answer': { params: AnswerPush };
  'telnyx_rtc.attach': { params: AttachPush };
  'telnyx_rtc.bye': { params: ByePush };
  'telnyx_rtc.info': { params: { callID?: string; [key: string]: unknown } };
  'telnyx_rtc.candidate': { params: CandidatePush };
  'telnyx_rtc.endOfCandidates': { params: { callID: string } };
  'telnyx_rtc.display': { params: DisplayPush };
  'telnyx_rtc.event': { params: EventPush };
  'webrtc.event': { params: EventPush };
  'telnyx_rtc.punt': { params: PuntParams };
  ai_conversation: { params: AiConversationParams };
  /** Extension, only after the `iceServers` capability was granted. */
  'parley.iceServers': { params: IceServersPush };
}

export type ServerMethod = keyof ToServer;
export type ClientMethod = keyof ToClient;
