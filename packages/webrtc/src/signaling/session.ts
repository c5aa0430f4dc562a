import { decodeToClient, type Push } from '@parley/protocol';

import { Runner } from '../kernel/machine.ts';
import { parseFields, readFields, readText, type Fields } from './fields.ts';
import { Grants } from './extension.ts';
import { offline, Outbox } from './outbox.ts';
import { NOTHING_TO_RESUME, resumeClaim, socketUrl, type Resumption } from './resumption.ts';
import { Rpc, RpcError } from './rpc.ts';
import {
  IDLE,
  isUnattended,
  sessionMachine,
  type SessionEffect,
  type SessionEvent,
  type SessionState,
} from './session-machine.ts';
import { isRegistered, LOST, Registration } from './registration.ts';
import { ServerChoice } from './server-choice.ts';
import type { SessionObserver, SessionPorts, SessionSettings } from './session-ports.ts';
import { Socket, type SocketHandlers } from './socket.ts';

const REQUEST_MS = 10_000;

/** The server no longer knows the session: log in once, then ask again. */
const LOGIN_REQUIRED = -32000;

/** Runs the session machine: opens sockets, logs in, and carries requests between them. */
export class Session {
  readonly grants: Grants;
  readonly #ports: SessionPorts;
  readonly #settings: () => SessionSettings;
  readonly #observer: SessionObserver;
  readonly #machine: Runner<SessionState, SessionEvent, SessionEffect>;
  readonly #outbox: Outbox;
  #socket: Socket | undefined;
  #rpc: Rpc | undefined;
  #sockets = 0;
  readonly #choice = new ServerChoice();
  #resumption: Resumption = NOTHING_TO_RESUME;
  #resumeTold = false;
  #readyTold = false;
  /** Asked for by an error code: one a socket, until it was seen to help. */
  #repeatedLogin: Promise<void> | undefined;
  readonly #registration = new Registration();

