import {
  CloseCode,
  RpcErrorCode,
  decodeToServer,
  type ClientMethod,
  type DebugReportFrame,
  type ErrorObject,
  type RequestId,
  type ServerNotification,
  type ServerRequest,
  type ToClient,
} from '@parley/protocol';
import { inTime } from '../in-time.ts';
import type { Clock } from '../ports.ts';
import {
  connectionDeadline,
  connectionTransition,
  openedConnection,
  type ConnectionEffect,
  type ConnectionEvent,
  type ConnectionState,
} from './connection-machine.ts';
import type { Acknowledgement, Carrier, Disturbance, Session } from './session.ts';

/** From the arrival of a request. Official clients drop a socket on which an answer takes 10 s. */
const answerMs = 9_000;

/** One WebSocket, whatever library it comes from. */
export interface Socket {
  send(text: string): void;
  /** Starts the closing handshake; the socket reports its close afterwards. */
  close(code: number, reason: string): void;
  /** Breaks it off without a handshake; reports its close afterwards. */
  terminate(): void;
  /** Neither reads nor writes for so long, and then goes on. One that is closed meanwhile breaks off at the end. */
  stall(forMs: number): void;
}

/** The answer to a request, and what must not be sent before it. */
export interface Reply {
  result: object;
  afterwards?: () => void;
}

/** What a connection asks of the gateway. */
export interface ConnectionOwner {
  /** @throws {RpcError} where the request is refused */
  handle(connection: Connection, request: ServerRequest | ServerNotification): Promise<Reply>;
  /** A request was sent. */
  sent(connection: Connection, method: ClientMethod, params: object, requestId: RequestId): void;
  /** A part of its debug stream came, and was answered. */
  debugged(connection: Connection, frame: DebugReportFrame): void;
  /** It has a session from now on. */
  loggedIn(connection: Connection): void;
  /** Told once, as soon as nothing more is read or sent, whichever end closes it. */
  closed(connection: Connection): void;
  /** Something that should not happen, and that must not end the process. */
  failed(connection: Connection, error: unknown, method: string): void;
}

/** A refusal that travels to the client as the answer to its request. */
export class RpcError extends Error {
  readonly code: RpcErrorCode;
  constructor(code: RpcErrorCode, message: string) {
    super(message);
    this.name = 'RpcError';
    this.code = code;
  }
}

/**
 * One socket from its opening to its close. Requests are carried out strictly in the order in which they came, each
 * answered before the next one begins: a client may send its registration query right behind its login. Only a ping
 * does not wait for its turn, as its answer says that the socket is alive, whatever else takes its time.
 */
export class Connection implements Carrier {
  readonly remoteAddress: string;
  session: Session | null = null;
  #state: ConnectionState;
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #owner: ConnectionOwner;
  #callOffDeadline: (() => void) | null = null;
  #queue: Promise<void> = Promise.resolve();
  #nextId = 1;
  /** A ping whose answer, a ping of the client's, is awaited. */
  #pingedAt: number | null = null;
  #roundTripMs: number | null = null;
  readonly #acknowledgements = new Map<RequestId, (outcome: Acknowledgement) => void>();
  /** Those who ask whether the peer is alive. */
  readonly #listeners = new Set<(isAlive: boolean) => void>();

  constructor(socket: Socket, remoteAddress: string, clock: Clock, owner: ConnectionOwner) {
    this.#socket = socket;
    this.remoteAddress = remoteAddress;
    this.#clock = clock;
    this.#owner = owner;
    this.#state = openedConnection(clock.monotonic());
    this.#armDeadline();
  }

  get isOpen(): boolean {
    return this.#state.name !== 'closed';
  }

  authenticated(session: Session): void {
    this.session = session;
    this.#owner.loggedIn(this);
    this.#apply({ type: 'authenticated', at: this.#clock.monotonic() });
  }

  /** A text frame came in. */
  receive(text: string): void {
    if (!this.isOpen) return;
    const receivedAt = this.#clock.monotonic();
    this.#apply({ type: 'received', at: receivedAt });
    this.#tellListeners(this.isOpen);
    const decoded = decodeToServer(text);
    switch (decoded.kind) {
      case 'request':
        if (decoded.method === 'telnyx_rtc.ping') this.#answered(receivedAt);
        if (decoded.method === 'telnyx_rtc.ping' && this.session !== null)
          void this.#answer(decoded, receivedAt);
        else this.#queue = this.#queue.then(() => this.#answer(decoded, receivedAt));
        return;
      case 'response':
        this.#acknowledged(decoded.id, 'error' in decoded ? 'refused' : 'taken');
        return;
      case 'debugReport':
        this.#send({ jsonrpc: '2.0', id: decoded.frame.id, result: { message: 'ok' } });
        this.#debugged(decoded.frame);
        return;
      case 'invalid':
        if (decoded.answerable)
          this.#respondError(decoded.id, { code: decoded.error.code, message: decoded.error.message });
        if (decoded.error.code === RpcErrorCode.parseError)
          this.#apply({ type: 'junk', at: this.#clock.monotonic() });
        return;
      case 'notification':
        this.#queue = this.#queue.then(() => this.#take(decoded));
        return;
      case 'speedTest':
        return;
    }
  }

  roundTripMs(): number | null {
    return this.#roundTripMs;
  }

  paced(pace: 'idle' | 'inCall'): void {
    this.#apply({ type: 'paced', at: this.#clock.monotonic(), pace });
  }

  /** @param code with which the client closed it, if it did. A browser closes with 1001 when the page goes. */
  socketClosed(code?: number): void {
    if (this.isOpen && this.session !== null && code === CloseCode.goingAway)
      this.session.instance = undefined;
    this.#apply({ type: 'closed' });
  }

