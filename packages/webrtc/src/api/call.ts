import type { LiveCall } from '../calls/call.ts';
import type { CallState } from '../calls/call-machine.ts';
import type { Conversation } from '../calls/conversation.ts';
import type { Ending } from '../calls/ending.ts';
import type { MediaState } from '../calls/recovery.ts';
import { tonesOf } from '../calls/dtmf.ts';
import { toPublicState, type Direction } from './call-state.ts';
import type { AIConversationClientItem } from './conversation.ts';
import { TelnyxError } from './errors.ts';
import { microphoneErrorCode } from './failures.ts';
import type { MediaElementSource } from './options.ts';
import type { ToldWarningCode } from './warnings.ts';

/** Options of `newCall()`. What is not given comes from the client. */
export interface ICallOptions {
  /** Number, SIP address or user to call. */
  destinationNumber?: string | undefined;
  callerName?: string | undefined;
  callerNumber?: string | undefined;
  /** The id of the call. Default: a new UUID. */
  id?: string | undefined;
  /** Base64; handed to the application's server. */
  clientState?: string | undefined;
  /** SIP headers, `X-…`. */
  customHeaders?: { name: string; value: string }[] | undefined;
  telnyxCallControlId?: string | undefined;
  telnyxSessionId?: string | undefined;
  telnyxLegId?: string | undefined;
  /** false: listen only. Default: true. */
  audio?: boolean | MediaTrackConstraints | undefined;
  micId?: string | undefined;
  micLabel?: string | undefined;
  speakerId?: string | undefined;
  /** Used in place of a microphone. It is not stopped when the call ends. */
  localStream?: MediaStream | undefined;
  localElement?: MediaElementSource | undefined;
  remoteElement?: MediaElementSource | undefined;
  iceServers?: RTCIceServer[] | undefined;
  /** Default: the browser's order. */
  preferred_codecs?: RTCRtpCodec[] | undefined;
  prefetchIceCandidates?: boolean | undefined;
  forceRelayCandidate?: boolean | undefined;
  trickleIce?: boolean | undefined;
  keepConnectionAliveOnSocketClose?: boolean | undefined;
  mutedMicOnStart?: boolean | undefined;
  receiveOnlyAudio?: boolean | undefined;
  ringtoneFile?: string | undefined;
  ringbackFile?: string | undefined;
  userVariables?: Record<string, unknown> | undefined;
  /** Gets the notifications of this call in place of the client's listeners. */
  onNotification?: ((notification: INotification) => void) | undefined;
  /**
   * The span of the application's that the call belongs to (W3C Trace Context); told to a server that makes spans of calls.
   */
  traceparent?: string | undefined;
  debug?: boolean | undefined;
  debugOutput?: 'socket' | 'file' | undefined;
  /** No effect: calls are audio. */
  video?: boolean | undefined;
  /** No effect: calls are audio. */
  camId?: string | undefined;
  /** No effect. */
  useStereo?: boolean | undefined;
  /** No effect. */
  mediaSettings?: Record<string, unknown> | undefined;
}

/** The options of a call as they are in use: what was given, and what the server says of the other side. */
export interface IVertoCallOptions extends ICallOptions {
  remoteCallerName?: string | undefined;
  remoteCallerNumber?: string | undefined;
}

/** Payload of `telnyx.notification`. Each is a new object; its `call` is the one that the application has. */
export interface INotification {
  /**
   * `callUpdate`: the call has another `state` or `mediaState`. `userMediaError`: the microphone failed. `participantData`: the
   * other side shows another name or number. `event`: anything else that the server sent.
   */
  type: string;
  call?: Call;
  error?: Error;
  errorName?: string;
  errorMessage?: string;
  displayName?: string;
  displayNumber?: string;
  displayDirection?: string;
  [member: string]: unknown;
}

/** Options of `call.answer()`. */
export interface IAnswerParams {
  /** SIP headers of the answer. */
  customHeaders?: { name: string; value: string }[] | undefined;
  localElement?: MediaElementSource | undefined;
  remoteElement?: MediaElementSource | undefined;
  /** No effect: calls are audio. */
  video?: boolean | undefined;
}

/** Options of `call.hangup()`: what the other side is told. */
export interface IHangupParams {
  cause?: string | undefined;
  causeCode?: number | undefined;
  sipCode?: number | undefined;
  sipReason?: string | undefined;
  sip_call_id?: string | undefined;
  dialogParams?: { customHeaders?: { name: string; value: string }[] } | undefined;
}

