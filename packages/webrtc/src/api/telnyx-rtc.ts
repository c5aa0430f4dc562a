// First, as `index.ts` explains.
import { ClientCore } from './client-core.ts';

import { Emitter } from '../kernel/emitter.ts';
import { named } from '../kernel/log.ts';
import type { LoadWatcher } from './watch.ts';
import { checkPermissions, findDeviceId, listDevices, supportedConstraints } from '../media/devices.ts';
import { MicrophoneError } from '../media/microphone.ts';
import { findElement } from '../media/playback.ts';
import { browserPlatform, randomUuid } from '../platform/browser.ts';
import type { Platform } from '../platform/ports.ts';
import { readText } from '../signaling/fields.ts';
import { RpcError } from '../signaling/rpc.ts';
import { toWebRTCInfo, type IWebRTCInfo } from './browser-support.ts';
import type { Call, ICallOptions } from './call.ts';
import { canLogIn, checkCallOptions, checkClientOptions, withCredentials } from './check-options.ts';
import { INVALID_CREDENTIALS, TelnyxError } from './errors.ts';
import type { TelnyxEvents } from './events.ts';
import { microphoneErrorCode } from './failures.ts';
import type { IClientOptions, MediaElementSource } from './options.ts';

/** Constraints of the microphone, with the device to use. */
export interface IAudioSettings extends MediaTrackConstraints {
  micId?: string;
  /** Finds the device where its id has changed. */
  micLabel?: string;
}

export interface ILoginParams {
  /** Replace those of the client's options. */
  creds?: Pick<
    IClientOptions,
    'login' | 'password' | 'passwd' | 'login_token' | 'userVariables' | 'anonymous_login'
  >;
  onSuccess?: () => void;
  onError?: (error: Error) => void;
}

/** What the client knows of its socket. */
export interface IConnection {
  readonly connected: boolean;
  readonly connecting: boolean;
  readonly closed: boolean;
  readonly isAlive: boolean;
  readonly isDead: boolean;
  readonly host: string;
  readonly socketGeneration: number;
}

/**
 * A client: one login, and the calls that it makes and receives.
 *
 * ```js
 * const client = new TelnyxRTC({ login_token, env: 'wss://calls.example.com' });
 * client.remoteElement = 'audio';
 * client.on('telnyx.ready', () => client.newCall({ destinationNumber: 'bob' }));
 * client.on('telnyx.notification', ({ type, call }) => {
 *   if (type === 'callUpdate' && call.state === 'ringing') call.answer();
 * });
 * client.connect();
 * ```
 */
export class TelnyxRTC {
  /** The options in use. What is changed here counts from the next connection, login or call on. */
  options: IClientOptions;
  /** Identifies this object. */
  readonly uuid: string;
  /** Device of the microphone for calls that name none. */
  micId = '';
  micLabel = '';
  camId = '';
  camLabel = '';
  /** Device on which calls are heard that name none; null: the system's. */
  speaker: string | null = null;
  ringtoneFile: string | undefined;
  ringbackFile: string | undefined;
  /** No effect: a call that the server still holds is always taken up again. */
  autoRecoverCalls = true;
  /**
   * A function, as frameworks wrap every object that they can reach in a proxy.
   * @internal
   */
  declare readonly core: () => ClientCore;
  private static everyClient: Emitter<TelnyxEvents> | undefined;

  /** @throws Error, `Invalid init options: …`, which names the option that cannot be used */
  constructor(options: IClientOptions) {
    const platform = this.createPlatform();
    const log = named('TelnyxRTC', platform.write);
    this.options = {};
    this.options = checkClientOptions(options, (line) => {
      log('warn', line);
    });
    this.uuid = platform.uuid();
    this.ringtoneFile = this.options.ringtoneFile;
    this.ringbackFile = this.options.ringbackFile;
    const core = new ClientCore(
      platform,
      this,
      (event, payload) => {
        TelnyxRTC.everyClient?.emit(event, payload);
      },
      () => this.loadWatcher(),
    );
    Object.defineProperty(this, 'core', { value: () => core });
  }

  /**
   * What the client runs on; tests have another.
   * @internal
   */
  protected createPlatform(): Platform {
    return browserPlatform();
  }

  /** @internal */
  protected async loadWatcher(): ReturnType<LoadWatcher> {
    const { watchClient } = await import('./monitoring.ts');
    return watchClient;
  }

  /** Whether the socket is open; for whether calls can be made, see the event `telnyx.ready`. */
  get connected(): boolean {
    return this.core().session.sockets.current?.isOpen ?? false;
  }