  release(code: CloseCode, reason: string): void {
    this.session = null;
    this.#apply({ type: 'released', code, reason });
  }

  disturb(disturbance: Disturbance): void {
    if (!this.isOpen) return;
    switch (disturbance.kind) {
      case 'drop':
        this.#socket.terminate();
        return;
      case 'stall':
        this.#socket.stall(disturbance.forMs);
        return;
      case 'leave':
        this.#apply({ type: 'released', code: CloseCode.serviceRestart, reason: disturbance.reason });
        return;
    }
  }

  request<M extends ClientMethod>(
    method: M,
    params: ToClient[M]['params'],
    onAcknowledged?: (outcome: Acknowledgement) => void,
  ): void {
    const id = this.#nextId++;
    if (method === 'telnyx_rtc.ping') this.#pingedAt = this.#clock.monotonic();
    if (onAcknowledged !== undefined) this.#acknowledgements.set(id, onAcknowledged);
    this.#send({ jsonrpc: '2.0', id, method, params, ...this.#stickiness() });
    if (this.isOpen) this.#owner.sent(this, method, params, id);
  }

  /** @returns whether the peer says anything at all within the time, asked by a ping */
  async isAlive(withinMs: number): Promise<boolean> {
    if (!this.isOpen) return false;
    return await new Promise((resolve) => {
      const listener = (isAlive: boolean): void => {
        callOff();
        this.#listeners.delete(listener);
        resolve(isAlive);
      };
      const callOff = this.#clock.after(withinMs, () => {
        listener(false);
      });
      this.#listeners.add(listener);
      this.request('telnyx_rtc.ping', {});
    });
  }

  async #answer(request: ServerRequest, receivedAt: number): Promise<void> {
    if (!this.isOpen) return;
    try {
      const left = Math.max(0, receivedAt + answerMs - this.#clock.monotonic());
      const reply = await inTime(this.#clock, left, this.#owner.handle(this, request));
      if (reply === 'late') throw new Error('The request took too long, and the next one is begun.');
      this.#reply(request.id, reply);
    } catch (error) {
      if (error instanceof RpcError) {
        this.#respondError(request.id, { code: error.code, message: error.message });
        return;
      }
      this.#owner.failed(this, error, request.method);
      this.#respondFailure(request.id);
    }
  }

  /** A client takes the error of its login for a refusal, and stays away for good; a socket that closes, it replaces. */
  #respondFailure(id: RequestId): void {
    const message = 'The gateway failed; try again.';
    if (this.session === null)
      this.#apply({ type: 'released', code: CloseCode.internalError, reason: message });
    else this.#respondError(id, { code: RpcErrorCode.internalError, message });
  }

  /** Of a reply to a socket that has closed meanwhile, nothing follows: its session is gone, or carried by another. */
  #reply(id: RequestId, { result, afterwards }: Reply): void {
    if (!this.isOpen) return;
    this.#send({ jsonrpc: '2.0', id, result, ...this.#stickiness() });
    afterwards?.();
  }

  /** What is refused of it is told to nobody: a notification has no answer. */
  async #take(notification: ServerNotification): Promise<void> {
    if (!this.isOpen) return;
    try {
      const { afterwards } = await this.#owner.handle(this, notification);
      afterwards?.();
    } catch (error) {
      if (!(error instanceof RpcError)) this.#owner.failed(this, error, notification.method);
    }
  }

  /** Of a client that debugs, no call may suffer. */
  #debugged(frame: DebugReportFrame): void {
    try {
      this.#owner.debugged(this, frame);
    } catch (error) {
      this.#owner.failed(this, error, frame.type);
    }
  }

  #answered(at: number): void {
    if (this.#pingedAt === null) return;
    this.#roundTripMs = Math.min(at - this.#pingedAt, this.#roundTripMs ?? Infinity);
    this.#pingedAt = null;
  }

  #tellListeners(isAlive: boolean): void {
    for (const listener of this.#listeners) listener(isAlive);
  }

  #acknowledged(id: RequestId | null, outcome: Acknowledgement): void {
    if (id === null) return;
    const callback = this.#acknowledgements.get(id);
    this.#acknowledgements.delete(id);
    callback?.(outcome);
  }

  #respondError(id: RequestId | null, error: ErrorObject): void {
    this.#send({ jsonrpc: '2.0', id, error });
  }

  #stickiness(): { voice_sdk_id?: string } {
    return this.session === null ? {} : { voice_sdk_id: this.session.ids.voiceSdkId };
  }

  #send(frame: object): void {
    if (this.isOpen) this.#socket.send(JSON.stringify(frame));
  }

  #apply(event: ConnectionEvent): void {
    const before = this.#state;
    const step = connectionTransition(before, event);
    this.#state = step.state;
    this.#armDeadline();
    for (const effect of step.effects) this.#carryOut(effect);
    if (before.name !== 'closed' && step.state.name === 'closed') this.#ended();
  }

  #ended(): void {
    this.#acknowledgements.clear();
    this.#tellListeners(false);
    this.#owner.closed(this);
  }

  #carryOut(effect: ConnectionEffect): void {
    switch (effect.do) {
      case 'ping':
        this.request('telnyx_rtc.ping', {});
        return;
      case 'close':
        this.#socket.close(effect.code, effect.reason);
        return;
    }
  }

  #armDeadline(): void {
    this.#callOffDeadline?.();
    const due = connectionDeadline(this.#state);
    const now = this.#clock.monotonic();
    this.#callOffDeadline =
      due === null
        ? null
        : this.#clock.after(Math.max(0, due - now), () => {
            this.#apply({ type: 'deadline', at: this.#clock.monotonic() });
          });
  }
}
