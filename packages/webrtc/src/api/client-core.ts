// First, as `index.ts` explains.
import { CallBook, type CallClient } from './call-book.ts';

import type { Told } from '../calls/calls.ts';
import { Emitter } from '../kernel/emitter.ts';
import { named, type Log } from '../kernel/log.ts';
import type { Platform } from '../platform/ports.ts';
import { Session } from '../signaling/session.ts';
import {
  isUnattended,
  type SessionEvent,
  type SessionFailure,
  type SessionState,
} from '../signaling/session-machine.ts';
import type { SessionObserver, SessionSettings } from '../signaling/session-ports.ts';
import { TokenKeeper } from '../signaling/token-keeper.ts';
import type { ClientFields } from './call-settings.ts';
import { toConnectionEvent, type ConnectionState } from './connection.ts';
import type { AIConversationParams } from './conversation.ts';
import type { Call } from './call.ts';
import { PageLife } from './page-life.ts';
import { errorEvent, TelnyxError, type ErrorOverride, type TelnyxErrorCode } from './errors.ts';
import type { TelnyxEvents } from './events.ts';
import { hasCredentials, regionsOf } from './check-options.ts';
import { microphoneRemedy, SESSION_ERRORS } from './failures.ts';
import { defaultIceServers } from './ice-servers.ts';
import { toLogin } from './login.ts';
import type { MediaElementSource } from './options.ts';
import { inRegion, toServerUrl } from './server-address.ts';
import { Watch, type LoadWatcher, type WatchedClient } from './watch.ts';
import { toWarning, type ITelnyxWarning, type ToldWarningCode } from './warnings.ts';

type Emit = <K extends keyof TelnyxEvents>(event: K, payload: TelnyxEvents[K]) => void;

/** What makes a client work, out of reach of the application. */
export class ClientCore implements CallClient, WatchedClient {
  readonly platform: Platform;
  readonly log: Log;
  readonly emitter: Emitter<TelnyxEvents>;
  readonly session: Session;
  readonly book: CallBook;
  readonly fields: ClientFields;
  readonly watch: Watch;
  /** Constraints of the microphone, as the application has set them. */
  audioSettings: boolean | MediaTrackConstraints = true;
  microphoneEnabled = true;
  localElement: MediaElementSource | undefined;
  remoteElement: MediaElementSource | undefined;
  readonly #everyEvent: Emit;
  readonly #tokens: TokenKeeper;
  readonly #page: PageLife;
  #connection: ConnectionState = 'disconnected';
  /** The departure that goes on; a `connect()` meanwhile revokes it. */
  #leaving: symbol | undefined;

