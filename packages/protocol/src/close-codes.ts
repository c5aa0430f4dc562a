/** Why a socket was closed (RFC 6455 §7.4, the IANA registry, and 44xx of this protocol). */
export const CloseCode = {
  normal: 1000,
  /** The page or the gateway goes, or a peer was silent for too long. */
  goingAway: 1001,
  protocolError: 1002,
  /** A binary frame. */
  unsupportedData: 1003,
  /** Reported, never sent: the peer closed without a code. */
  noStatus: 1005,
  /** Reported, never sent: the connection broke. */
  abnormal: 1006,
  /** Text that is not UTF-8. */
  invalidPayload: 1007,
  /** Too many frames, or too many that are no messages of this protocol. */
  policyViolation: 1008,
  /** A frame over the limit. */
  tooBig: 1009,
  internalError: 1011,
  /** The gateway restarts or drains; another is, or will be, there. */
  serviceRestart: 1012,
  /** The gateway has no room, or the client reads too slowly. */
  tryAgainLater: 1013,
  /** No login was accepted in time. */
  loginTimeout: 4401,
  /** The credential or token of the session was revoked. */
  revoked: 4403,
  /** The session was resumed on another socket. */
  displaced: 4409,
} as const;
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];

/**
 * What a client may do about a closed socket. `atOnce`: dial again now, and back off only if that fails.
 * `withBackoff`: wait first. `never`: only the application can decide to come back.
 */
export type Redial = 'atOnce' | 'withBackoff' | 'never';

/** Revoked, displaced. In numbers, as the names would be part of every page that can call. */
const never: readonly number[] = [4403, 4409] satisfies CloseCode[];
/** What the peer did wrong, then what the gateway cannot do now. */
const withBackoff: readonly number[] = [1002, 1003, 1007, 1008, 4401, 1011, 1012, 1013] satisfies CloseCode[];

/** A code that is in neither list is a network's doing: dial again at once. */
export function redialAfter(closeCode: number): Redial {
  if (never.includes(closeCode)) return 'never';
  return withBackoff.includes(closeCode) ? 'withBackoff' : 'atOnce';
}
