import type { Push } from '@parley/protocol';

import { LiveCall, type CallPorts, type CallSettings } from '../calls/call.ts';
import type { CallWarning } from '../calls/call-media.ts';
import { Conversation } from '../calls/conversation.ts';
import { Calls, type Learned, type Told } from '../calls/calls.ts';
import type { Platform } from '../platform/ports.ts';
import { peerConfiguration, SpareConnection } from '../media/spare-connection.ts';
import type { Fields } from '../signaling/fields.ts';
import type { Session } from '../signaling/session.ts';
import { Call, type CallOwner, type INotification, type IVertoCallOptions } from './call.ts';
import { toDialogParams, USER_AGENT } from './dialog-params.ts';
import { TelnyxError, type ErrorOverride, type TelnyxErrorCode } from './errors.ts';
import { CALL_ERRORS, microphoneErrorCode } from './failures.ts';
import type { IMediaPermissionsRecovery, MediaElementSource } from './options.ts';
import type { ToldWarningCode } from './warnings.ts';

/** What calls take from the client where they have nothing of their own. */
export interface CallDefaults {
  readonly audio: boolean | MediaTrackConstraints;
  readonly iceServers: readonly RTCIceServer[];
  readonly prefetchIceCandidates: boolean;
  readonly forceRelayCandidate: boolean;
  readonly trickleIce: boolean;
  readonly mutedMicOnStart: boolean;
  readonly mediaPermissionsRecovery: IMediaPermissionsRecovery | undefined;
  readonly ringtoneFile: string | undefined;
  readonly ringbackFile: string | undefined;
  readonly speakerId: string | undefined;
  readonly localElement: MediaElementSource | undefined;
  readonly remoteElement: MediaElementSource | undefined;
}

export interface CallBookPorts {
  readonly call: CallPorts & Pick<Platform, 'now' | 'uuid'>;
  readonly session: Session;
  readonly defaults: () => CallDefaults;
  readonly error: (
    code: TelnyxErrorCode,
    originalError: unknown,
    detail: { callId: string },
    override?: ErrorOverride,
  ) => void;
  readonly warning: (code: ToldWarningCode, detail: object, callId?: string) => void;
  readonly notify: (notification: INotification) => void;
  readonly told: (message: Told) => void;
  readonly accepting: () => boolean;
}

const CALL_WARNINGS: Readonly<Record<CallWarning, ToldWarningCode>> = {
  disconnected: 33001,
  'no-candidates': 33003,
  'host-candidates-only': 33005,
  'connection-failed': 33004,
  'playback-blocked': 33101,
  'microphone-lost': 33102,
  'speaker-lost': 33103,
};

const RECOVERY_MS = 20_000;
/** An answer waits for its microphone for a minute in all. */
const MOST_RECOVERY_MS = 55_000;

/** The calls of a client as the application sees them, joined to those that run. */
export class CallBook {
  readonly calls: Calls;
  readonly #ports: CallBookPorts;
  /** For the next call. */
  readonly spare: SpareConnection;
  readonly #conversation: Conversation;
  readonly #shown = new Map<string, Call>();

  constructor(ports: CallBookPorts) {
    this.spare = new SpareConnection(ports.call);
    const createPeerConnection = this.spare.take.bind(this.spare);
    this.#ports = { ...ports, call: { ...ports.call, createPeerConnection } };
    this.#conversation = new Conversation(ports.session, ports.call.uuid);
    this.calls = new Calls({
      accepting: ports.accepting,
      create: (invite) => this.#receive(invite),
      learned: (live, message) => {
        this.#learn(live, message);
      },
      told: ports.told,
      unknownAttach: (params) => {
        ports.warning(35002, { params });
      },
      request: (method, params) => ports.session.request(method, params),
    });
  }