/** The server's ids of a call, empty until it tells them. */
export interface TelnyxIDs {
  telnyxCallControlId: string;
  telnyxSessionId: string;
  telnyxLegId: string;
}

/** What a call needs of its client. */
export interface CallOwner {
  updated(call: Call): void;
  warn(code: ToldWarningCode, call: Call, detail?: object): void;
  readonly audio: MediaTrackConstraints;
  readonly conversation: Conversation;
}

/**
 * A call. The client makes it: see `TelnyxRTC.newCall()` for calls that go out and the event
 * `telnyx.notification` for calls that come in. Its data are plain properties; applications may add their own.
 */
export class Call {
  id: string;
  /** See `State`. Changes are told by `telnyx.notification` with the type `callUpdate`. */
  state = 'new';
  prevState = '';
  direction: Direction;
  options: IVertoCallOptions;
  /** Why the call ended, as a word; known when `state` is `hangup`. */
  cause: string | undefined;
  /** Why the call ended, by ITU-T Q.850. */
  causeCode: number | undefined;
  /** The SIP status that ended the call, where the server tells it. */
  sipCode: number | undefined;
  sipReason: string | undefined;
  sipCallId: string | undefined;
  /** The call's own id, once the server has offered another media path for it; `@telnyx/webrtc` makes another call. */
  recoveredCallId: string | undefined;
  /** The number that the other side shows, where it changed in the call. */
  extension: string | null = null;
  /**
   * A function, and not the call itself: some frameworks wrap every object that they can reach in a proxy,
   * and what runs the call must not be.
   */
  declare private readonly live: () => LiveCall;
  declare private readonly owner: () => CallOwner;
  /** The `mediaState` that was told last. */
  declare private shown: MediaState;

  /** @internal */
  constructor(direction: Direction, options: IVertoCallOptions, owner: CallOwner, live: () => LiveCall) {
    this.id = options.id ?? '';
    this.direction = direction;
    this.options = options;
    const shown = { value: 'connecting', writable: true };
    Object.defineProperties(this, { live: { value: live }, owner: { value: () => owner }, shown });
  }

  get telnyxIDs(): TelnyxIDs {
    const { telnyxCallControlId = '', telnyxSessionId = '', telnyxLegId = '' } = this.options;
    return { telnyxCallControlId, telnyxSessionId, telnyxLegId };
  }

  /** What the microphone delivers; null before it is open. */
  get localStream(): MediaStream | null {
    return this.live().media.microphone.stream ?? null;
  }

  /** What the other side sends; null before its first track, which may come after `active`. */
  get remoteStream(): MediaStream | null {
    return this.live().media.remoteStream ?? null;
  }

  /** The peer connection in use, as `instance`; null before there is one. */
  get peer(): { readonly instance: RTCPeerConnection } | null {
    const { peer } = this.live().media;
    return peer ? { instance: peer.connection } : null;
  }

  /**
   * Whether the two sides can hear each other. Changes are told by `callUpdate`, apart from the first `connected`;
   * meanwhile `state` stays as it is.
   */
  get mediaState(): MediaState {
    return this.live().mediaState;
  }

  /** Whether the microphone is, or will be, muted. */
  get isAudioMuted(): boolean {
    return this.live().media.microphone.muted;
  }

  /**
   * Takes an incoming call. Settles when the call is active or has ended; failures are told by
   * `telnyx.error`.
   */
  async answer(params: IAnswerParams = {}): Promise<void> {
    const live = this.live();
    const { name } = live.state;
    if (name !== 'ringing') {
      if (name === 'answering' || name === 'established') this.owner().warn(33006, this);
      return;
    }
    const { customHeaders, localElement, remoteElement } = params;
    if (localElement !== undefined) this.options.localElement = localElement;
    if (remoteElement !== undefined) this.options.remoteElement = remoteElement;
    live.answer(customHeaders ?? this.options.customHeaders);
    await live.settled(({ name: now }) => now !== 'ringing' && now !== 'answering');
  }

  /**
   * Ends the call: cancels it, rejects it or hangs up. Media stops at once; settles when the server has
   * confirmed it, after 5 seconds at most.
   * @param execute false: does not tell the server
   */
  async hangup(params: IHangupParams = {}, execute = true): Promise<void> {
    const live = this.live();
    live.hangup(toEnding(params), params.dialogParams?.customHeaders, !execute);
    await live.settled(({ name }) => name === 'ended');
  }

