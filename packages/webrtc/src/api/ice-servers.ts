import type { IceServer } from '@parley/protocol';

const VENDOR_LOGIN = { username: 'testuser', credential: 'testpassword' };

/**
 * The servers of the vendor's cloud, in the order in which they are used. Its credentials are public; other gateways grant their own, for a
 * limited time.
 */
export const TELNYX_ICE_SERVERS = {
  TELNYX_STUN: { urls: 'stun:stun.telnyx.com:3478' },
  GOOGLE_STUN: { urls: 'stun:stun.l.google.com:19302' },
  TELNYX_TURN_UDP_3478: { urls: 'turn:turn.telnyx.com:3478?transport=udp', ...VENDOR_LOGIN },
  TELNYX_TURN_TCP_3478: { urls: 'turn:turn.telnyx.com:3478?transport=tcp', ...VENDOR_LOGIN },
  TELNYX_TURNS_TCP_443_PRIMARY: { urls: 'turns:turn.telnyx.com:443', ...VENDOR_LOGIN },
  TELNYX_TURNS_TCP_443: { urls: 'turns:turn2.telnyx.com:443', ...VENDOR_LOGIN },
} as const satisfies Record<string, RTCIceServer>;

/** Those that the session was granted; the vendor's where it is the vendor's cloud; else none. */
export function defaultIceServers(granted: readonly IceServer[], server: string): RTCIceServer[] {
  if (granted.length > 0) return [...granted];
  const isVendors = /^wss:\/\/[\w.-]+\.telnyx\.com(:\d+)?(\/|$)/i.test(server);
  return isVendors ? Object.values(TELNYX_ICE_SERVERS) : [];
}
