import type { Push } from '@parley/protocol';

import { LiveCall } from '../calls/call.ts';
import { BYE_MS } from '../calls/call-requests.ts';
import type { CallWarning } from '../calls/call-media.ts';
import { Conversation } from '../calls/conversation.ts';
import { Calls, type Learned, type Told } from '../calls/calls.ts';
import { named, type Log } from '../kernel/log.ts';
import { peerConfiguration, SpareConnection } from '../media/spare-connection.ts';
import type { Platform } from '../platform/ports.ts';
import type { Fields } from '../signaling/fields.ts';
import type { Session } from '../signaling/session.ts';
import { Call, type CallOwner, type INotification, type IVertoCallOptions } from './call.ts';
import { toSettings, type CallDefaults } from './call-settings.ts';
import { USER_AGENT } from './dialog-params.ts';
import type { SavedCall, SavedPage } from './page-marker.ts';
import type { Watch } from './watch.ts';
import { TelnyxError, type ErrorOverride, type TelnyxErrorCode } from './errors.ts';
import type { TelnyxEvents } from './events.ts';
import { CALL_ERRORS, FATALITY, microphoneErrorCode } from './failures.ts';
import type { ToldWarningCode } from './warnings.ts';

/** What calls need of their client. */
export interface CallClient extends CallDefaults {
  readonly platform: Platform;
  readonly log: Log;
  readonly session: Session;
  readonly watch: Watch;
  fail(
    code: TelnyxErrorCode,
    originalError: unknown,
    detail: { callId: string },
    override?: ErrorOverride,
  ): void;
  warn(code: ToldWarningCode, detail: object): void;
  emit(event: 'telnyx.notification', notification: TelnyxEvents['telnyx.notification']): void;
  readonly told: (message: Told) => void;
  /** false while the client leaves. */
  readonly accepting: () => boolean;
  readonly callChanged: () => void;
}

const CALL_WARNINGS: Readonly<Record<CallWarning, ToldWarningCode>> = {
  disconnected: 33001,
  'connection-renewed': 36003,
  'media-renewed': 36004,
  'no-candidates': 33003,
  'host-candidates-only': 33005,
  'connection-failed': 33004,
  'playback-blocked': 33101,
  'microphone-lost': 33102,
  'speaker-lost': 33103,
};

/** The calls of a client as the application sees them, joined to those that run. */
export class CallBook implements CallOwner {
  readonly calls: Calls;
  readonly conversation: Conversation;
  /** For the next call. */
  readonly spare: SpareConnection;
  readonly #client: CallClient;
  readonly #shown = new Map<string, Call>();
  /** Calls of the page that was here before, until the server offers them again. */
  readonly #saved = new Map<string, SavedCall>();

