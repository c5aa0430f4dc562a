import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Socket } from '../sessions/connection.ts';
import { attachWebSockets, type WebSocketOptions } from './websocket.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** What came of one socket at the server's side. */
interface Served {
  socket: Socket;
  texts: string[];
  session: object | null;
  closes: number;
}

async function serve(options: Partial<WebSocketOptions> = {}) {
  const server: Server = createServer();
  const served: Served[] = [];
  const sockets = attachWebSockets(server, {
    isAllowedOrigin: () => true,
    admits: () => 'admitted',
    remoteAddress: () => '192.0.2.1',
    onSocket: (socket) => {
      const one: Served = { socket, texts: [], session: null, closes: 0 };
      served.push(one);
      return {
        get session() {
          return one.session;
        },
        receive: (text) => one.texts.push(text),
        socketClosed: () => (one.closes += 1),
      };
    },
    ...options,
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  ends.push(() => {
    sockets.close();
    server.closeAllConnections();
    server.close();
  });
  return {
    port,
    served,
    open: async () => {
      const ws = new WebSocket(`ws://127.0.0.1:${String(port)}`);
      const closed = new Promise<number>((resolve) => ws.once('close', resolve));
      ws.on('error', () => undefined);
      ends.push(() => {
        ws.terminate();
      });
      await new Promise((resolve) => ws.once('open', resolve));
      const one = served.at(-1);
      if (one === undefined) throw new Error('no socket was served');
      return { ws, closed, one };
    },
  };
}

describe('a socket that breaks a rule', () => {
  it.each([
    ['sends a binary frame', 1003, (ws: WebSocket) => ws.send(Buffer.from('{}'))],
    ['sends too much before a login', 1009, (ws: WebSocket) => ws.send('x'.repeat(20_000), { fin: false })],
  ])(
    'and %s, is closed, and nothing that it goes on to send is taken [FRAME-1, FRAME-2]',
    async (_, code, offend) => {
      const { open } = await serve();
      const { ws, closed, one } = await open();
      const startedAt = performance.now();
      offend(ws);
      // It takes no notice of the close, and goes on.
      const flood = setInterval(() => {
        for (let sent = 0; sent < 10 && ws.readyState === WebSocket.OPEN; sent += 1) {
          ws.send('x'.repeat(1_000), { fin: code !== 1009 });
        }
      }, 5);
      ends.push(() => {
        clearInterval(flood);
      });
      expect(await closed).toBe(code);
      expect(one.texts).toEqual([]);
      expect(one.closes).toBeGreaterThan(0);
      expect(performance.now() - startedAt).toBeLessThan(2_000);
    },
  );

  it('is not waited for where it does not close its side [FRAME-17]', async () => {
    const { open } = await serve();
    const { ws, closed, one } = await open();
    // A peer that reads nothing never sees that it is closed.
    ws.pause();
    one.socket.close(1008, 'too many messages');
    await expect.poll(() => one.closes, { timeout: 2_000 }).toBeGreaterThan(0);
    ws.resume();
    expect(await closed).toBe(1008);
  });
});

describe('a socket that is closed by the gateway', () => {
  it('delivers nothing any more', async () => {
    const { open } = await serve();
    const { ws, closed, one } = await open();
    one.socket.close(4401, 'no login');
    ws.send('late');
    expect(await closed).toBe(4401);
    expect(one.texts).toEqual([]);
  });
});

describe('a socket that is one too many', () => {
  it.each([
    ['of its address', 'tooMany', 429],
    ['of all', 'full', 503],
  ] as const)('%s, is refused at the upgrade', async (_, admittance, status) => {
    const { port, served } = await serve({ admits: () => admittance });
    const ws = new WebSocket(`ws://127.0.0.1:${String(port)}`);
    ws.on('error', () => undefined);
    const refused = await new Promise<number | undefined>((resolve) => {
      ws.once('unexpected-response', (request, response) => {
        resolve(response.statusCode);
        request.destroy();
      });
    });
    expect(refused).toBe(status);
    expect(served).toEqual([]);
  });
});

describe('a peer that is refused and resets its connection', () => {
  it.each<[string, Partial<WebSocketOptions>]>([
    ['for its origin', { isAllowedOrigin: () => false }],
    ['as one too many of its address', { admits: () => 'tooMany' }],
    ['as one too many of all', { admits: () => 'full' }],
  ])('%s, harms nobody else [FRAME-19]', async (_, options) => {
    const unhandled: unknown[] = [];
    const listener = (error: unknown) => unhandled.push(error);
    process.on('uncaughtException', listener);
    ends.push(() => process.off('uncaughtException', listener));
    const { port } = await serve(options);
    const upgrade =
      'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';
    for (let sent = 0; sent < 20; sent += 1) {
      const socket = connect(port ?? 0, '127.0.0.1');
      await once(socket, 'connect');
      await new Promise((resolve) => socket.write(upgrade, resolve));
      socket.resetAndDestroy();
      await once(socket, 'close');
    }
    const ws = new WebSocket(`ws://127.0.0.1:${String(port)}`);
    ws.on('error', () => undefined);
    await once(ws, 'unexpected-response');
    ws.terminate();
    expect(unhandled).toEqual([]);
  });
});

describe('a peer that does not read', () => {
  it('is let go when more than 256 KB wait for it', async () => {
    const { open } = await serve();
    const { ws, closed, one } = await open();
    ws.pause();
    // The kernels of both ends take their share first.
    for (let sent = 0; sent < 400 && one.closes === 0; sent += 1) {
      one.socket.send('x'.repeat(64 * 1024));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(one.closes).toBeGreaterThan(0);
    ws.resume();
    // Its close frame stood behind what it did not read.
    expect([1006, 1013]).toContain(await closed);
  });

  it('is let go when something has waited for it for too long', async () => {
    const { open } = await serve({ unreadMs: 300 });
    const { ws, one } = await open();
    ws.pause();
    // More than the kernels of both ends take.
    one.socket.send('x'.repeat(16 * 1024 * 1024));
    await expect.poll(() => one.closes, { timeout: 2_000 }).toBeGreaterThan(0);
  });

  it('is kept while it reads, however much there is', async () => {
    const { open } = await serve({ unreadMs: 200 });
    const { ws, one } = await open();
    let received = 0;
    ws.on('message', () => (received += 1));
    for (let sent = 0; sent < 100; sent += 1) {
      one.socket.send('x'.repeat(64 * 1024));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await expect.poll(() => received).toBe(100);
    expect(one.closes).toBe(0);
  });
});

describe('a socket that is broken on purpose', () => {
  it('and terminated, closes without a code at both ends', async () => {
    const { open } = await serve();
    const { closed, one } = await open();
    one.socket.terminate();
    expect(await closed).toBe(1006);
    await expect.poll(() => one.closes).toBeGreaterThan(0);
  });

  it('and stalled, passes nothing in either direction, and then all of it in its order', async () => {
    const { open } = await serve();
    const { ws, one } = await open();
    const received: string[] = [];
    ws.on('message', (data: Buffer) => received.push(data.toString('utf8')));
    one.socket.stall(400);
    for (const text of ['a', 'b']) {
      one.socket.send(text);
      ws.send(text);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect([received, one.texts]).toEqual([[], []]);
    await expect
      .poll(() => [received, one.texts])
      .toEqual([
        ['a', 'b'],
        ['a', 'b'],
      ]);
    expect(one.closes).toBe(0);
  });

  it('and stalled, tells its peer nothing of a close, and breaks off in the end', async () => {
    const { open } = await serve();
    const { ws, closed, one } = await open();
    one.socket.stall(300);
    one.socket.close(1001, 'silent for too long');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(ws.readyState).toBe(WebSocket.OPEN);
    expect(await closed).toBe(1006);
  });
});
