import { createSocket } from 'node:dgram';
import type { AddressInfo } from 'node:net';
import {
  type GatewayProcess,
  type TurnClient,
  type TurnClientOptions,
  type TurnOutcome,
  openTurnClient,
  startGateway,
  turnServerIn,
} from '@parley/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { grantedServers } from '../browser/granted-servers.ts';

// coturn itself, with the configuration that the gateway makes of it. Its media is at both loopback addresses, so that
// it relays from IPv4 and from IPv6.

const MEDIA = { 4: '127.0.0.1', 6: '::1' } as const;
const ALLOCATIONS_OF_A_USER = 12;
const UNAUTHORIZED = 401;
const FORBIDDEN = 403;
const WRONG_FAMILY = 443;
const QUOTA_REACHED = 486;

/** The special ranges of IANA, and addresses of everybody. */
const FORBIDDEN_PEERS = {
  4: [
    '0.0.0.0',
    '0.0.0.1',
    '10.0.0.1',
    '10.255.255.255',
    '100.64.0.1',
    '127.0.0.0',
    '127.0.0.2',
    '127.0.1.1',
    '127.255.255.255',
    '169.254.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.17.0.1',
    '172.31.255.255',
    '192.0.0.1',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.0.1',
    '192.168.255.255',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '239.255.255.250',
    '240.0.0.1',
    '255.255.255.255',
    '1.1.1.1',
    '8.8.8.8',
    '::1',
    '::ffff:127.0.0.1',
  ],
  6: [
    '::',
    '::2',
    '::127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:127.0.0.2',
    '::ffff:0.0.0.0',
    '::ffff:10.1.2.3',
    '::ffff:169.254.169.254',
    '::ffff:192.168.0.1',
    '::ffff:8.8.8.8',
    '::ffff:0:127.0.0.1',
    '64:ff9b::127.0.0.1',
    '64:ff9b:1::127.0.0.1',
    '100::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '2606:4700:4700::1111',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fec0::1',
    'ff02::1',
    'ff0e::1',
    'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    '127.0.0.1',
  ],
} as const;

let gateway: GatewayProcess;
const clients: TurnClient[] = [];

beforeAll(async () => {
  gateway = await startGateway({
    turn: ['--turn-port', '0'],
    args: ['--media-address', MEDIA[4], '--media-address', MEDIA[6]],
  });
});
afterAll(() => gateway.stop());
afterEach(() => Promise.all(clients.splice(0).map((client) => client.close())));

/** What a new session of the user is granted. */
async function granted(user: string): Promise<TurnClientOptions> {
  const { host, port, username, credential } = turnServerIn(await grantedServers(gateway, user));
  return { server: { address: host, port }, username, credential };
}

function open(options: TurnClientOptions): TurnClient {
  const client = openTurnClient(options);
  clients.push(client);
  return client;
}

/**
 * The system may give out the port of a client that was here before, whose allocation the server still holds: then it is
 * asked from another one (RFC 8656, section 7.4, error 437).
 */
async function allocated(family: 4 | 6): Promise<TurnClient> {
  const relay = open(await granted('alice'));
  const outcome = await relay.allocate(family);
  if (outcome === 437) return allocated(family);
  expect(outcome).toBe('success');
  return relay;
}

/** A socket that answers everything with what it got. @returns its port */
async function listener(family: 4 | 6): Promise<{ port: number; heard: () => number; close: () => void }> {
  const socket = createSocket(family === 4 ? 'udp4' : 'udp6');
  let heard = 0;
  socket.on('message', (bytes, { address, port }) => {
    heard += 1;
    socket.send(`heard ${bytes.toString()}`, port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, MEDIA[family], resolve));
  const { port }: AddressInfo = socket.address();
  return { port, heard: () => heard, close: () => socket.close() };
}

describe.each([4, 6] as const)('an allocation of IPv%i', (family) => {
  test.each(FORBIDDEN_PEERS[family])('reaches nothing at %s', async (address) => {
    const relay = await allocated(family);
    const outcomes = [await relay.createPermission(address), await relay.bindChannel(address, 9)];
    for (const outcome of outcomes) expect([FORBIDDEN, WRONG_FAMILY]).toContain(outcome);
  });

  test('reaches the media address, and only with a permission', async () => {
    const relay = await allocated(family);
    const { port, heard, close } = await listener(family);
    expect(await relay.exchange(MEDIA[family], port, 'hello')).toBeUndefined();
    expect(heard()).toBe(0);
    expect(await relay.createPermission(MEDIA[family])).toBe('success');
    expect(await relay.exchange(MEDIA[family], port, 'hello')).toBe('heard hello');
    close();
  });
});

test(`a session has ${ALLOCATIONS_OF_A_USER} allocations and no more, whatever its credentials; others have theirs`, async () => {
  const options = await granted('alice');
  const outcomes: TurnOutcome[] = [];
  for (let count = 0; count < ALLOCATIONS_OF_A_USER + 3; count += 1) {
    outcomes.push(await open(options).allocate());
  }
  expect(outcomes).toEqual([
    ...Array<string>(ALLOCATIONS_OF_A_USER).fill('success'),
    ...Array<number>(3).fill(QUOTA_REACHED),
  ]);
  expect(await open(await granted('bob')).allocate()).toBe('success');
});

test.each([
  ['a wrong password', { credential: 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' }],
  ['another user', { username: '1999999999:somebody' }],
  ['no time', { username: 'somebody' }],
])('%s: no allocation', async (_, change) => {
  expect(await open({ ...(await granted('alice')), ...change }).allocate()).toBe(UNAUTHORIZED);
});
