import type { IceServer } from '@parley/protocol';

const LOGIN = { username: 'testuser', credential: 'testpassword' };
const GOOGLE_STUN = { urls: 'stun:stun.l.google.com:19302' } as const;
const TELNYX_STUN = { urls: 'stun:stun.telnyx.com:3478' } as const;
const TELNYX_TURN_UDP_3478 = { urls: 'turn:turn.telnyx.com:3478?transport=udp', ...LOGIN } as const;
const TELNYX_TURN_TCP_3478 = { urls: 'turn:turn.telnyx.com:3478?transport=tcp', ...LOGIN } as const;
const TELNYX_TURNS_TCP_443 = { urls: 'turns:turn2.telnyx.com:443', ...LOGIN } as const;
const TELNYX_TURNS_TCP_443_PRIMARY = { urls: 'turns:turn.telnyx.com:443', ...LOGIN } as const;

/**
 * The servers of the vendor's cloud. Its credentials are public; other gateways grant their own, for a
 * limited time.
 */
export const TELNYX_ICE_SERVERS = {
  GOOGLE_STUN,
  TELNYX_STUN,
  TELNYX_TURN_UDP_3478,
  TELNYX_TURN_TCP_3478,
  TELNYX_TURNS_TCP_443,
  TELNYX_TURNS_TCP_443_PRIMARY,
} as const satisfies Record<string, RTCIceServer>;

/** Those that the session was granted; the vendor's where it is the vendor's cloud; else none. */
export function defaultIceServers(granted: readonly IceServer[], server: string): RTCIceServer[] {
  if (granted.length > 0) return [...granted];
  if (!/^wss:\/\/[\w.-]+\.telnyx\.com(:\d+)?(\/|$)/i.test(server)) return [];
  return [
    TELNYX_STUN,
    GOOGLE_STUN,
    TELNYX_TURN_UDP_3478,
    TELNYX_TURN_TCP_3478,
    TELNYX_TURNS_TCP_443_PRIMARY,
    TELNYX_TURNS_TCP_443,
  ];
}
