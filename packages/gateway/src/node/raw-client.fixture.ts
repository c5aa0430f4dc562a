import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Frame } from '../signaling.fixture.ts';

/** A client with a real socket, spoken to by hand. It takes every request, and answers pings. */
export interface RawClient {
  socket: WebSocket;
  frames: Frame[];
  closed: Promise<{ code: number; reason: string }>;
  /** @returns the answer */
  request(method: string, params?: object): Promise<Frame>;
  /** @returns the parameters of the first request of this method, which may be still to come */
  told(method: string): Promise<Record<string, unknown>>;
}

export async function connectRaw(url: string): Promise<RawClient> {
  const socket = new WebSocket(url.replace('http', 'ws'));
  const frames: Frame[] = [];
  const listeners = new Set<() => void>();
  let lastId = 0;
  const send = (frame: object) => {
    socket.send(JSON.stringify({ jsonrpc: '2.0', ...frame }));
  };
  socket.on('message', (data: Buffer) => {
    const frame = JSON.parse(data.toString('utf8')) as Frame;
    frames.push(frame);
    if (frame.method === 'telnyx_rtc.ping') send({ id: `ping-${String(++lastId)}`, method: frame.method });
    else if (frame.method !== undefined) send({ id: frame.id, result: { method: frame.method } });
    for (const listener of listeners) listener();
  });
  socket.on('error', () => undefined);
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => {
      resolve({ code, reason: reason.toString('utf8') });
    });
  });
  await once(socket, 'open');
  const next = async (isWanted: (frame: Frame) => boolean): Promise<Frame> =>
    await new Promise((resolve) => {
      const look = (): void => {
        const found = frames.find(isWanted);
        if (found === undefined) return;
        listeners.delete(look);
        resolve(found);
      };
      listeners.add(look);
      look();
    });
  return {
    socket,
    frames,
    closed,
    request: async (method, params = {}) => {
      const id = `raw-${String(++lastId)}`;
      send({ id, method, params });
      return await next((frame) => frame.id === id && frame.method === undefined);
    },
    told: async (method) => (await next((frame) => frame.method === method)).params ?? {},
  };
}
