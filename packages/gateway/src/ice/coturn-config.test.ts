import { describe, expect, it } from 'vitest';
import { coturnConfig, coturnUrls } from './coturn-config.ts';

const OPTIONS = {
  addresses: ['192.0.2.1', '2001:db8::1'],
  port: 3478,
  relayPorts: { min: 41_000, max: 41_099 },
  secret: 'a secret of the server',
  files: '/data/coturn-n1',
  verbose: false,
};
const linesOf = (options: Partial<typeof OPTIONS>) => coturnConfig({ ...OPTIONS, ...options }).split('\n');

describe('the configuration of coturn', () => {
  it('allows the media addresses and denies all others', () => {
    const rules = linesOf({}).filter((line) => line.includes('peer'));
    expect(rules).toEqual([
      'allowed-peer-ip=192.0.2.1',
      'allowed-peer-ip=2001:db8::1',
      'denied-peer-ip=0.0.0.0-255.255.255.255',
      'denied-peer-ip=::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
      'no-multicast-peers',
    ]);
  });

  it('lets loopback be a peer only where media is there', () => {
    expect(linesOf({})).not.toContain('allow-loopback-peers');
    expect(linesOf({ addresses: ['127.0.0.1'] })).toContain('allow-loopback-peers');
  });

  it('has as many allocations as ports', () => {
    expect(linesOf({})).toContain('total-quota=100');
  });

  it('tells each allocation only where that is wanted', () => {
    expect([linesOf({}).includes('verbose'), linesOf({ verbose: true }).includes('verbose')]).toEqual([
      false,
      true,
    ]);
  });
});

it('clients are told of one address of each family, by both transports', () => {
  expect(coturnUrls(['192.0.2.1', '192.0.2.2', '2001:db8::1'], 3478)).toEqual([
    'stun:192.0.2.1:3478',
    'turn:192.0.2.1:3478?transport=udp',
    'turn:192.0.2.1:3478?transport=tcp',
    'stun:[2001:db8::1]:3478',
    'turn:[2001:db8::1]:3478?transport=udp',
    'turn:[2001:db8::1]:3478?transport=tcp',
  ]);
});