  get connection(): IConnection {
    const { session, server } = this.core();
    const socket = session.sockets.current;
    const connected = socket?.isOpen ?? false;
    const connecting = socket?.isConnecting ?? false;
    const isAlive = connected || connecting;
    return {
      connected,
      connecting,
      closed: !isAlive,
      isAlive,
      isDead: !isAlive,
      host: server,
      socketGeneration: socket?.generation ?? 0,
    };
  }

  /** The id of the session at the server; empty before the login. */
  get sessionid(): string {
    return this.core().sessionId;
  }

  /** Region of the server; null before `telnyx.ready`, and where the server has none. */
  get region(): string | null {
    return readText(this.core().session.registrationInfo, 'region') ?? null;
  }

  /** Data centre of the server; null before `telnyx.ready`, and where the server has none. */
  get dc(): string | null {
    return readText(this.core().session.registrationInfo, 'dc') ?? null;
  }

  get callReportId(): string | null {
    return readText(this.core().session.registrationInfo, 'call_report_id') ?? null;
  }

  /** The calls that have not ended, by id, as they are now. */
  get calls(): Record<string, Call> {
    const byId = this.core()
      .book.all()
      .map((call) => [call.id, call] as const);
    const calls: Record<string, Call> = Object.fromEntries(byId);
    Object.setPrototypeOf(calls, null);
    return calls;
  }

  getActiveCalls(): Call[] {
    return [...this.core().book.active()];
  }

  hasActiveCall(): boolean {
    return this.core().book.active().length > 0;
  }

  /**
   * Opens the connection and logs in; reconnects for as long as it takes. Where the next attempt is waited for, it
   * begins now. Settles at once: the event `telnyx.ready` tells when calls can be made.
   */
  async connect(): Promise<void> {
    this.core().connect();
  }

  /** Ends every call, then the session. Settles when the server has confirmed, after 5 seconds at most. */
  async disconnect(): Promise<void> {
    await this.core().disconnect();
  }

  /** The same as `disconnect()`. */
  logout(): void {
    void this.disconnect();
  }

  /**
   * Logs in again on the open connection, with another token for example; calls go on. Connects where there is
   * no connection. Failures are told by `onError` and by `telnyx.error`.
   */
  async login({ creds = {}, onSuccess, onError }: ILoginParams = {}): Promise<void> {
    const core = this.core();
    Object.assign(this.options, withCredentials(this.options, creds));
    if (!canLogIn(this.options)) {
      core.fail(46002, undefined, { type: INVALID_CREDENTIALS });
      onError?.(new TelnyxError(46002));
      return;
    }
    try {
      await core.session.refreshLogin();
      onSuccess?.();
    } catch (error) {
      if (!(error instanceof RpcError) || error.failure !== 'offline') core.fail(46001, error);
      onError?.(new TelnyxError(46001, error));
    }
  }

  /** Asks the server. @returns false where it does not answer within 10 seconds */
  getIsRegistered(): Promise<boolean> {
    return this.core().session.isRegistered();
  }

  /** The next connection may go to another node of the server. */
  clearReconnectToken(): void {
    this.core().session.resumption.voiceSdkId = undefined;
  }

  /**
   * Places a call.
   * @throws TelnyxError 44002 where an option cannot be used
   */
  newCall(options: ICallOptions): Call {
    const core = this.core();
    const refuse = (reason: string): never => {
      throw new TelnyxError(44002, undefined, { message: `Invalid call options: ${reason}` });
    };
    const given = checkCallOptions(options, refuse, (line) => {
      core.log('warn', line);
    });
    const { destinationNumber, id = core.platform.uuid() } = given;
    if (destinationNumber === undefined && !this.options.anonymous_login) {
      refuse('destinationNumber is missing');
    }
    if (Object.hasOwn(this.calls, id)) refuse(`id ${id} is in use`);
    return core.book.place({
      remoteCallerName: 'Outbound Call',
      remoteCallerNumber: destinationNumber,
      userVariables: this.options.userVariables,
      ...given,
      id,
    });
  }

  /** Listens to an event; a listener that throws keeps no other from being called. */
  on<K extends keyof TelnyxEvents>(event: K, listener: (payload: TelnyxEvents[K]) => void): this;
  on<E extends string>(
    event: E extends keyof TelnyxEvents ? never : E,
    listener: (payload: never) => void,
  ): this;
  on(event: string, listener: (payload: never) => void): this {
    this.core().emitter.on(event, listener);
    return this;
  }

  /** Without a listener: removes every listener of the event. */
  off<K extends keyof TelnyxEvents>(event: K, listener?: (payload: TelnyxEvents[K]) => void): this;
  off<E extends string>(
    event: E extends keyof TelnyxEvents ? never : E,
    listener?: (payload: never) => void,
  ): this;
  off(event: string, listener?: (payload: never) => void): this {
    this.core().emitter.off(event, listener);
    return this;
  }

