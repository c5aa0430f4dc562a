/**
 * The one authority on the media path of a call: from what is known of it to what is to be done about it. It is asked
 * every half second while the call is established, and whenever something happens, so that waiting needs no end of
 * its own.
 *
 *   connecting ──▶ connected ◀──────────────────────────────────────────┐
 *       │              │ dead, or the browser says so                   │ something arrives
 *       │              ▼                                                │
 *       └──────▶ interrupted ── signaling is there, rested ──▶ recovering (one attempt at a time)
 *                      │ ▲                                            │
 *                      │ └────────────────── it did not help ─────────┘
 *                      └── nothing helps, or the network stays away ──▶ the call ends
 *
 * The first attempt restarts ICE; those that follow ask for another leg. A server that cannot be asked for one may
 * offer it on another socket, or answer another restart.
 */

/**
 * - `connecting`: the path is not there yet
 * - `connected`: media can flow
 * - `interrupted`: nothing gets through, and nothing can be done at the moment
 * - `recovering`: nothing gets through, and an attempt to change that is under way
 * - `closed`: the call has ended
 */
export type MediaState = 'connecting' | 'connected' | 'interrupted' | 'recovering' | 'closed';

export type Remedy = 'restart' | 'remake' | 'reconnect';

export interface Evidence {
  /** Of the peer connection in use, and for how long it has been so. */
  readonly connection: RTCPeerConnectionState;
  readonly connectionMs: number;
  /** For how long nothing has arrived: no packet, and no answer to a connectivity check. */
  readonly quietMs: number;
  /** Since the network may have become another one; undefined once something has arrived after that. */
  readonly movedMs: number | undefined;
  /**
   * The server has granted `recovery`: it offers another leg when asked, and sends something all the time, so that
   * silence means something. Elsewhere a silent or held far end is as quiet as a dead one, and only the browser knows.
   */
  readonly granted: boolean;
  /** A request can be sent now. */
  readonly reachable: boolean;
  /** Since the path was first judged dead; undefined while it is not. */
  readonly deadMs: number | undefined;
  /** How many attempts were made since then. */
  readonly attempts: number;
  readonly underWay: boolean;
  /** Since the last attempt ended, of whichever time. */
  readonly restedMs: number;
  /** The other side has taken the last attempt, so that it may still turn out well. */
  readonly taken: boolean;
}

export type DeathReason = 'failed' | 'disconnected' | 'network-change' | 'no-media' | 'not-connected';

export interface Judgement {
  readonly state: MediaState;
  /** Why the path is taken for dead; undefined where it is not. */
  readonly reason?: DeathReason;
  /** undefined: wait. */
  readonly action?: Remedy | 'end';
}

/** A browser that says `disconnected` is often connected again at once. */
const GRACE_MS = 1_500;
/** Something comes every 20 ms where it comes all the time; a hiccup of a wireless network takes a second. */
const QUIET_MS = 1_500;
const MOVED_MS = 400;
const FRESH_MS = 1_000;
const CONNECT_MS = 8_000;
/** From an answer to the first packet: checks, perhaps DTLS. Who can be asked for another leg is asked sooner. */
const SETTLE_MS = 5_000;
const RESTART_SETTLE_MS = 2_000;
/** What each attempt waits for since the one before has failed; the first, since any. Then the call is over. */
const REST_MS = [3_000, 0, 2_000, 4_000, 8_000];
/** The gateway holds a call without a network for 190 s; after that there is nothing to come back to. */
const AWAY_MS = 200_000;

export function judge(evidence: Evidence): Judgement {
  const { attempts, connection, deadMs = 0, granted, reachable, restedMs, taken, underWay } = evidence;
  const reason = whyDead(evidence);
  if (!reason) return { state: stateOf(connection) };
  const settleMs = granted && attempts === 1 ? RESTART_SETTLE_MS : SETTLE_MS;
  const mayHelp = underWay || (taken && restedMs < settleMs);
  const dead: Judgement = { state: mayHelp ? 'recovering' : 'interrupted', reason };
  if (deadMs >= AWAY_MS) return { ...dead, action: 'end' };
  const restMs = REST_MS[attempts];
  if (mayHelp || !reachable || restedMs < (restMs ?? 0)) return dead;
  if (restMs === undefined) return { ...dead, action: 'end' };
  if (attempts === 0) return { ...dead, action: 'restart' };
  if (granted) return { ...dead, action: 'remake' };
  return { ...dead, action: attempts % 2 === 1 ? 'reconnect' : 'restart' };
}

function whyDead(evidence: Evidence): DeathReason | undefined {
  const { connection, connectionMs, deadMs, granted, movedMs = 0, quietMs } = evidence;
  switch (connection) {
    case 'closed':
    case 'failed':
      return 'failed';
    case 'disconnected':
      if (Math.max(connectionMs, quietMs) >= GRACE_MS) return 'disconnected';
      break;
    case 'connected':
      if (quietMs < FRESH_MS && movedMs < MOVED_MS) return undefined;
      if (granted && quietMs >= QUIET_MS) return 'no-media';
      break;
    default:
      if (connectionMs >= CONNECT_MS) return 'not-connected';
  }
  if (movedMs >= MOVED_MS) return 'network-change';
  return deadMs === undefined ? undefined : 'no-media';
}

function stateOf(connection: RTCPeerConnectionState): MediaState {
  if (connection === 'connected') return connection;
  return connection === 'disconnected' ? 'interrupted' : 'connecting';
}
