import type { RequestId } from '@parley/protocol';
import { type Recorder, createRecorder } from '@parley/testkit';
import { WebSocket } from 'ws';

/** A frame of the gateway, as far as these tests look at it. */
export interface Frame {
  id?: RequestId | null;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown> | null;
  error?: { code: number; message: string };
  voice_sdk_id?: string;
}

export interface Closed {
  code: number;
  reason: string;
}

/** A socket that says whatever a test wants, well-formed or not. */
export interface RawClient {
  readonly socket: WebSocket;
  readonly frames: Recorder<Frame>;
  readonly closed: Promise<Closed>;
  readonly isOpen: boolean;
  send(text: string | Buffer): void;
  /** Sends a request with an id of its own and waits for the answer. */
  request(method: string, params?: unknown): Promise<Frame>;
  /** The answer to a request, come or to come. */
  answer(id: RequestId | null): Promise<Frame>;
  push(method: string): Promise<Frame>;
  /** Logs in and waits until the session is registered. @returns its `sessid` */
  enter(user: string, password?: string): Promise<string>;
  close(): void;
}

/**
 * @param url may have a path and a query
 * @param localAddress one of this machine's, by which the gateway knows the client; all of 127.0.0.0/8 are
 */
export async function openRawClient(url: string, localAddress = '127.0.0.1'): Promise<RawClient> {
  const socket = new WebSocket(url, { localAddress });
  const frames = createRecorder<Frame>((frame) => JSON.stringify(frame).slice(0, 200));
  socket.on('message', (data: Buffer) => {
    frames.record(parseFrame(data.toString('utf8')));
  });
  // The close that follows says what happened.
  socket.on('error', () => undefined);
  const closed = new Promise<Closed>((resolve) => {
    socket.on('close', (code, reason) => {
      resolve({ code, reason: reason.toString('utf8') });
    });
  });
  await Promise.race([
    new Promise((resolve) => socket.once('open', resolve)),
    closed.then(({ code }) => {
      throw new Error(`The socket to ${url} was closed (${code}) before it was open.`);
    }),
  ]);
  let lastId = 0;
  const client: RawClient = {
    socket,
    frames,
    closed,
    get isOpen() {
      return socket.readyState === WebSocket.OPEN;
    },
    send: (data) => socket.send(data),
    request: (method, params = {}) => {
      const id = `test-${++lastId}`;
      socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
      return client.answer(id);
    },
    answer: (id) =>
      frames.next(
        (frame) => frame.method === undefined && frame.id === id,
        `answer to ${String(id).slice(0, 60)}`,
      ),
    push: (method) => frames.next((frame) => frame.method === method, method),
    enter: async (user, password = user) => {
      const { result, error } = await client.request('login', { login: user, passwd: password });
      if (typeof result?.['sessid'] !== 'string') throw new Error(`${user}: ${JSON.stringify(error)}`);
      await client.push('telnyx_rtc.clientReady');
      return result['sessid'];
    },
    close: () => socket.terminate(),
  };
  return client;
}

function parseFrame(text: string): Frame {
  const frame: unknown = JSON.parse(text);
  if (!isObject(frame)) throw new Error(`The gateway sent no object: ${text.slice(0, 200)}`);
  return frame;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A request as it travels, with an id and a method that may be anything. */
export function requestText(id: unknown, method: unknown, params?: unknown): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method, params });
}
