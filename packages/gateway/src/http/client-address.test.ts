import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { clientAddressOf, createProxyCheck } from './client-address.ts';

const isTrusted = createProxyCheck(['192.0.2.1', '10.0.0.0/8', '2001:db8::/32']);

function addressOf(remoteAddress: string, forwarded?: string): string {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: remoteAddress });
  const request = new IncomingMessage(socket);
  if (forwarded !== undefined) request.headers['x-forwarded-for'] = forwarded;
  return clientAddressOf(request, isTrusted);
}

describe('the address of a client', () => {
  it.each([
    ['who comes directly', '203.0.113.5', undefined, '203.0.113.5'],
    ['who comes directly and claims another', '203.0.113.5', '198.51.100.7', '203.0.113.5'],
    ['behind a trusted proxy', '192.0.2.1', '198.51.100.7', '198.51.100.7'],
    ['behind a trusted proxy, who claims another', '192.0.2.1', '127.0.0.1, 198.51.100.7', '198.51.100.7'],
    ['behind two trusted proxies', '192.0.2.1', '198.51.100.7, 10.1.2.3', '198.51.100.7'],
    ['behind a proxy of a trusted range', '10.255.255.255', '198.51.100.7', '198.51.100.7'],
    ['behind a trusted proxy that tells nothing', '192.0.2.1', undefined, '192.0.2.1'],
    ['behind a trusted proxy that tells nonsense', '192.0.2.1', 'unknown', '192.0.2.1'],
    ['behind a trusted proxy on IPv6', '2001:db8::1', '2001:4860::8888', '2001:4860::8888'],
    ['in IPv6 clothes', '::ffff:203.0.113.5', undefined, '203.0.113.5'],
    ['behind a trusted proxy in IPv6 clothes', '::ffff:192.0.2.1', '198.51.100.7', '198.51.100.7'],
  ])('%s, is found', (_, remote, forwarded, expected) => {
    expect(addressOf(remote, forwarded)).toBe(expected);
  });
});
