// First, as bundles keep the order of modules: gzip, which looks back 32 KB, then finds more that is alike.
export { TelnyxRTC, type IAudioSettings, type IConnection, type ILoginParams } from './api/telnyx-rtc.ts';
export {
  Call,
  type IAnswerParams,
  type ICallOptions,
  type IHangupParams,
  type INotification,
  type IVertoCallOptions,
  type TelnyxIDs,
} from './api/call.ts';
export { State, type Direction } from './api/call-state.ts';
export type { MediaState } from './calls/recovery.ts';
export {
  isFunctionCallOutputParams,
  isFunctionCallParams,
  type AIConversationClientItem,
  type AIConversationContent,
  type AIConversationCreatedParams,
  type AIConversationItemCreatedParams,
  type AIConversationMessageItem,
  type AIConversationOtherParams,
  type AIConversationParams,
  type AIConversationTextDeltaParams,
  type FunctionCallItem,
  type FunctionCallOutputItem,
  type IAIConversationMessageEvent,
  type ResponseAudioStreamSubscribeItem,
  type ResponseCancelItem,
} from './api/conversation.ts';
export type { IWebRTCInfo } from './api/browser-support.ts';
export type { ConnectionState, IConnectionEvent } from './api/connection.ts';
export type { ICatalogueEntry } from './api/catalogue.ts';
export {
  ERROR_TYPE,
  isMediaRecoveryErrorEvent,
  SDK_ERRORS,
  TELNYX_ERROR_CODES,
  TelnyxError,
  type ISdkError,
  type ITelnyxError,
  type ITelnyxErrorEvent,
  type ITelnyxMediaError,
  type ITelnyxMediaRecoveryErrorEvent,
  type ITelnyxStandardErrorEvent,
  type TelnyxErrorCode,
  type TelnyxMediaErrorCode,
} from './api/errors.ts';
export {
  NOTIFICATION_TYPE,
  SwEvent,
  type IReadyEvent,
  type ISocketCloseEvent,
  type ISocketErrorEvent,
  type IStatsFrame,
  type IStatsReport,
  type TelnyxEvents,
} from './api/events.ts';
export { TELNYX_ICE_SERVERS } from './api/ice-servers.ts';
export type {
  IAnonymousLogin,
  IClientOptions,
  ICredentials,
  IMediaPermissionsRecovery,
  MediaElementSource,
} from './api/options.ts';
export { Region } from './api/server-address.ts';
export {
  SDK_WARNINGS,
  TELNYX_WARNING_CODES,
  type ITelnyxWarning,
  type ITelnyxWarningEvent,
  type TelnyxWarningCode,
} from './api/warnings.ts';
