import { type Socket, createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { type UdpRelay, type UdpRelayOptions, openUdpRelay } from './udp-relay.ts';

let echo: Socket;
let client: Socket;
let received: string[];
const relays: UdpRelay[] = [];

beforeEach(async () => {
  received = [];
  [echo, client] = [createSocket('udp4'), createSocket('udp4')];
  for (const socket of [echo, client]) {
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
  }
  echo.on('message', (bytes, { port, address }) => {
    echo.send(bytes, port, address);
  });
  client.on('message', (bytes) => received.push(bytes.toString()));
});

afterEach(async () => {
  for (const relay of relays.splice(0)) await relay.close();
  echo.close();
  client.close();
});

async function open(options: Omit<UdpRelayOptions, 'target'> = {}): Promise<UdpRelay> {
  const { address, port } = echo.address();
  const relay = await openUdpRelay({ target: { address, port }, ...options });
  relays.push(relay);
  return relay;
}

test('packets pass both ways, later by the delay each way', async () => {
  const relay = await open({ delayMs: 40 });
  const sentAt = performance.now();
  client.send('ping', relay.port, '127.0.0.1');
  await once(client, 'message');
  expect(performance.now() - sentAt).toBeGreaterThanOrEqual(79);
});

test('of many packets, about the given part is lost each way', async () => {
  const relay = await open({ loss: 0.1 });
  for (let n = 0; n < 200; n += 1) {
    client.send(String(n), relay.port, '127.0.0.1');
    await delay(1);
  }
  await delay(30);
  expect(received.length).toBeGreaterThan(140);
  expect(received.length).toBeLessThan(185);
});

test('jitter, packets overtake each other and none is lost', async () => {
  const relay = await open({ jitterMs: 30 });
  for (let n = 0; n < 50; n += 1) client.send(String(n), relay.port, '127.0.0.1');
  await expect.poll(() => received.length).toBe(50);
  expect(received.map(Number)).not.toEqual(received.map(Number).sort((a, b) => a - b));
});

test('cut and mended, nothing passes in between', async () => {
  const relay = await open();
  relay.cut();
  client.send('lost', relay.port, '127.0.0.1');
  await delay(30);
  relay.mend();
  client.send('found', relay.port, '127.0.0.1');
  await once(client, 'message');
  expect(received).toEqual(['found']);
});
