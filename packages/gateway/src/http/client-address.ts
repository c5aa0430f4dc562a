import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

export type ProxyCheck = (address: string) => boolean;

/** @param trusted addresses and CIDR ranges */
export function createProxyCheck(trusted: readonly string[]): ProxyCheck {
  const list = new BlockList();
  for (const entry of trusted) {
    const [address = '', prefix] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return (address) => {
    const plain = withoutMapping(address);
    const version = isIP(plain);
    return version !== 0 && list.check(plain, version === 6 ? 'ipv6' : 'ipv4');
  };
}

/**
 * Who is at the other end of a request: `X-Forwarded-For` is read from its end for as long as trusted proxies wrote
 * it, because anybody can write its beginning.
 */
export function clientAddressOf(request: IncomingMessage, isTrusted: ProxyCheck): string {
  const forwarded = String(request.headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((address) => address.trim());
  let address = request.socket.remoteAddress ?? '';
  for (const previous of forwarded.reverse()) {
    if (!isTrusted(address) || isIP(previous) === 0) break;
    address = previous;
  }
  return withoutMapping(address);
}

/** A socket that listens to IPv6 tells IPv4 addresses in IPv6 clothes (RFC 4291 §2.5.5.2). */
function withoutMapping(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  return mapped?.[1] ?? address;
}