  all(): readonly Call[] {
    return [...this.#shown.values()];
  }

  /** Those that have not ended here; the server may still have to confirm the end of the others. */
  active(): readonly Call[] {
    return this.all().filter(({ id }) => this.calls.isLive(id));
  }

  place(options: IVertoCallOptions): Call {
    const { call, live } = this.#open('outbound', options, undefined);
    this.#announce(call);
    live.start();
    return call;
  }

  /** Those that took them from the client go on with others. */
  setIceServers(iceServers: readonly RTCIceServer[]): void {
    for (const { id, media } of this.calls.all()) {
      if (!this.#shown.get(id)?.options.iceServers) media.setIceServers(iceServers);
    }
  }

  #receive(invite: Push<'telnyx_rtc.invite'>['params']): LiveCall {
    const { call, live } = this.#open('inbound', toInboundOptions(invite), invite.sdp);
    this.#announce(call);
    call.show(live.state);
    return live;
  }

  #announce(call: Call): void {
    const others = this.active().filter((other) => other !== call);
    this.#owner.updated(call);
    if (others.length === 0) return;
    this.#ports.warning(33010, { newCall: brief(call), activeCalls: others.map(brief) }, call.id);
  }

  #open(
    direction: Call['direction'],
    options: IVertoCallOptions,
    offer: string | undefined,
  ): { call: Call; live: LiveCall } {
    const { session } = this.#ports;
    const call: Call = new Call(direction, options, this.#owner, () => live);
    const live: LiveCall = new LiveCall(
      call.id,
      offer,
      this.#ports.call,
      {
        request: (method, params, timeoutMs) => session.request(method, params, timeoutMs),
        userAgent: USER_AGENT,
        get preAnswers() {
          return session.grants.has('preAnswer');
        },
      },
      () => toSettings(call.options, this.#ports.defaults()),
      {
        changed: (state) => {
          if (state.name === 'ended') this.#close(call);
          call.show(state);
        },
        failed: (failure, error) => {
          this.#fail(call, CALL_ERRORS[failure], error);
        },
        microphoneMissing: (error) => {
          this.#fail(call, microphoneErrorCode(error), error, { fatal: false });
        },
        prompted: ({ error, forMs, ...decisions }) => {
          const retryDeadline = this.#ports.call.now() + forMs;
          const detail = { callId: call.id, recoverable: true, retryDeadline, ...decisions };
          this.#ports.error(microphoneErrorCode(error), error, detail, { fatal: false });
        },
        recovered: (error) => {
          const { onError, onSuccess } = this.#ports.defaults().mediaPermissionsRecovery ?? {};
          this.#contain('mediaPermissionsRecovery', () => {
            if (error === undefined) onSuccess?.();
            else onError?.(new TelnyxError(microphoneErrorCode(error), error));
          });
        },
        warned: (warning) => {
          this.#ports.warning(CALL_WARNINGS[warning], {}, call.id);
        },
        playing: (element) => {
          const others = this.calls.all().filter((other) => other !== live);
          if (others.some(({ media }) => media.element === element)) this.#ports.warning(33011, {}, call.id);
        },
        byeUndelivered: (bye) => {
          this.calls.byeUndelivered(call.id, bye);
        },
      },
    );
    this.calls.add(live);
    this.#shown.set(call.id, call);
    return { call, live };
  }

  /** Gathers for the next call, while there is none. */
  prefetch(): void {
    const { accepting, defaults, session } = this.#ports;
    this.spare.drop();
    if (session.state.name !== 'ready' || !accepting() || this.calls.all().length > 0) return;
    const { forceRelayCandidate, iceServers, prefetchIceCandidates } = defaults();
    this.spare.prepare(peerConfiguration(iceServers, forceRelayCandidate, prefetchIceCandidates));
  }

  #close({ id }: Call): void {
    this.calls.remove(id);
    this.#shown.delete(id);
    for (const { media } of this.calls.all()) media.showAgain();
    this.prefetch();
  }

  #fail(call: Call, code: TelnyxErrorCode, error: unknown, override?: ErrorOverride): void {
    this.#ports.error(code, error, { callId: call.id }, override);
    if (code < 42000 || code > 42003) return;
    const raw = error instanceof Error ? (error.cause instanceof Error ? error.cause : error) : new Error();
    const { name, message } = raw;
    this.#notify(call, { type: 'userMediaError', call, error: raw, errorName: name, errorMessage: message });
  }

  readonly #owner: CallOwner = {
    updated: (call) => {
      this.#notify(call, { type: 'callUpdate', call });
    },
    warn: (code, call, detail = {}) => {
      this.#ports.warning(code, detail, call.id);
    },
    microphone: () => {
      const { audio } = this.#ports.defaults();
      return typeof audio === 'object' ? audio : {};
    },
    conversation: () => this.#conversation,
  };

  #notify(call: Call, notification: INotification): void {
    const { onNotification } = call.options;
    if (!onNotification) {
      this.#ports.notify(notification);
      return;
    }
    this.#contain('onNotification', () => {
      onNotification(notification);
    });
  }

  /** Runs a function of the application's. */
  #contain(name: string, run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#ports.call.log.error(`${name} threw`, error);
    }
  }

  #learn(live: LiveCall, message: Learned): void {
    const call = this.#shown.get(live.id);
    if (!call) return;
    if (message.method === 'telnyx_rtc.display') this.#showParty(call, message.params);
    else if (message.method === 'telnyx_rtc.bye') {
      const { client_state } = message.params;
      if (client_state) call.options.clientState = client_state;
    } else Object.assign(call.options, toIds(message.params));
  }

  /** The direction is seen from the server. */
  #showParty(call: Call, params: Push<'telnyx_rtc.display'>['params']): void {
    const { display_name: displayName = '', display_number: displayNumber = '' } = params;
    const displayDirection = params.display_direction === 'inbound' ? 'outbound' : 'inbound';
    call.extension = displayNumber;
    this.#notify(call, { type: 'participantData', call, displayName, displayNumber, displayDirection });
  }
}

