import { isIP } from 'node:net';

/**
 * The addresses that count as one: an IPv4 address, or the 64 bits of an IPv6 prefix, which is the least that a
 * provider gives to a customer (RFC 6177).
 */
export function addressBlock(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = '', tail = ''] = address.replace(/%.*$/, '').split('::');
  const [first, last] = [groupsOf(head), groupsOf(tail)];
  // The last 32 bits may be written as an IPv4 address.
  const written = first.length + last.length + (address.includes('.') ? 1 : 0);
  const groups = [...first, ...Array<string>(Math.max(0, 8 - written)).fill('0'), ...last];
  const prefix = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${prefix.join(':')}::/64`;
}

const groupsOf = (text: string): string[] => (text === '' ? [] : text.split(':'));