  constructor(client: CallClient) {
    const { accepting, platform, session, told } = client;
    this.#client = client;
    this.spare = new SpareConnection(platform);
    this.conversation = new Conversation(session, platform.uuid);
    this.calls = new Calls({
      accepting,
      told,
      create: (invite) => this.#open(toInboundOptions(invite), invite.sdp).live,
      restore: (id) => {
        const saved = this.#saved.get(id);
        this.#saved.delete(id);
        return this.#open({ ...saved?.options, id }, undefined, saved).live;
      },
      notRestored: (id) => {
        this.#saved.delete(id);
        client.fail(48501, undefined, { callId: id });
      },
      learned: (live, message) => {
        this.#learn(live, message);
      },
      unknownAttach: (params) => {
        client.warn(35002, { params });
      },
      sendBye: (params) => session.request('telnyx_rtc.bye', params, BYE_MS),
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
    const { call, live } = this.#open(options, undefined);
    live.start();
    return call;
  }

  /** Those that took them from the client go on with others. */
  setIceServers(iceServers: readonly RTCIceServer[]): void {
    for (const { id, media } of this.calls.all()) {
      if (!this.#shown.get(id)?.options.iceServers) media.setIceServers(iceServers);
    }
  }

  /** What another page has left. */
  expect({ calls, ended }: SavedPage): void {
    for (const call of calls) this.#saved.set(call.id, call);
    this.calls.expect(
      calls.map(({ id, epoch }) => [id, epoch]),
      ended,
    );
  }

  /** Nothing that another page has left is to go on. */
  renounce(): Promise<void> {
    this.#saved.clear();
    return this.calls.renounce();
  }

  /** One that rings here can ring in another page, one that rings elsewhere cannot. */
  outlivesPage({ direction, id }: Call): boolean {
    return direction === 'inbound' || this.save().calls.some((call) => call.id === id);
  }

  /** What can go on in another page, be it that this one still waits for it. */
  save(): Pick<SavedPage, 'calls' | 'ended'> {
    const own = this.calls.all().flatMap(({ id, epoch, media, state }): SavedCall[] => {
      const call = this.#shown.get(id);
      if (!call || state.name !== 'established') return [];
      const options = { ...call.options, mutedMicOnStart: media.microphone.muted };
      return [{ id, direction: call.direction, epoch, held: state.held, deaf: media.deaf, options }];
    });
    return { calls: [...this.#saved.values(), ...own], ended: this.calls.ended };
  }

  /** @param offer undefined for a call that goes out, and for a restored one */
  #open(
    options: IVertoCallOptions,
    offer: string | undefined,
    restored?: SavedCall,
  ): { call: Call; live: LiveCall } {
    const client = this.#client;
    const { log, platform, session } = client;
    const direction = restored?.direction ?? (offer === undefined ? 'outbound' : 'inbound');
    const call: Call = new Call(direction, options, this, () => live);
    const live: LiveCall = new LiveCall(
      call.id,
      offer,
      {
        ...platform,
        log: named('call', log),
        createPeerConnection: (configuration) => {
          const connection = this.spare.take(configuration);
          client.watch.note('peer', { call, connection });
          return connection;
        },
      },
      { session, userAgent: USER_AGENT },
      () => toSettings(call.options, client),
      {
        changed: (state) => {
          if (state.name === 'ended') this.#close(call);
          call.show(state);
          client.callChanged();
        },
        failed: (failure, error) => {
          this.#fail(call, CALL_ERRORS[failure], error, FATALITY[failure]);
        },
        mediaChanged: () => {
          call.show(live.state);
        },
        microphoneMissing: (error) => {
          this.#fail(call, microphoneErrorCode(error), error, { fatal: false });
        },
        prompted: ({ error, forMs, ...decisions }) => {
          const retryDeadline = platform.now() + forMs;
          const detail = { callId: call.id, recoverable: true, retryDeadline, ...decisions };
          client.fail(microphoneErrorCode(error), error, detail, { fatal: false });
        },
        recovered: (error) => {
          const { onError, onSuccess } = client.fields.options.mediaPermissionsRecovery ?? {};
          this.#contain('mediaPermissionsRecovery', () => {
            if (error === undefined) onSuccess?.();
            else onError?.(new TelnyxError(microphoneErrorCode(error), error));
          });
        },
        warned: (warning, reason) => {
          this.warn(CALL_WARNINGS[warning], call, { reason });
        },
        playing: (element) => {
          const others = this.calls.all().filter((other) => other !== live);
          if (others.some(({ media }) => media.element === element)) this.warn(33011, call);
        },
        byeUndelivered: (bye) => {
          this.calls.byeUndelivered(call.id, bye);
        },
      },
      restored,
    );
    this.calls.add(live);
    this.#shown.set(call.id, call);
    this.updated(call);
    const others = this.active().filter((other) => other !== call);
    if (others.length > 0) {
      this.warn(33010, call, { newCall: brief(call), activeCalls: others.map(brief) });
    }
    call.show(live.state);
    return { call, live };
  }

  /** Gathers for the next call, while there is none. */
  prefetch(): void {
    const { accepting, session } = this.#client;
    this.spare.drop();
    if (session.state.name !== 'ready' || !accepting() || this.calls.all().length > 0) return;
    const { iceServers, prefetchCandidates, relayOnly } = toSettings({}, this.#client);
    this.spare.prepare(peerConfiguration(iceServers, relayOnly, prefetchCandidates));
  }

  #close({ id }: Call): void {
    this.calls.remove(id);
    this.#shown.delete(id);
    for (const { media } of this.calls.all()) media.showAgain();
    this.prefetch();
  }

  #fail(call: Call, code: TelnyxErrorCode, error: unknown, override?: ErrorOverride): void {
    this.#client.fail(code, error, { callId: call.id }, override);
    if (code < 42000 || code > 42003) return;
    const raw = error instanceof Error ? (error.cause instanceof Error ? error.cause : error) : new Error();
    const { name, message } = raw;
    this.#notify(call, { type: 'userMediaError', call, error: raw, errorName: name, errorMessage: message });
  }

  updated(call: Call): void {
    const { isHeld, mediaState, state } = call;
    this.#client.watch.note('call', { call, isHeld, mediaState, state });
    this.#notify(call, { type: 'callUpdate', call });
  }

  warn(code: ToldWarningCode, { id }: Call, detail?: object): void {
    this.#client.warn(code, { ...detail, callId: id });
  }

  /** Constraints of the microphone of a call that has none of its own. */
  get audio(): MediaTrackConstraints {
    const { audio } = this.#client;
    return typeof audio === 'object' ? audio : {};
  }

  #notify(call: Call, notification: INotification): void {
    const { onNotification } = call.options;
    if (!onNotification) {
      this.#client.emit('telnyx.notification', notification);
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
      this.#client.log('error', `${name} threw`, error);
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
    clientState: client_state,
    customHeaders: headers?.length ? [...headers] : undefined,
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