  constructor(platform: Platform, fields: ClientFields, everyEvent: Emit, loadWatcher: LoadWatcher) {
    this.platform = platform;
    this.fields = fields;
    this.watch = new Watch(this, loadWatcher);
    this.log = named('TelnyxRTC', (level, line, ...detail) => {
      if (level !== 'debug') platform.write(level, line, ...detail);
      this.watch.note('log', { level, line });
    });
    this.#everyEvent = everyEvent;
    this.emitter = new Emitter((event, error) => {
      this.log('error', `a listener of ${String(event)} threw`, error);
    });
    this.session = new Session(
      { ...platform, openSocket: (url) => platform.openSocket(url), log: named('session', this.log) },
      () => this.#sessionSettings(),
      this.#sessionObserver,
    );
    this.#tokens = new TokenKeeper({
      startTimer: platform.startTimer,
      now: platform.now,
      token: () => (hasCredentials(fields.options) ? undefined : fields.options.login_token),
      provider: () => (hasCredentials(fields.options) ? undefined : fields.options.tokenProvider),
      use: (token) => {
        fields.options.login_token = token;
        void this.#refreshToken();
      },
      warn: (originalError) => {
        this.warn(34001, { originalError });
      },
    });
    this.book = new CallBook(this);
    this.#page = new PageLife(this);
  }

  get sessionId(): string {
    return this.session.resumption.sessionId ?? '';
  }

  get server(): string {
    return this.session.currentServer;
  }

  /** One for each region, in the order in which they are tried. */
  get #servers(): readonly string[] {
    const { options } = this.fields;
    const server = toServerUrl(options.host ?? options.env);
    if (server === undefined) return [''];
    const regions = regionsOf(options).map((region) => inRegion(server, String(region)) ?? server);
    return regions.length > 0 ? regions : [server];
  }

  get iceServers(): RTCIceServer[] {
    return this.fields.options.iceServers ?? defaultIceServers(this.session.grants.iceServers, this.server);
  }

  get trickles(): boolean {
    return this.session.grants.iceServers.length > 0;
  }

  get traces(): boolean {
    return this.session.grants.has('traceContext');
  }

  get audio(): boolean | MediaTrackConstraints {
    const { audioSettings, fields, microphoneEnabled } = this;
    const { micId } = fields;
    return (
      microphoneEnabled && (audioSettings === true && micId ? { deviceId: { exact: micId } } : audioSettings)
    );
  }

  readonly accepting = (): boolean => this.#leaving === undefined;

  readonly callChanged = (): void => {
    this.#page.callChanged();
  };

  readonly emit: Emit = (event, payload) => {
    this.watch.note(event, payload);
    this.emitter.emit(event, payload);
    this.#everyEvent(event, payload);
  };

  fail(
    code: TelnyxErrorCode,
    originalError: unknown,
    detail: { callId?: string; type?: string } = {},
    override: ErrorOverride = {},
  ): void {
    const remedy = code === 42001 && { solutions: [microphoneRemedy(this.platform.userAgent)] };
    const error = new TelnyxError(code, originalError, { ...remedy, ...override });
    this.emit('telnyx.error', errorEvent({ error, sessionId: this.sessionId, ...detail }, error));
  }

  warn(code: ToldWarningCode, detail: object): void {
    this.emit('telnyx.warning', this.warning(toWarning(code), detail));
  }

  warning(warning: ITelnyxWarning, detail: object): TelnyxEvents['telnyx.warning'] {
    return { warning, sessionId: this.sessionId, ...detail };
  }

  connect(): void {
    this.#leaving = undefined;
    this.#page.watch();
    if (this.fields.options.debug) void this.watch.begin();
    this.session.connect();
  }

  #tellConnection(state: SessionState, event: SessionEvent): void {
    const { platform } = this;
    const told = toConnectionEvent(state, event, this.#connection, {
      isOnline: platform.isOnline(),
      now: platform.now(),
    });
    if (told.state === this.#connection && told.nextAttemptAt === undefined) return;
    this.#connection = told.state;
    this.emit('telnyx.connection', told);
  }

  async disconnect(): Promise<void> {
    const leaving = Symbol('leaving');
    this.#leaving = leaving;
    const ended = Promise.all([this.hangUpAll(), this.book.renounce()]);
    const pending = this.book.all().length + this.book.calls.ended.length > 0;
    if (pending && !isUnattended(this.session.state)) {
      this.session.connect();
      await ended;
    }
    if (this.#leaving !== leaving) return;
    this.#page.stop();
    this.book.calls.abandon();
    this.session.disconnect();
  }

  async hangUpAll(which: (call: Call) => boolean = () => true): Promise<void> {
    const calls = this.book.active().filter(which);
    await Promise.all(
      calls.map((call) => {
        call.showWord('purge');
        return call.hangup();
      }),
    );
  }

  async #refreshToken(): Promise<void> {
    // Without a login on this socket, the next one takes the new token.
    if (!this.session.isLoggedIn) return;
    try {
      await this.session.refreshLogin();
    } catch (error) {
      // The former token holds on for a while, unless the application has left meanwhile.
      if (this.session.state.name !== 'idle') this.#tokens.unused(error);
    }
  }

  #sessionSettings(): SessionSettings {
    const { options } = this.fields;
    return {
      servers: this.#servers,
      route: {
        rtcIp: options.rtcIp,
        rtcPort: options.rtcPort,
        canary: options.useCanaryRtcServer ?? false,
        skipTrailing: options.skipTrailing ?? false,
        skipLastNode: options.skipLastVoiceSdkId ?? false,
      },
      policy: {
        autoReconnect: options.autoReconnect ?? true,
        maxReconnectAttempts: options.maxReconnectAttempts ?? 0,
      },
      login: toLogin(options, this.platform.userAgent),
    };
  }

  readonly #sessionObserver: SessionObserver = {
    changed: (state, event) => {
      this.#tellConnection(state, event);
    },
    inCall: () => this.book.calls.all().length > 0,
    known: () => ({ at: this.platform.now(), ...this.book.calls.known() }),
    ready: () => {
      this.book.calls.ready();
      this.book.prefetch();
      void this.watch.begin();
      this.emit('telnyx.ready', { ...this.session.registrationInfo, type: 'vertoClientReady' });
    },
    failed: (failure, error) => {
      this.#handleSessionFailure(failure, error);
    },
    prepared: () => this.#page.asking ?? this.#tokens.needed(),
    loggedIn: (expiresIn) => {
      this.#tokens.loggedIn(expiresIn);
    },
    iceServersGranted: () => {
      if (!this.fields.options.iceServers) this.book.setIceServers(this.iceServers);
      this.book.prefetch();
    },
    resumed: (survivors) => {
      this.book.calls.resumed(survivors);
    },
    pushed: (push, acknowledge) => {
      this.book.calls.handle(push, acknowledge);
    },
    sent: (method, params) => {
      this.watch.note('sent', { method, params });
    },
    message: (raw) => {
      this.emit('telnyx.socket.message', raw);
    },
    opened: (event) => {
      this.book.calls.opened();
      this.emit('telnyx.socket.open', event);
    },
    socketFailed: (event, socketGeneration) => {
      const { sessionId } = this;
      this.emit('telnyx.socket.error', { error: event, sessionId, socketGeneration });
      this.fail(45002, event);
    },
    unreached: (servers) => {
      if (regionsOf(this.fields.options).length === 0) return;
      const message = `No region could be reached: ${servers.join(', ')}`;
      this.fail(45001, undefined, {}, { message, fatal: false });
    },
    gaveUp: () => {
      this.#tokens.stop();
      this.book.calls.abandon();
    },
    closed: (event, socketGeneration) => {
      this.book.spare.drop();
      this.emit('telnyx.socket.close', { event, socketGeneration });
    },
  };

  #handleSessionFailure(failure: SessionFailure, error: unknown): void {
    if (failure === 'login-refused') this.#tokens.refused();
    const code = SESSION_ERRORS[failure];
    if (failure === 'silent') this.warn(36003, { reason: failure, source: 'probe' });
    else if (code === undefined) this.warn(36005, { reason: failure });
    else this.fail(code, error);
  }

  readonly told = (message: Told): void => {
    switch (message.method) {
      case 'telnyx_rtc.punt':
        this.#handlePunt();
        break;
      case 'ai_conversation': {
        const { method } = message;
        // Handed on as it came: what follows from its type is the assistant's promise.
        const params = message.params as AIConversationParams;
        this.emit('telnyx.ai.conversation', { method, params });
        break;
      }
      default:
        this.emit('telnyx.notification', { ...message.params, type: 'event' });
    }
  };

  /** The server ends the session. Calls whose media still flows may be kept, on another socket. */
  #handlePunt(): void {
    const kept = this.fields.options.keepConnectionAliveOnSocketClose === true;
    if (kept && this.book.all().some(({ peer }) => peer?.instance.connectionState === 'connected')) {
      this.session.reconnect();
    } else this.session.punt();
  }
}
