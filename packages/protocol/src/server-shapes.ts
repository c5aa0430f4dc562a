/** The shape of the parameters of every method that a client may use. */
import { limits } from './limits.ts';
import type { AiConversationRequest, ClientItem, ContentPart } from './messages/ai.ts';
import type { ImageUrl, InputText } from './messages/ai.ts';
import type {
  FunctionCallOutputItem,
  ResponseAudioStreamSubscribeItem,
  ResponseCancelItem,
  UserMessageItem,
} from './messages/ai.ts';
import type {
  AnswerParams,
  AttachParams,
  ByeParams,
  CallRequest,
  CustomHeader,
  DialogParams,
  HoldParams,
  InfoMessage,
  InfoParams,
  InviteParams,
  ModifyParams,
  PreAnswerParams,
  UpdateMediaParams,
} from './messages/call.ts';
import type { ChannelParams } from './messages/channel.ts';
import type { CandidateParams, EndOfCandidatesParams } from './messages/ice.ts';
import type {
  AnonymousLoginParams,
  Capability,
  ClientExtension,
  HeldCall,
  LoginParams,
  UserAgent,
} from './messages/session.ts';
import type { ServerMethod, ToServer } from './methods.ts';
import {
  boolean,
  either,
  free,
  freeObject,
  headerText,
  informative,
  integer,
  knownOf,
  line,
  list,
  object,
  oneOf,
  optional,
  refined,
  refuse,
  text,
  token,
  variant,
  visible,
} from './shape.ts';
import type { Shape } from './shape.ts';

const identifier = text({ min: 1, max: limits.callIdLength, of: visible });
const label = text({ max: limits.addressLength, of: line, numbers: true });
const description = text({ min: 1, max: limits.sdpLength });
const prose = text({ max: limits.textLength });
const variables = freeObject(limits.variableCount);
const constraints = either(boolean, variables);
const shortLine = text({ max: 1024, of: line });

const userAgent = object<UserAgent>({ sdkVersion: informative(label), data: informative(shortLine) });
const epoch = integer(0, Number.MAX_SAFE_INTEGER);
const extension = object<ClientExtension>({
  capabilities: knownOf<Capability>(
    limits.capabilityCount,
    'iceServers',
    'preAnswer',
    'earlyMedia',
    'recovery',
    'traceContext',
  ),
  instance: informative(label),
  at: informative(integer(0, Number.MAX_SAFE_INTEGER)),
  ended: informative(list(identifier, limits.callCount)),
  calls: informative(
    list(object<HeldCall>({ callID: identifier, epoch, media: oneOf('intact', 'lost') }), limits.callCount),
  ),
});

const common = {
  userVariables: optional(variables),
  reconnection: optional(boolean),
  'User-Agent': informative(userAgent),
  sessid: optional(label),
  parley: informative(extension),
};

const login = object<LoginParams>({
  ...common,
  login: optional(label),
  passwd: optional(text({ max: limits.passwordLength, numbers: true })),
  login_token: optional(text({ max: limits.tokenLength })),
  loginParams: informative(
    object<{ early_sdp_answer?: boolean }>({ early_sdp_answer: informative(boolean) }),
  ),
});

const anonymousLogin = object<AnonymousLoginParams>({
  ...common,
  target_type: label,
  target_id: label,
  target_version_id: optional(label),
  target_params: optional(variables),
});

const header = object<CustomHeader>({
  name: text({ min: 1, max: limits.headerNameLength, of: token }),
  value: text({ max: limits.headerValueLength, of: headerText, numbers: true }),
});

/** W3C Trace Context, version 00. */
const traceparent = {
  pattern: /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/,
  words: 'a traceparent of version 00',
};

const dialogParams = object<DialogParams>({
  callID: identifier,
  destination_number: optional(label),
  caller_id_name: optional(label),
  caller_id_number: optional(label),
  remote_caller_id_name: optional(label),
  remote_caller_id_number: optional(label),
  custom_headers: optional(list(header, limits.headerCount)),
  clientState: optional(text({ max: limits.clientStateLength, of: line })),
  userVariables: optional(variables),
  audio: optional(constraints),
  video: optional(constraints),
  attach: optional(boolean),
  recoveredCallId: optional(identifier),
  telnyxCallControlId: optional(label),
  telnyxSessionId: optional(label),
  telnyxLegId: optional(label),
  parley: informative(
    object<{ traceparent?: string }>({ traceparent: informative(text({ max: 55, of: traceparent })) }),
  ),
});

const inCall = { sessid: optional(label), dialogParams };