  constructor(ports: SessionPorts, settings: () => SessionSettings, observer: SessionObserver) {
    this.#ports = ports;
    this.#settings = settings;
    this.#observer = observer;
    this.grants = new Grants(observer.iceServersGranted);
    this.#outbox = new Outbox(ports.startTimer);
    this.#machine = new Runner(sessionMachine, IDLE, {
      startTimer: ports.startTimer,
      perform: (effect) => {
        this.#perform(effect);
      },
      onTransition: (from, { type }, to) => {
        ports.log.debug(`${from.name} + ${type} → ${to.name}`);
        if (isUnattended(to)) this.#outbox.fail();
        if (to.name === 'idle' && from.name !== 'idle') observer.gaveUp();
      },
    });
  }

  get state(): SessionState {
    return this.#machine.state;
  }

  /** On the socket that is open. */
  get isLoggedIn(): boolean {
    return this.state.name === 'ready' || this.state.name === 'registering';
  }

  get id(): string | undefined {
    return this.#resumption.sessionId;
  }

  get currentServer(): string {
    return this.#choice.pick(this.#settings().servers);
  }

  get currentSocket(): Socket | undefined {
    return this.#socket;
  }

  /** `call_report_id`, `dc` and `region` of the registration. */
  get registrationInfo(): Fields {
    return this.#registration.info;
  }

  connect(): void {
    if (this.state.name === 'idle') this.#choice.reset();
    this.#machine.send({ type: 'connect' });
  }

  disconnect(): void {
    this.#machine.send({ type: 'disconnect' });
  }

  forgetNode(): void {
    this.#resumption = { ...this.#resumption, voiceSdkId: undefined };
  }

  /**
   * Logs in with the credentials that the settings have now; connects where there is no socket.
   * @throws RpcError where the server refuses or does not answer; `offline` where the session itself failed
   */
  async refreshLogin(): Promise<void> {
    this.#repeatedLogin = undefined;
    if (this.isLoggedIn) {
      await this.#login();
      return;
    }
    this.#machine.send({ type: 'login' });
    await this.#whenReady('login', () => Promise.resolve({}), REQUEST_MS);
  }

  /** Takes another socket at once, as if this one had closed. */
  reconnect(): void {
    this.#perform({ type: 'drop' });
  }

  /** Ends the session without another socket, as the server asked. */
  punt(): void {
    this.#machine.send({ type: 'punted' });
  }

  /**
   * Sends a request of a call as soon as the session is ready, at once where it is.
   * @throws RpcError
   */
  async request(method: string, params: Fields, timeoutMs = REQUEST_MS): Promise<Fields> {
    const send = (): Promise<Fields> => this.#send(method, params, timeoutMs);
    try {
      return await (this.state.name === 'ready' ? send() : this.#whenReady(method, send, timeoutMs));
    } catch (error) {
      if (!(error instanceof RpcError) || error.code !== LOGIN_REQUIRED) throw error;
      this.#repeatedLogin ??= this.#login();
      await this.#repeatedLogin;
      const result = await send();
      this.#repeatedLogin = undefined;
      return result;
    }
  }

  /**
   * @returns whether the server has the client registered; false where it does not answer
   */
  async isRegistered(): Promise<boolean> {
    return isRegistered(await this.#askRegistration());
  }

  #perform(effect: SessionEffect): void {
    switch (effect.type) {
      case 'open':
        this.#open();
        break;
      case 'close':
        this.#release();
        break;
      case 'drop':
        if (this.#socket?.isConnecting) this.#passOver();
        this.#release();
        this.#closed(undefined);
        break;
      case 'login':
        this.#login().then(
          () => {
            this.#machine.send({ type: 'loginAccepted' });
          },
          (error: unknown) => {
            if (error instanceof RpcError && error.failure !== 'refused') return;
            this.#machine.send({ type: 'loginRefused', error });
          },
        );
        break;
      case 'askRegistration':
        void this.#askRegistration().then((word) => {
          if (word !== LOST) this.#machine.send({ type: 'registration', word, random: this.#ports.random() });
        });
        break;
      case 'announceReady':
        this.#tellSurvivors(undefined);
        this.#outbox.flush();
        if (!this.#readyTold) this.#observer.ready();
        this.#readyTold = true;
        break;
      case 'report':
        this.#observer.failed(effect.failure, effect.error);
        break;
    }
  }

  #open(): void {
    this.#release();
    const prepared = this.#observer.prepared();
    if (prepared) {
      this.#machine.send({ type: 'preparing' });
      void prepared.then(() => {
        this.#machine.send({ type: 'prepared' });
      });
      return;
    }
    try {
      const { route } = this.#settings();
      const resumable = !route.canary || this.#sockets > 0;
      const port = this.#ports.openSocket(socketUrl(this.currentServer, route, this.#resumption, resumable));
      this.#socket = new Socket(port, ++this.#sockets, this.#socketHandlers);
    } catch (error) {
      this.#machine.send({ type: 'unopenable', error });
    }
  }

  readonly #socketHandlers: SocketHandlers = {
    opened: (socket, event) => {
      const { startTimer, uuid } = this.#ports;
      this.#resumeTold = false;
      this.#choice.reached();
      this.#readyTold = false;
      this.#repeatedLogin = undefined;
      this.#rpc = new Rpc({
        startTimer,
        uuid,
        send: (frame) => {
          socket.send(frame);
        },
      });
      this.#observer.opened(event);
      this.#machine.send({ type: 'opened' });
    },
    text: (_socket, text) => {
      if (typeof text === 'string') this.#handleText(text);
    },
    failed: (socket, event) => {
      this.#observer.socketFailed(event, socket.generation);
    },
    closed: (socket, event) => {
      const current = socket === this.#socket;
      if (current) this.#release();
      this.#observer.closed(event, socket.generation);
      if (!current) return;
      if (this.state.name === 'connecting') this.#passOver();
      this.#closed(event.code);
    },
  };

  #closed(closeCode: number | undefined): void {
    const { policy } = this.#settings();
    this.#machine.send({ type: 'closed', closeCode, random: this.#ports.random(), policy });
  }

  #passOver(): void {
    const { servers } = this.#settings();
    if (this.#choice.passOver(servers)) this.#observer.unreached(servers);
  }

  #release(): void {
    const [socket, rpc] = [this.#socket, this.#rpc];
    this.#socket = undefined;
    this.#rpc = undefined;
    socket?.close();
    rpc?.close();
  }

  async #login(): Promise<void> {
    const { method, params } = this.#settings().login;
    const claim = resumeClaim(this.#resumption);
    const result = await this.#requestNow(method, { ...params, ...claim });
    const sessionId = readText(result, 'sessid');
    const extension = readFields(result, 'parley');
    this.grants.take(extension, sessionId === this.id);
    if (sessionId !== undefined) this.#resumption = { ...this.#resumption, sessionId };
    this.#observer.loggedIn(extension['expiresIn']);
  }

  #askRegistration(): Promise<string | typeof LOST | undefined> {
    return this.#registration.read(this.#requestAsNode('telnyx_rtc.gatewayState'));
  }

  #send(method: string, params: Fields, timeoutMs: number): Promise<Fields> {
    return this.#requestNow(method, { sessid: this.id, ...params }, timeoutMs);
  }

  #requestNow(method: string, params: Fields, timeoutMs = REQUEST_MS, extra?: Fields): Promise<Fields> {
    if (!this.#rpc) return Promise.reject(offline(method));
    this.#ports.log.debug(`→ ${method}`);
    return this.#rpc.request(method, params, timeoutMs, extra);
  }

  #whenReady(method: string, send: () => Promise<Fields>, timeoutMs: number): Promise<Fields> {
    if (isUnattended(this.state)) return Promise.reject(offline(method));
    return this.#outbox.wait(method, send, timeoutMs);
  }

  #handleText(text: string): void {
    const frame = decodeToClient(text);
    const { voiceSdkId } = frame;
    if (voiceSdkId !== undefined) this.#resumption = { ...this.#resumption, voiceSdkId };
    if (frame.kind === 'response' && this.#rpc?.handleResponse(frame)) return;
    const raw = parseFields(text);
    if (raw) this.#observer.message(raw);
    if (frame.kind === 'push') this.#handlePush(frame);
    else if (frame.kind === 'ignored') {
      this.#ports.log.debug(`← ${frame.reason}`);
      if (frame.refusal) this.#rpc?.refuse(frame.refusal.id, frame.refusal.code, frame.reason);
    }
  }

  #handlePush(push: Push): void {
    this.#ports.log.debug(`← ${push.method}`);
    const acknowledge = (): void => {
      if (push.id !== undefined) this.#rpc?.acknowledge(push.id, push.method);
    };
    switch (push.method) {
      case 'telnyx_rtc.ping':
        // The server then knows that requests reach it, too.
        this.#requestAsNode('telnyx_rtc.ping').catch(() => undefined);
        return;
      case 'telnyx_rtc.clientReady':
        this.#tellSurvivors(push.params.reattached_sessions);
        this.#machine.send({ type: 'clientReady' });
        return;
      case 'telnyx_rtc.gatewayState':
        this.#machine.send({ type: 'registration', word: push.params.state, random: this.#ports.random() });
        return;
      case 'parley.iceServers':
        this.grants.renewIceServers(push.params.iceServers);
        acknowledge();
        return;
      default:
        this.#observer.pushed(push, acknowledge);
    }
  }

  /** Names the node that serves this client. */
  #requestAsNode(method: string): Promise<Fields> {
    const extra = { voice_sdk_id: this.#resumption.voiceSdkId };
    return this.#requestNow(method, {}, REQUEST_MS, extra);
  }

  /** Once a socket: what a login in between says of calls is not about what survived. */
  #tellSurvivors(survivors: readonly string[] | undefined): void {
    if (this.#resumeTold) return;
    this.#resumeTold = true;
    this.#observer.resumed(survivors);
  }
}
