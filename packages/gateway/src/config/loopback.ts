import { BlockList, isIP } from 'node:net';

/**
 * @returns whether nobody but programs of this machine reaches a gateway with these settings; a proxy on this machine
 *   brings others
 */
export function isForThisMachineOnly(settings: { host: string; trustProxy: readonly string[] }): boolean {
  return isLoopback(settings.host) && settings.trustProxy.length === 0;
}

/** @param host a host name or an IP address, an IPv6 one with or without brackets */
export function isLoopback(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, '');
  const version = isIP(address);
  if (version === 0) return address === 'localhost' || address.endsWith('.localhost');
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8, 'ipv4');
  loopback.addAddress('::1', 'ipv6');
  return loopback.check(address, version === 4 ? 'ipv4' : 'ipv6');
}
