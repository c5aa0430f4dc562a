import { createHash, timingSafeEqual } from 'node:crypto';

/** The protection domain that phones are challenged for (RFC 3261 §22.1); a credential's HA1 is bound to it. */
const digestRealm = 'parley';

/** Where a sealed HA1 may be opened: on the credential that it was made for. */
export function ha1Purpose(credentialId: string): string {
  return `ha1 of ${credentialId}`;
}

/** HA1 of RFC 7616 §3.4.2 with MD5, the one algorithm that every phone has. */
export function ha1Of(sipUsername: string, password: string): string {
  return createHash('md5').update(`${sipUsername}:${digestRealm}:${password}`).digest('hex');
}

/** Takes the same time wherever the two differ. */
export function sameHa1(one: string, other: string): boolean {
  const [first, second] = [Buffer.from(one), Buffer.from(other)];
  return first.length === second.length && timingSafeEqual(first, second);
}
