/** Regions of the vendor's cloud, for the option `region`. */
export const Region = {
  EU: 'eu',
  US_CENTRAL: 'us-central',
  US_EAST: 'us-east',
  US_WEST: 'us-west',
  CA_CENTRAL: 'ca-central',
  APAC: 'apac',
  SOUTH_ASIA: 'south-asia',
} as const;
export type Region = (typeof Region)[keyof typeof Region];

const SERVERS = /* @__PURE__ */ new Map([
  ['production', 'wss://rtc.telnyx.com'],
  ['development', 'wss://rtcdev.telnyx.com'],
]);

const PRODUCTION = 'wss://rtc.telnyx.com';

/**
 * @param address `production`, `development`, a URL, or a host with or without port and path
 * @returns a WebSocket URL, undefined where it is none of these
 */
export function toServerUrl(address = PRODUCTION): string | undefined {
  const named = SERVERS.get(address);
  if (named !== undefined) return named;
  const looksLikeHost = /^(\[[\da-f:.]+\]|localhost|[\w-]+(\.[\w-]+)+|[\w-]+(?=:))(:\d+)?([/?]|$)/i.test(
    address,
  );
  const url = /^https?:\/\//i.test(address) ? address.replace(/^http/i, 'ws') : address;
  try {
    const { protocol, href } = new URL(looksLikeHost ? `wss://${address}` : url);
    return protocol === 'wss:' || protocol === 'ws:' ? href : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Puts a region before the host.
 * @returns undefined where the host has no regions, as it is an address or a single label, or where the region is no
 *   label of a host name (RFC 1123, section 2.1)
 */
export function inRegion(server: string, region: string): string | undefined {
  const url = new URL(server);
  const hasRegions = /\.[^.\d][^.]*\.?$/.test(url.hostname);
  if (!hasRegions || !/^[a-z\d]([a-z\d-]{0,61}[a-z\d])?$/i.test(region)) return undefined;
  url.hostname = `${region}.${url.hostname}`;
  return url.href;
}
