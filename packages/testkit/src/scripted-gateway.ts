import type { IncomingMessage } from 'node:http';

import type { RequestId } from '@parley/protocol';
import { WebSocketServer } from 'ws';

import { fakeSdp } from './fake-peer.ts';
import { FakeSocket } from './fake-socket.ts';

/** A frame as it went over the wire. */
export interface WireFrame {
  readonly id?: RequestId;
  readonly method?: string;
  readonly params: Record<string, unknown>;
  readonly result?: unknown;
  readonly error?: unknown;
  readonly [member: string]: unknown;
}

/** One connection, seen from the gateway. */
interface Connection {
  readonly url: string;
  send(text: string): void;
  close(code: number, reason?: string): void;
}

/** What the gateway does about a request; it may also answer later, or push something. */
export type Behaviour = (request: WireFrame, gateway: ScriptedGateway) => void;

/** Answers with a result. */
export const ANSWERS =
  (result: object): Behaviour =>
  (request, gateway) => {
    gateway.answer(request, result);
  };

/** Answers with an error. */
export const REFUSES =
  (code: number, message = 'Refused'): Behaviour =>
  (request, gateway) => {
    gateway.refuse(request, code, message);
  };

/** Never answers. */
export const IGNORES: Behaviour = () => undefined;

/** Does the first, then the second, and so on; the last one again and again. */
export const SEQUENCE = (...behaviours: readonly Behaviour[]): Behaviour => {
  let turn = 0;
  return (request, gateway) => {
    behaviours[Math.min(turn++, behaviours.length - 1)]?.(request, gateway);
  };
};

/** Answers a login as Parley's gateway does: result, `clientReady`. */
export const LOGIN_OK =
  (extension?: object, sessid = 'S'): Behaviour =>
  (request, gateway) => {
    const parley = extension && { parley: extension };
    gateway.answer(request, { message: 'logged in', sessid, ...parley });
    gateway.push('telnyx_rtc.clientReady', { reattached_sessions: gateway.survivors });
  };

/** The state of the registration. */
export const STATE = (state: string): Behaviour =>
  ANSWERS({ params: { state, call_report_id: 'R', dc: 'fr5', region: 'eu' }, sessid: 'S' });

/** Accepts an invite and says nothing more. */
export const CALL_CREATED: Behaviour = (request, gateway) => {
  gateway.answer(request, { message: 'CALL CREATED', callID: callIdOf(request) });
};

/** Accepts an invite, lets it ring, and answers it. */
export const CALL_ANSWERED: Behaviour = (request, gateway) => {
  const callID = callIdOf(request);
  gateway.answer(request, { message: 'CALL CREATED', callID });
  gateway.push('telnyx_rtc.ringing', { callID, telnyx_session_id: 'session', telnyx_leg_id: 'leg' });
  gateway.push('telnyx_rtc.answer', { callID, sdp: fakeSdp('answer'), telnyx_call_control_id: 'v3:control' });
};

const MODIFY: Behaviour = (request, gateway) => {
  const { action } = request.params;
  if (action === 'updateMedia') {
    gateway.answer(request, { callID: callIdOf(request), action, sdp: fakeSdp('answer'), sessid: 'S' });
    return;
  }
  const holdState = action === 'hold' ? 'held' : 'active';
  gateway.answer(request, { callID: callIdOf(request), action, holdState, sessid: 'S' });
};

const OK = ANSWERS({ message: 'ok' });

/**
 * A gateway that does what a test tells it, method by method, and keeps what went over the wire. In memory by
 * `openSocket`, for a browser by `listen`.
 */
export class ScriptedGateway {
  readonly received: WireFrame[] = [];
  readonly sent: WireFrame[] = [];
  readonly urls: string[] = [];
  /** `reattached_sessions` of the next login. */
  survivors: string[] | undefined = [];
  /** false: connections fail; those to some addresses only, by a function. */
  reachable: boolean | ((url: string) => boolean) = true;
  /** true: connections are never answered. */
  hangs = false;
  private readonly behaviours = new Map<string, Behaviour>([
    ['login', LOGIN_OK()],
    ['anonymous_login', LOGIN_OK()],
    ['telnyx_rtc.gatewayState', STATE('REGED')],
    ['telnyx_rtc.modify', MODIFY],
    ['telnyx_rtc.invite', CALL_CREATED],
  ]);
  private connection: Connection | undefined;
  private lastId = 4_000;

