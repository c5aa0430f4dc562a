import type { INotification } from './call.ts';
import type { IConnectionEvent } from './connection.ts';
import type { IAIConversationMessageEvent } from './conversation.ts';
import type { ITelnyxErrorEvent } from './errors.ts';
import type { ITelnyxWarningEvent } from './warnings.ts';

/** Names of the events of a client. */
export const SwEvent = {
  SocketOpen: 'telnyx.socket.open',
  SocketClose: 'telnyx.socket.close',
  SocketError: 'telnyx.socket.error',
  SocketMessage: 'telnyx.socket.message',
  Ready: 'telnyx.ready',
  Connection: 'telnyx.connection',
  Error: 'telnyx.error',
  Warning: 'telnyx.warning',
  Notification: 'telnyx.notification',
  StatsFrame: 'telnyx.stats.frame',
  StatsReport: 'telnyx.stats.report',
  AIConversationMessage: 'telnyx.ai.conversation',
  MediaError: 'telnyx.rtc.mediaError',
} as const;
export type SwEvent = (typeof SwEvent)[keyof typeof SwEvent];

/** Values of `INotification.type`, by the method or the event that they come from. */
export const NOTIFICATION_TYPE = {
  generic: 'event',
  'telnyx_rtc.display': 'participantData',
  'telnyx_rtc.attach': 'participantData',
  conferenceUpdate: 'conferenceUpdate',
  callUpdate: 'callUpdate',
  vertoClientReady: 'vertoClientReady',
  userMediaError: 'userMediaError',
  peerConnectionFailureError: 'peerConnectionFailureError',
  signalingStateClosed: 'signalingStateClosed',
} as const;

/** Payload of `telnyx.ready`: the session is registered; again after every reconnection. */
export interface IReadyEvent {
  type: 'vertoClientReady';
  [member: string]: unknown;
}

/** Payload of `telnyx.socket.close`. */
export interface ISocketCloseEvent {
  event: CloseEvent;
  /** Counts the sockets of this client. */
  socketGeneration: number;
}

/** Payload of `telnyx.socket.error`. */
export interface ISocketErrorEvent {
  error: Event;
  sessionId: string;
  socketGeneration: number;
}

/** Payload of `telnyx.stats.frame`: how a call does. What the browser has not measured yet is left out. */
export interface IStatsFrame {
  /** Round trip in seconds, as in W3C statistics. */
  rtt?: number;
  /** Jitter of what arrives, in seconds. */
  jitter?: number;
  /** The same in milliseconds. */
  rttMs?: number;
  jitterMs?: number;
  /** Mean opinion score, from 1 to 4.5 (ITU-T G.107). */
  mos?: number;
}

/** Payload of `telnyx.stats.report`: how a call did. */
export type IStatsReport = Readonly<Record<string, unknown>>;

/** Event names and their payloads. */
export interface TelnyxEvents {
  'telnyx.ready': IReadyEvent;
  'telnyx.connection': IConnectionEvent;
  'telnyx.error': ITelnyxErrorEvent;
  'telnyx.warning': ITelnyxWarningEvent;
  'telnyx.notification': INotification;
  'telnyx.socket.open': Event;
  'telnyx.socket.close': ISocketCloseEvent;
  'telnyx.socket.error': ISocketErrorEvent;
  'telnyx.socket.message': Readonly<Record<string, unknown>>;
  'telnyx.stats.frame': IStatsFrame;
  'telnyx.stats.report': IStatsReport;
  'telnyx.ai.conversation': IAIConversationMessageEvent;
  'telnyx.rtc.mediaError': Error;
}
