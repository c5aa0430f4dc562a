import { decodeToClient, type Push } from '@parley/protocol';

import { Runner } from '../kernel/machine.ts';
import { parseFields, readFields, readText, type Fields } from './fields.ts';
import { CAPABILITIES, Grants } from './extension.ts';
import { Liveness } from './liveness.ts';
import { offline, Outbox } from './outbox.ts';
import { Resumption } from './resumption.ts';
import { RpcError } from './rpc.ts';
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
import { Sockets } from './sockets.ts';

const REQUEST_MS = 10_000;
const always = (): boolean => true;

/** Runs the session machine: opens sockets, logs in, and carries requests between them. */
export class Session {
  readonly grants: Grants;
  readonly sockets: Sockets;
  readonly resumption = new Resumption();
  readonly #ports: SessionPorts;
  readonly #settings: () => SessionSettings;
  readonly #observer: SessionObserver;
  readonly #machine: Runner<SessionState, SessionEvent, SessionEffect>;
  readonly #outbox: Outbox;
  #liveness: Liveness | undefined;
  /** Names this run of the client, wherever its id and calls are copied to. */
  readonly instance: string;
  readonly #choice = new ServerChoice();
  #resumeTold = false;
  #readyTold = false;
  readonly #registration = new Registration();

  constructor(ports: SessionPorts, settings: () => SessionSettings, observer: SessionObserver) {
    this.#ports = ports;
    this.#settings = settings;
    this.#observer = observer;
    this.instance = ports.uuid();
    this.grants = new Grants(observer.iceServersGranted);
    this.#outbox = new Outbox({
      startTimer: ports.startTimer,
      state: () => this.state,
      login: () => this.#login(),
    });
    this.sockets = new Sockets(ports, {
      opened: this.#opened.bind(this),
      text: (text) => {
        if (typeof text === 'string') this.#handleText(text);
      },
      failed: observer.socketFailed,
      closed: (event, generation, was) => {
        observer.closed(event, generation);
        if (was === 'neither') return;
        const beside = was === 'beside';
        if (beside || this.state.name === 'connecting') this.#passOver();
        this.#closed({ closeCode: event.code, closeReason: event.reason, beside });
      },
    });
    this.#machine = new Runner(sessionMachine, IDLE, {
      startTimer: ports.startTimer,
      perform: (effect) => {
        this.#perform(effect);
      },
      onTransition: (from, event, to) => {
        ports.log('debug', `${from.name} + ${event.type} → ${to.name}`);
        if (isUnattended(to)) this.#outbox.fail();
        if (to.name !== from.name) this.#watch(to.name === 'ready');
        observer.changed(to, event);
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

  get currentServer(): string {
    return this.#choice.pick(this.#settings().servers);
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

  /**
   * Logs in with the credentials that the settings have now; connects where there is no socket.
   * @throws RpcError where the server refuses or does not answer; `offline` where the session itself failed
   */
  async refreshLogin(): Promise<void> {
    this.#outbox.renew();
    if (this.isLoggedIn) {
      await this.#login();
      return;
    }
    this.#machine.send({ type: 'login' });
    await this.#outbox.wait('login', () => Promise.resolve({}), REQUEST_MS);
  }

  /**
   * It is a good moment to connect, and what is connected may be dead.
   * @param afresh an attempt that is under way is so in a network that is gone
   */
  hurry(afresh: boolean): void {
    this.#machine.send({ type: 'hurry', afresh });
    this.doubt();
  }

  /** Something has happened that the socket may not have survived. */
  doubt(): void {
    this.#liveness?.doubt();
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
   * Sends a request of a call as soon as the session is ready, at once where it is. The time counts from now on.
   * @param isWanted whether it still is when it can be sent
   * @throws RpcError
   */
  request(method: string, params: Fields, timeoutMs = REQUEST_MS, isWanted = always): Promise<Fields> {
    const dueAt = this.#ports.now() + timeoutMs;
    const send = async (): Promise<Fields> => {
      if (!isWanted()) throw offline(method);
      const { sessionId: sessid } = this.resumption;
      return this.#requestNow(method, { sessid, ...params }, dueAt - this.#ports.now());
    };
    // A socket that seems dead may yet carry it, and an end that comes twice does no harm.
    if (this.state.name === 'relieving' && method === 'telnyx_rtc.bye') send().catch(() => undefined);
    return this.#outbox.send(method, send, timeoutMs);
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
        this.sockets.release();
        this.#open(false);
        break;
      case 'openBeside':
        this.#open(true);
        void this.#ask().then((isAlive) => {
          if (isAlive) this.#machine.send({ type: 'heard' });
        });
        break;
      case 'promote':
        this.sockets.promote();
        break;
      case 'keep':
        this.sockets.releaseBeside();
        this.#outbox.flush();
        break;
      case 'close':
        this.sockets.release();
        break;
      case 'drop':
        this.#drop();
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
        if (!this.#resumeTold) this.#observer.resumed(undefined);
        this.#outbox.flush();
        if (!this.#readyTold) this.#observer.ready();
        this.#readyTold = true;
        break;
      case 'report':
        this.#observer.failed(effect.failure, effect.error);
        break;
    }
  }

  #open(beside: boolean): void {
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
      const resumable = !route.canary || this.sockets.count > 0;
      const url = this.resumption.socketUrl(this.currentServer, route, resumable);
      if (beside) this.sockets.openBeside(url);
      else this.sockets.open(url);
    } catch (error) {
      this.#machine.send({ type: 'unopenable', error });
    }
  }

  #drop(): void {
    const beside = this.sockets.hasBeside;
    if (this.sockets.isConnecting) this.#passOver();
    this.sockets.release();
    this.#closed({ beside });
  }

  #opened(event: Event): void {
    this.#resumeTold = false;
    this.#choice.reached();
    this.#readyTold = false;
    this.#outbox.renew();
    this.#observer.opened(event);
    this.#machine.send({ type: 'opened' });
  }

  #closed(closed: { closeCode?: number; closeReason?: string; beside?: boolean }): void {
    const { policy } = this.#settings();
    const how = { policy, inCall: this.#observer.inCall(), random: this.#ports.random() };
    this.#machine.send({ type: 'closed', isOffline: !this.#ports.isOnline(), ...closed, ...how });
  }

  #watch(isReady: boolean): void {
    this.#liveness?.stop();
    const { inCall } = this.#observer;
    const replace = (): void => {
      this.#machine.send({ type: 'silent', policy: this.#settings().policy });
    };
    const ports = { ...this.#ports, inCall, replace, ask: () => this.#ask() };
    this.#liveness = isReady ? new Liveness(ports) : undefined;
  }

  /** For a sign of life: what any server answers. @returns whether it did */
  #ask(): Promise<boolean> {
    return this.#requestAsNode('telnyx_rtc.ping').then(
      () => true,
      (error: unknown) => error instanceof RpcError && error.failure === 'refused',
    );
  }

  #passOver(): void {
    const { servers } = this.#settings();
    if (this.#choice.passOver(servers)) this.#observer.unreached(servers);
  }

  async #login(): Promise<void> {
    const { method, params } = this.#settings().login;
    const parley = { capabilities: CAPABILITIES, instance: this.instance, ...this.#observer.known() };
    const result = await this.#requestNow(method, { ...params, ...this.resumption.claim, parley });
    const sessionId = readText(result, 'sessid');
    const extension = readFields(result, 'parley');
    this.grants.take(extension, sessionId === this.resumption.sessionId);
    if (sessionId !== undefined) this.resumption.sessionId = sessionId;
    this.#observer.loggedIn(extension['expiresIn']);
  }

  #askRegistration(): Promise<string | typeof LOST | undefined> {
    return this.#registration.read(this.#requestAsNode('telnyx_rtc.gatewayState'));
  }

  #requestNow(method: string, params: Fields, timeoutMs = REQUEST_MS, extra?: Fields): Promise<Fields> {
    const { rpc } = this.sockets;
    if (!rpc) return Promise.reject(offline(method));
    this.#observer.sent(method, params);
    return rpc.request(method, params, timeoutMs, extra);
  }

  #handleText(text: string): void {
    this.#liveness?.heard();
    const frame = decodeToClient(text);
    this.resumption.voiceSdkId = frame.voiceSdkId ?? this.resumption.voiceSdkId;
    if (frame.kind === 'response' && this.sockets.rpc?.handleResponse(frame)) return;
    const raw = parseFields(text);
    if (raw) this.#observer.message(raw);
    if (frame.kind === 'push') this.#handlePush(frame);
    else if (frame.kind === 'ignored') {
      this.#ports.log('debug', `← ${frame.reason}`);
      if (frame.refusal) this.sockets.rpc?.refuse(frame.refusal.id, frame.refusal.code, frame.reason);
    }
  }

  #handlePush(push: Push): void {
    const acknowledge = (): void => {
      if (push.id !== undefined) this.sockets.rpc?.acknowledge(push.id, push.method);
    };
    switch (push.method) {
      case 'telnyx_rtc.ping':
        // The server then knows that requests reach it, too, and so does the client.
        void (this.#liveness?.ask() ?? this.#ask());
        return;
      case 'telnyx_rtc.clientReady':
        // Once a socket: what a login in between says of calls is not about what survived.
        if (!this.#resumeTold) this.#observer.resumed(push.params.reattached_sessions);
        this.#resumeTold = true;
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
    const extra = { voice_sdk_id: this.resumption.voiceSdkId };
    return this.#requestNow(method, {}, REQUEST_MS, extra);
  }
}
