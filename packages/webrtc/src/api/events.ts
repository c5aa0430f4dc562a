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
  WarningCleared: 'telnyx.warning.cleared',
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

export type StatsQuality = 'excellent' | 'good' | 'fair' | 'poor' | 'bad';

/** How a call does, or did. What the browser has not measured is left out. */
export interface IStatsFigures {
  /** Round trip to the server in seconds, as in W3C statistics. */
  readonly rtt?: number;
  /** Jitter of what arrives, in seconds. */
  readonly jitter?: number;
  /** The same in milliseconds. */
  readonly rttMs?: number;
  readonly jitterMs?: number;
  /** The part of what should have arrived and did not, or too late to be heard; from 0 to 1. */
  readonly packetLoss?: number;
  /** Mean opinion score of what is heard here, from 1 to 4.5 (ITU-T G.107). */
  readonly mos?: number;
  /** `mos` in a word: above 4.2, 4.0, 3.6, 3.0, or not. */
  readonly quality?: StatsQuality;
  /** Root mean square of what is heard, and of what the microphone gives; from 0 to 1. */
  readonly inboundLevel?: number;
  readonly outboundLevel?: number;
  /** Bits a second. */
  readonly inboundBitrate?: number;
  readonly outboundBitrate?: number;
}

/** Counted since the call was answered, over all its media paths. */
export interface IStatsTotals {
  readonly packetsReceived: number;
  readonly packetsLost: number;
  readonly packetsSent: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
}

/** An entry of the browser's statistics (W3C webrtc-stats); null: it has none. */
export type StatsEntry = Readonly<Record<string, unknown>> | null;

/** Payload of `telnyx.stats.frame`: means over the interval, totals until now. */
export interface IStatsFrame extends IStatsFigures, IStatsTotals {
  readonly callId: string;
  /** End of the interval, in milliseconds of the epoch. */
  readonly timestamp: number;
  readonly inboundAudio: StatsEntry;
  readonly outboundAudio: StatsEntry;
  /** What the server says of what it receives, and of what it sends. */
  readonly remoteInboundAudio: StatsEntry;
  readonly remoteOutboundAudio: StatsEntry;
}

/** Payload of `telnyx.stats.report`, once for each call at its end. Iterating over it gives the figures of its frames. */
export interface IStatsReport extends Iterable<IStatsFigures> {
  readonly callId: string;
  readonly direction: 'inbound' | 'outbound';
  readonly cause: string | undefined;
  readonly causeCode: number | undefined;
  /** Milliseconds of the epoch; `answeredAt` undefined: it was not answered. */
  readonly startedAt: number;
  readonly answeredAt: number | undefined;
  readonly endedAt: number;
  /** From the answer to the end. */
  readonly durationSeconds: number;
  readonly timings: ICallTimings;
  /** How many frames there were. */
  readonly frames: number;
  /** Over all frames. */
  readonly mean: IStatsFigures;
  /** The worst second. */
  readonly worst: { readonly at: number; readonly mos: number } | undefined;
  readonly totals: IStatsTotals;
  /** The pairs of candidates that the call went over, and from when on. */
  readonly paths: readonly {
    readonly at: number;
    readonly local: StatsEntry;
    readonly remote: StatsEntry;
  }[];
}

/** Milliseconds since the call began; undefined: it did not come to that. */
export interface ICallTimings {
  /** The other side was called, or this one rang. */
  readonly ringing: number | undefined;
  readonly answered: number | undefined;
  /** The media path was there. */
  readonly connected: number | undefined;
}

/** Payload of `telnyx.warning.cleared`: what `telnyx.warning` told of a call is over. */
export type IWarningClearedEvent = ITelnyxWarningEvent;

/** Event names and their payloads. */
export interface TelnyxEvents {
  'telnyx.ready': IReadyEvent;
  'telnyx.connection': IConnectionEvent;
  'telnyx.error': ITelnyxErrorEvent;
  'telnyx.warning': ITelnyxWarningEvent;
  'telnyx.warning.cleared': IWarningClearedEvent;
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