  /** @returns whether the call is held now; a failure is also told by `telnyx.error` with 44001 */
  hold(): Promise<boolean> {
    return this.live().hold(true);
  }

  /** @returns whether the call is active again; a failure is also told by `telnyx.error` with 44001 */
  unhold(): Promise<boolean> {
    return this.live().hold(false);
  }

  /** @returns whether it succeeded; a failure is also told by `telnyx.error` with 44001 */
  toggleHold(): Promise<boolean> {
    return this.live().hold(undefined);
  }

  muteAudio(): void {
    this.live().media.microphone.muted = true;
  }

  unmuteAudio(): void {
    this.live().media.microphone.muted = false;
  }

  toggleAudioMute(): void {
    const { microphone } = this.live().media;
    microphone.muted = !microphone.muted;
  }

  /** Silences the other side here. */
  deaf(): void {
    this.live().media.setDeaf(true);
  }

  undeaf(): void {
    this.live().media.setDeaf(false);
  }

  toggleDeaf(): void {
    const { media } = this.live();
    media.setDeaf(!media.deaf);
  }

  /**
   * Sends tones, in the order of the calls.
   * @param digits `0` to `9`, `A` to `D`, `*` and `#`
   * @throws TypeError where there is anything else
   */
  dtmf(digits: string): void {
    this.live().sendTones(tonesOf(digits));
  }

  /**
   * Writes to the assistant that this call is with. Its answers come as `telnyx.ai.conversation`.
   * @param attachments images: `https:` or `data:` URLs
   * @returns the server's answer, once the assistant has it
   * @throws Error where the call has ended or the server refuses
   */
  async sendConversationMessage(text: string, attachments: readonly string[] = []): Promise<unknown> {
    return this.conversation().write(text, attachments);
  }

  /**
   * Adds an item to the conversation with the assistant: what came of a function call, for example.
   * @throws Error where the call has ended or there is no connection
   */
  sendAIConversationMessage(item: AIConversationClientItem): void {
    this.conversation().add(item);
  }

  private conversation(): Conversation {
    if (!this.live().isLive) throw new Error('The call has ended');
    return this.owner().conversation;
  }

  /**
   * Switches the microphone; the call keeps the one it has where that fails.
   * @param muted default: as it is
   * @throws TelnyxError 42001, 42002 or 42003
   */
  async setAudioInDevice(deviceId: string, muted?: boolean): Promise<void> {
    const { media, isLive } = this.live();
    if (!isLive || !media.canSend) {
      this.owner().warn(33009, this, { deviceId });
      return;
    }
    try {
      await media.switchMicrophone({ ...this.owner().audio, deviceId: { exact: deviceId } });
      this.options.micId = deviceId;
    } catch (error) {
      if (this.live().isLive) throw new TelnyxError(microphoneErrorCode(error), error);
    }
    if (muted !== undefined) media.microphone.muted = muted;
  }

  /** @returns false where the browser has no choice of outputs, or not this one, or does not take it within 5 s */
  setAudioOutDevice(deviceId: string): Promise<boolean> {
    this.options.speakerId = deviceId;
    return this.live().media.setSpeaker(deviceId);
  }

  /** @internal */
  get isHeld(): boolean {
    const { state } = this.live();
    return state.name === 'established' && state.held;
  }

  /** @internal */
  show(state: CallState): void {
    if (state.name === 'ending' || state.name === 'ended') {
      const { cause, causeCode, sipCode, sipReason, sipCallId } = state.ending;
      Object.assign(this, { cause, causeCode, sipCode, sipReason, sipCallId });
    }
    const word = toPublicState(state);
    if (word === 'recovering') this.recoveredCallId = this.id;
    this.showWord(word);
  }

  /** @internal */
  showWord(word: string): void {
    const { mediaState } = this;
    // That the path is there where there was none yet is what everybody expects.
    const isNews = mediaState !== this.shown && !(this.shown === 'connecting' && mediaState === 'connected');
    this.shown = mediaState;
    if (word !== this.state) {
      this.prevState = this.state;
      this.state = word;
    } else if (!isNews) return;
    this.owner().updated(this);
  }
}

function toEnding({ cause, causeCode, sipCode, sipReason, sip_call_id }: IHangupParams): Ending | undefined {
  if (cause === undefined && causeCode === undefined) return undefined;
  return {
    cause: cause ?? 'NORMAL_CLEARING',
    causeCode: causeCode ?? 16,
    sipCode,
    sipReason,
    sipCallId: sip_call_id,
  };
}
