/**
 * What the console needs of the SDK: a part of the public surface of `@parley/webrtc`, so that the model can be run
 * against another client that has the same words. `TelnyxRTC` and `Call` are a `PhoneClient` and a `PhoneCall`.
 */

export interface PhoneCall {
  readonly id: string;
  /** One of the SDK's lower-case state names: new, requesting, trying, early, ringing, answering, active, … */
  readonly state: string;
  readonly direction: string;
  /** connecting, connected, interrupted, recovering, closed; a change is told like one of the state. */
  readonly mediaState: string;
  readonly cause?: string | undefined;
  readonly causeCode?: number | undefined;
  readonly sipCode?: number | undefined;
  readonly options: {
    readonly destinationNumber?: string | undefined;
    readonly remoteCallerName?: string | undefined;
    readonly remoteCallerNumber?: string | undefined;
  };
  readonly telnyxIDs: { readonly telnyxSessionId?: string | undefined };
  readonly localStream?: MediaStream | null | undefined;
  readonly remoteStream?: MediaStream | null | undefined;
  readonly isAudioMuted: boolean;
  answer(options?: { remoteElement?: HTMLMediaElement }): Promise<unknown>;
  hangup(): Promise<unknown>;
  hold(): Promise<unknown>;
  unhold(): Promise<unknown>;
  muteAudio(): void;
  unmuteAudio(): void;
  deaf(): void;
  undeaf(): void;
  dtmf(digits: string): void;
  setAudioInDevice(deviceId: string): Promise<unknown>;
  setAudioOutDevice(deviceId: string): Promise<unknown>;
}

export interface NotificationEvent {
  readonly type: string;
  readonly call?: PhoneCall | undefined;
}

/** `telnyx.error` and `telnyx.warning`, as far as the console reads them. */
export interface ErrorEvent {
  readonly error: { readonly code: number };
  readonly callId?: string | undefined;
}
export interface WarningEvent {
  readonly warning: { readonly code: number };
  readonly callId?: string | undefined;
}

/** `telnyx.connection` */
export interface ConnectionEvent {
  readonly state: 'connecting' | 'connected' | 'reconnecting' | 'offline' | 'disconnected';
  /** One of the SDK's words for what changed it. */
  readonly reason: string;
  /** Attempts that have failed. */
  readonly attempt: number;
  /** Milliseconds of the epoch; left out while an attempt is under way. */
  readonly nextAttemptAt?: number;
}

export interface PhoneClient {
  /** The id of the session at the gateway; empty before the login. */
  readonly sessionid: string;
  micId?: string | null | undefined;
  speaker?: string | null | undefined;
  /** Where another attempt is waited for, it begins at once. */
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  newCall(options: { destinationNumber: string; remoteElement: HTMLMediaElement }): PhoneCall;
  on(event: 'telnyx.connection', listener: (event: ConnectionEvent) => void): unknown;
  on(event: 'telnyx.notification', listener: (notification: NotificationEvent) => void): unknown;
  on(event: 'telnyx.error', listener: (event: ErrorEvent) => void): unknown;
  on(event: 'telnyx.warning', listener: (event: WarningEvent) => void): unknown;
}

/** The user and the secret live in the client alone; the model forgets them at once. */
export type Credentials = { login: string; password: string } | { login_token: string };

export type ClientFactory = (options: Credentials & { env: string; trickleIce: boolean }) => PhoneClient;