  /** What to do from now on about a method that clients ask for. */
  on(method: string, behaviour: Behaviour): this {
    this.behaviours.set(method, behaviour);
    return this;
  }

  readonly openSocket = (url: string): FakeSocket => {
    this.urls.push(url);
    const socket = new FakeSocket(url);
    if (this.hangs) return socket;
    if (!this.isReachable(url)) {
      socket.fail();
      return socket;
    }
    const connection = {
      url,
      send: (text: string) => {
        socket.deliver(text);
      },
      close: (code: number, reason?: string) => {
        socket.drop(code, reason);
      },
    };
    this.connection = connection;
    socket.open(this.end(connection));
    return socket;
  };

  /** @returns the URL of a real WebSocket server that behaves so, and the way to stop it */
  async listen(): Promise<{ url: string; close(): Promise<void> }> {
    const server = new WebSocketServer({
      host: '127.0.0.1',
      port: 0,
      verifyClient: ({ req }: { req: IncomingMessage }) => this.isReachable(req.url ?? ''),
    });
    await new Promise((resolve) => server.once('listening', resolve));
    server.on('connection', (socket, request) => {
      const connection = {
        url: request.url ?? '',
        send: (text: string) => {
          socket.send(text);
        },
        close: (code: number, reason?: string) => {
          if (code === 1006) socket.terminate();
          else socket.close(code, reason);
        },
      };
      this.urls.push(connection.url);
      this.connection = connection;
      const end = this.end(connection);
      socket.on('message', (data: Buffer) => {
        end.receive(data.toString());
      });
      socket.on('close', end.closed);
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The scripted gateway has no port');
    return {
      url: `ws://127.0.0.1:${address.port}`,
      close: () =>
        new Promise((resolve) => {
          for (const client of server.clients) client.terminate();
          server.close(() => {
            resolve();
          });
        }),
    };
  }

  get connected(): boolean {
    return this.connection !== undefined;
  }

  /** Requests of clients by their method, first ones first. */
  requests(method: string): WireFrame[] {
    return this.received.filter((frame) => frame.method === method);
  }

  /** The answers of clients to a request of the gateway. */
  acknowledgements(id: RequestId): WireFrame[] {
    return this.received.filter((frame) => frame.id === id && frame.method === undefined);
  }

  answer({ id }: WireFrame, result: unknown): void {
    this.send({ id, result, voice_sdk_id: 'V1' });
  }

  refuse({ id }: WireFrame, code: number, message: string): void {
    this.send({ id, error: { code, message } });
  }

  /** Sends a request. @returns its id */
  push(method: string, params: object): number {
    const id = ++this.lastId;
    this.send({ id, method, params });
    return id;
  }

  /** Rings a client. @returns the id of the request */
  invite(callID: string, more: object = {}): number {
    return this.push('telnyx_rtc.invite', {
      callID,
      sdp: fakeSdp('offer'),
      caller_id_name: 'Bob',
      caller_id_number: 'bob',
      callee_id_number: 'alice',
      telnyx_leg_id: 'leg',
      ...more,
    });
  }

  /** Sends text as it is. */
  raw(text: string): void {
    this.connection?.send(text);
  }

  /** Ends the connection. @param code 1006: as if the network were gone */
  cut(code = 1006, reason?: string): void {
    this.connection?.close(code, reason);
    this.connection = undefined;
  }

  private isReachable(url: string): boolean {
    return typeof this.reachable === 'function' ? this.reachable(url) : this.reachable;
  }

  private send(frame: object): void {
    const whole = { jsonrpc: '2.0', ...frame };
    this.sent.push({ params: {}, ...whole });
    this.connection?.send(JSON.stringify(whole));
  }

  private end(connection: Connection) {
    return {
      receive: (text: string) => {
        if (this.connection !== connection) return;
        const frame = toFrame(JSON.parse(text));
        this.received.push(frame);
        if (frame.method !== undefined) (this.behaviours.get(frame.method) ?? OK)(frame, this);
      },
      closed: () => {
        if (this.connection === connection) this.connection = undefined;
      },
    };
  }
}

export function callIdOf({ params }: WireFrame): string {
  const { dialogParams } = params;
  return String(isObject(dialogParams) ? dialogParams['callID'] : undefined);
}

function toFrame(value: unknown): WireFrame {
  if (!isObject(value)) throw new Error(`A client sent ${JSON.stringify(value)}`);
  const { params } = value;
  return { ...value, params: isObject(params) ? params : {} };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