const described = {
  ...inCall,
  sdp: description,
  trickle: optional(boolean),
  'User-Agent': informative(shortLine),
};

const bye = object<ByeParams>({
  ...inCall,
  cause: optional(label),
  causeCode: optional(integer(0, 999)),
  sipCode: optional(integer(0, 999)),
  sip_call_id: optional(label),
});

const hold = object<HoldParams>({ ...inCall, action: oneOf('hold', 'unhold', 'toggleHold') });

const updateMedia = object<UpdateMediaParams>({
  ...inCall,
  action: oneOf('updateMedia'),
  sdp: description,
  trickle: optional(boolean),
  callID: optional(identifier),
});

const modify = variant<ModifyParams>(
  'action',
  new Map<string, Shape<ModifyParams>>([
    ['hold', hold],
    ['unhold', hold],
    ['toggleHold', hold],
    ['updateMedia', updateMedia],
  ]),
);

const tones = { pattern: /^[0-9A-Da-d*#,]+$/, words: 'the tones 0-9 A-D * # and , for a pause' };

const info = refined(
  object<InfoParams>({
    ...inCall,
    dtmf: optional(text({ min: 1, max: limits.tones, of: tones, numbers: true })),
    msg: optional(object<InfoMessage>({ from: optional(label), to: optional(label), body: optional(prose) })),
  }),
  ({ dtmf, msg }) => (dtmf === undefined && msg === undefined ? refuse('must carry dtmf or msg') : undefined),
);

const candidate = object<CandidateParams>({
  ...inCall,
  candidate: text({ max: limits.candidateLength, of: line }),
  sdpMid: optional(text({ max: 64, of: line })),
  sdpMLineIndex: optional(integer(0, 65_535)),
});

const channel = object<ChannelParams>({
  sessid: optional(label),
  eventChannel: optional(either(list(label, limits.channelCount), label)),
  data: optional(free),
});

const contentPart = variant<ContentPart>(
  'type',
  new Map<string, Shape<ContentPart>>([
    ['input_text', object<InputText>({ type: oneOf('input_text'), text: prose })],
    [
      'image_url',
      object<ImageUrl>({
        type: oneOf('image_url'),
        image_url: object<ImageUrl['image_url']>({
          url: text({ min: 1, max: limits.frameBytes, of: visible }),
        }),
      }),
    ],
  ]),
);

const clientItem = variant<ClientItem>(
  'type',
  new Map<string, Shape<ClientItem>>([
    [
      'message',
      object<UserMessageItem>({
        id: optional(identifier),
        type: oneOf('message'),
        role: oneOf('user'),
        content: list(contentPart, limits.contentPartCount),
      }),
    ],
    [
      'function_call_output',
      object<FunctionCallOutputItem>({
        type: oneOf('function_call_output'),
        call_id: identifier,
        output: prose,
      }),
    ],
    [
      'response.audio_stream.subscribe',
      object<ResponseAudioStreamSubscribeItem>({ type: oneOf('response.audio_stream.subscribe') }),
    ],
    ['response.cancel', object<ResponseCancelItem>({ type: oneOf('response.cancel') })],
  ]),
);

const nothing = object<Record<string, never>>({});

export const serverShapes: { readonly [M in ServerMethod]: Shape<ToServer[M]['params']> } = {
  login,
  anonymous_login: anonymousLogin,
  'telnyx_rtc.gatewayState': nothing,
  'telnyx_rtc.ping': nothing,
  'telnyx_rtc.invite': object<InviteParams>(described),
  'telnyx_rtc.answer': object<AnswerParams>({ ...described, sdp: optional(description) }),
  'telnyx_rtc.attach': object<AttachParams>({
    ...described,
    parley: informative(object<{ epoch?: number }>({ epoch: informative(epoch) })),
  }),
  'telnyx_rtc.bye': bye,
  'telnyx_rtc.modify': modify,
  'telnyx_rtc.info': info,
  'telnyx_rtc.candidate': candidate,
  'telnyx_rtc.endOfCandidates': object<EndOfCandidatesParams>({
    ...inCall,
    endOfCandidates: optional(boolean),
  }),
  'telnyx_rtc.subscribe': channel,
  'telnyx_rtc.unsubscribe': channel,
  'telnyx_rtc.broadcast': channel,
  ai_conversation: object<AiConversationRequest>({
    type: oneOf('conversation.item.create'),
    previous_item_id: optional(identifier),
    item: clientItem,
  }),
  'parley.preAnswer': object<PreAnswerParams>({ ...inCall, sdp: description, trickle: optional(boolean) }),
  'parley.remake': object<CallRequest>(inCall),
};