  /** The element in which calls are heard that have none of their own; set an element, its id, or a function. */
  get remoteElement(): HTMLMediaElement | null {
    const { platform, remoteElement } = this.core();
    return findElement(platform, remoteElement);
  }

  set remoteElement(element: MediaElementSource | null) {
    this.core().remoteElement = element ?? undefined;
  }

  /** The element that shows the local stream of calls that have none of their own. */
  get localElement(): HTMLMediaElement | null {
    const { platform, localElement } = this.core();
    return findElement(platform, localElement);
  }

  set localElement(element: MediaElementSource | null) {
    this.core().localElement = element ?? undefined;
  }

  /** The ICE servers of the next call. */
  get iceServers(): RTCIceServer[] {
    return this.core().iceServers;
  }

  set iceServers(servers: RTCIceServer[]) {
    this.options.iceServers = servers;
  }

  get mediaConstraints(): { audio: boolean | MediaTrackConstraints; video: boolean } {
    const { audioSettings, microphoneEnabled } = this.core();
    return { audio: microphoneEnabled && audioSettings, video: false };
  }

  /** Asks for permission where needed. @returns whether it is given within a minute; nothing stays open */
  checkPermissions(audio = true, video = false): Promise<boolean> {
    return checkPermissions(this.core().platform, audio, video);
  }

  /**
   * Asks for the microphone where names of devices are hidden.
   * @throws TelnyxError 42001 to 42003, the last also where nobody answers within a minute, or the browser within 5 s
   */
  getDevices(): Promise<MediaDeviceInfo[]> {
    return this.listDevices();
  }

  getAudioInDevices(): Promise<MediaDeviceInfo[]> {
    return this.listDevices('audioinput');
  }

  getAudioOutDevices(): Promise<MediaDeviceInfo[]> {
    return this.listDevices('audiooutput');
  }

  getVideoDevices(): Promise<MediaDeviceInfo[]> {
    return this.listDevices('videoinput');
  }

  /**
   * @returns the id where it is present, else that of a device with the same label, else null
   * @throws TelnyxError as `getDevices()`
   */
  async validateDeviceId(id: string, label: string, kind: MediaDeviceKind): Promise<string | null> {
    return findDeviceId(await this.listDevices(kind), id, label);
  }

  /**
   * Sets the microphone and its constraints for later calls; those that the browser does not know are left out.
   * @throws TypeError where there are no settings; TelnyxError as `getDevices()` where they name a device
   */
  async setAudioSettings(settings: IAudioSettings): Promise<MediaTrackConstraints> {
    const core = this.core();
    const { micId = '', micLabel = '', ...constraints } = settings;
    const audio = supportedConstraints(core.platform, constraints);
    if (micId) {
      this.micId = (await this.validateDeviceId(micId, micLabel, 'audioinput')) ?? '';
      this.micLabel = micLabel;
      if (this.micId) audio.deviceId = { exact: this.micId };
    }
    core.audioSettings = audio;
    return audio;
  }

  /** Later calls listen only. */
  disableMicrophone(): void {
    this.core().microphoneEnabled = false;
  }

  enableMicrophone(): void {
    this.core().microphoneEnabled = true;
  }

  private async listDevices(kind?: MediaDeviceKind): Promise<MediaDeviceInfo[]> {
    const core = this.core();
    try {
      return await listDevices(core.platform, kind);
    } catch (error) {
      const failure = new TelnyxError(microphoneErrorCode(error), error);
      if (error instanceof MicrophoneError) core.emit('telnyx.rtc.mediaError', failure);
      throw failure;
    }
  }

  /** Listens to an event of every client of the page. */
  static on<K extends keyof TelnyxEvents>(event: K, listener: (payload: TelnyxEvents[K]) => void): void {
    TelnyxRTC.everyClient ??= new Emitter((name, error) => {
      browserPlatform().write('error', `a listener of ${String(name)} threw`, error);
    });
    TelnyxRTC.everyClient.on(event, listener);
  }

  static off<K extends keyof TelnyxEvents>(event: K, listener?: (payload: TelnyxEvents[K]) => void): void {
    TelnyxRTC.everyClient?.off(event, listener);
  }

  /** @returns what this browser can do, or a sentence where it cannot make calls */
  static webRTCInfo(): IWebRTCInfo | string {
    return toWebRTCInfo(browserPlatform());
  }

  static uuid(): string {
    return randomUuid();
  }

  /**
   * Rewrites the state of a call in place, in the words of an old version. New pages read `call.state`.
   */
  static telnyxStateCall(call: Call): Call {
    const { state } = call;
    if (state === 'requesting' || state === 'trying' || state === 'early') call.state = 'connecting';
    else if (state === 'answering') call.state = 'ringing';
    else if (state === 'hangup' || state === 'destroy' || state === 'purge') call.state = 'done';
    return call;
  }
}
