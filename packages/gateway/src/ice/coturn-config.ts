import { isIPv6 } from 'node:net';
import { isLoopback } from '../config/loopback.ts';

export interface CoturnOptions {
  /** The gateway's media addresses: where it listens, relays from, and the only peers that it relays to. */
  addresses: readonly string[];
  port: number;
  relayPorts: { min: number; max: number };
  secret: string;
  /** What the names of its files begin with. */
  files: string;
  /** Tell each allocation. */
  verbose: boolean;
}

/** A call keeps one allocation for each address and transport, and makes them anew when its network changes. */
const ALLOCATIONS_OF_A_USER = 12;

/** Bytes each way; a call needs a tenth. */
const BYTES_PER_SECOND = 64_000;

/**
 * The configuration of coturn 4.6. Media is anchored, so no peer exists but the gateway itself: coturn asks its list
 * of allowed addresses first, and everything else is denied, in both families. Debian's 4.6.1 takes an IPv4 address
 * that is written as an IPv6 one (`::ffff:127.0.0.1`) for IPv6, so a list of IPv4 ranges alone would let it through.
 */
export function coturnConfig(options: CoturnOptions): string {
  const { addresses, port, relayPorts, secret, files, verbose } = options;
  const lines = [
    ...addresses.map((address) => `listening-ip=${address}`),
    ...addresses.map((address) => `relay-ip=${address}`),
    `listening-port=${String(port)}`,
    `min-port=${String(relayPorts.min)}`,
    `max-port=${String(relayPorts.max)}`,
    'realm=parley',
    'fingerprint',
    'use-auth-secret',
    `static-auth-secret=${secret}`,
    'stale-nonce=600',

    ...addresses.map((address) => `allowed-peer-ip=${address}`),
    'denied-peer-ip=0.0.0.0-255.255.255.255',
    'denied-peer-ip=::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    'no-multicast-peers',
    ...(addresses.some(isLoopback) ? ['allow-loopback-peers'] : []),
    'no-tcp-relay',
    `user-quota=${String(ALLOCATIONS_OF_A_USER)}`,
    `total-quota=${String(relayPorts.max - relayPorts.min + 1)}`,
    `max-bps=${String(BYTES_PER_SECOND)}`,

    // One that other programs of the machine write could hold secrets and users of theirs.
    `userdb=${files}.db`,
    `pidfile=${files}.pid`,
    'no-cli',
    'no-tls',
    'no-dtls',
    'no-software-attribute',
    'log-file=stdout',
    'simple-log',
    ...(verbose ? ['verbose'] : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** STUN, and TURN over both transports, at the first address of each family: browsers are slow with more. */
export function coturnUrls(addresses: readonly string[], port: number): string[] {
  const first = [addresses.find((address) => !isIPv6(address)), addresses.find(isIPv6)];
  return first.flatMap((address) => {
    if (address === undefined) return [];
    const place = `${isIPv6(address) ? `[${address}]` : address}:${String(port)}`;
    return [`stun:${place}`, `turn:${place}?transport=udp`, `turn:${place}?transport=tcp`];
  });
}
