import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { type TcpRelay, openTcpRelay } from './tcp-relay.ts';

let echo: Server;
let relay: TcpRelay;
const accepted = new Set<Socket>();

beforeEach(async () => {
  accepted.clear();
  echo = createServer((socket) => {
    accepted.add(socket);
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  relay = await openTcpRelay({ host: '127.0.0.1', port: (echo.address() as AddressInfo).port });
});

afterEach(async () => {
  await relay.close();
  for (const socket of accepted) socket.destroy();
  echo.close();
});

async function dial(): Promise<Socket> {
  const socket = connect(relay.port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

async function echoed(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  return bytes.toString();
}

test('bytes pass both ways, later by the delay each way', async () => {
  const socket = await dial();
  expect(await echoed(socket, 'at once')).toBe('at once');
  relay.setDelay(50);
  const sentAt = performance.now();
  expect(await echoed(socket, 'later')).toBe('later');
  expect(performance.now() - sentAt).toBeGreaterThanOrEqual(99);
  socket.destroy();
});

test('a shorter delay does not let bytes overtake each other', async () => {
  const socket = await dial();
  const received: string[] = [];
  socket.on('data', (bytes) => received.push(bytes.toString()));
  relay.setDelay(60);
  socket.write('first');
  await delay(20);
  relay.setDelay(0);
  socket.write('second');
  await expect.poll(() => received.join('')).toBe('firstsecond');
  socket.destroy();
});

test('cut, both ends see a reset', async () => {
  const socket = await dial();
  await echoed(socket, 'hello');
  const errors = [once(socket, 'error'), ...[...accepted].map((end) => once(end, 'error'))];
  relay.cut();
  for (const error of errors) {
    expect(await error).toMatchObject([{ code: 'ECONNRESET' }]);
  }
  await expect.poll(() => relay.connections).toBe(0);
});

test('half-open, nothing passes and nothing closes', async () => {
  const socket = await dial();
  await echoed(socket, 'hello');
  relay.halfOpen();
  let heard = false;
  socket.on('data', () => (heard = true));
  socket.write('anybody?');
  await delay(50);
  expect(heard).toBe(false);
  expect(socket.readyState).toBe('open');
  expect(await echoed(await dial(), 'a new one works')).toBe('a new one works');
  socket.destroy();
});

test('welcome by reset, a connection ends at once', async () => {
  relay.welcome('reset');
  const socket = connect(relay.port, '127.0.0.1');
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('ECONNRESET');
});

test('welcome by hanging, a connection is accepted and never reaches the target', async () => {
  relay.welcome('hang');
  const socket = await dial();
  socket.write('GET / HTTP/1.1\r\n\r\n');
  await delay(50);
  expect(accepted.size).toBe(0);
  expect(socket.readyState).toBe('open');
  socket.destroy();
});