function toSettings(options: IVertoCallOptions, defaults: CallDefaults): CallSettings {
  const listenOnly = options.receiveOnlyAudio === true || options.audio === false;
  const audio = typeof options.audio === 'object' ? options.audio : defaults.audio;
  return {
    audio: listenOnly
      ? false
      : withDevice(options.audio === true && audio === false ? true : audio, options.micId),
    iceServers: options.iceServers ?? defaults.iceServers,
    relayOnly: options.forceRelayCandidate ?? defaults.forceRelayCandidate,
    prefetchCandidates: options.prefetchIceCandidates ?? defaults.prefetchIceCandidates,
    trickle: options.trickleIce ?? defaults.trickleIce,
    preferredCodecs: options.preferred_codecs ?? [],
    recoverMs: (answering) => {
      const { enabled, outbound, timeout } = defaults.mediaPermissionsRecovery ?? {};
      return enabled && (answering || outbound)
        ? Math.min(timeout ?? RECOVERY_MS, MOST_RECOVERY_MS)
        : undefined;
    },
    muted: options.mutedMicOnStart ?? defaults.mutedMicOnStart,
    localStream: options.localStream,
    localElement: options.localElement ?? defaults.localElement,
    remoteElement: options.remoteElement ?? defaults.remoteElement,
    speakerId: options.speakerId ?? defaults.speakerId,
    ringtone: options.ringtoneFile ?? defaults.ringtoneFile,
    ringback: options.ringbackFile ?? defaults.ringbackFile,
    dialog: { ...toDialogParams(options) },
  };
}

function withDevice(
  audio: boolean | MediaTrackConstraints,
  micId: string | undefined,
): boolean | MediaTrackConstraints {
  if (micId === undefined || audio === false) return audio;
  return { ...(audio === true ? {} : audio), deviceId: { exact: micId } };
}

function toInboundOptions(invite: Push<'telnyx_rtc.invite'>['params']): IVertoCallOptions {
  const { caller_id_name, caller_id_number, callee_id_name, callee_id_number, client_state } = invite;
  const headers = invite.dialogParams?.custom_headers;
  return {
    id: invite.callID,
    destinationNumber: callee_id_number ?? '',
    remoteCallerName: caller_id_name ?? '',
    remoteCallerNumber: caller_id_number ?? '',
    callerName: callee_id_name ?? '',
    callerNumber: callee_id_number ?? '',
    ...(client_state === undefined ? {} : { clientState: client_state }),
    ...(headers?.length ? { customHeaders: [...headers] } : {}),
    ...toIds(invite),
  };
}

function toIds(message: Fields | Partial<Learned['params']>): Partial<IVertoCallOptions> {
  const { telnyx_call_control_id, telnyx_session_id, telnyx_leg_id }: Fields = { ...message };
  const ids = {
    telnyxCallControlId: telnyx_call_control_id,
    telnyxSessionId: telnyx_session_id,
    telnyxLegId: telnyx_leg_id,
  };
  return Object.fromEntries(Object.entries(ids).filter(([, id]) => typeof id === 'string' && id !== ''));
}

function brief({ id, direction, state }: Call): object {
  return { id, direction, state };
}
