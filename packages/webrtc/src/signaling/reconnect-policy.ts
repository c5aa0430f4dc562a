import { redialAfter } from '@parley/protocol';

const FIRST_CEILING_MS = 200;
const BACKOFF_CEILING_MS = 3_000;
const CEILING_MS = 20_000;
const IN_CALL_CEILING_MS = 2_000;
/** About a minute: who has waited for longer can wait a little more. */
const IN_CALL_ATTEMPTS = 60;
/** After these the browser is believed that there is no network. */
const DOUBTING_ATTEMPTS = 3;
const OFFLINE_MS = 30_000;

export interface Loss {
  /** How many attempts have failed since the session was last stable, this one included. */
  readonly attempt: number;
  /** Why the socket closed, where it told. */
  readonly closeCode?: number | undefined;
  readonly closeReason?: string | undefined;
  /** Somebody waits in silence: a call is up, and its media may be gone with the server. */
  readonly inCall?: boolean;
  /** The browser says so; it tells when that is over. */
  readonly isOffline?: boolean | undefined;
  /** From 0 to 1, 1 excluded. */
  readonly random: number;
}

/**
 * Full jitter: any time between 0 and a ceiling that doubles from one second, so that clients which lost the
 * same server spread evenly. The first attempt comes almost at once, as most losses are one client's own;
 * unless the close code says that the server has closed on everybody.
 * A client in a call does not let the ceiling grow at first, so that the call stands still for seconds when a server is
 * started again; only clients in calls do so, and those of a server are few.
 * Without a network hardly any are made, as Chromium holds each one back for up to 5 s after some fifteen that failed,
 * also the one that would succeed.
 * A server may name the least time that it wants to be left alone for; it is obeyed, and spread by a fifth.
 * @returns undefined where the server does not want the client back
 */
export function reconnectDelayMs({
  attempt,
  closeCode,
  closeReason,
  inCall,
  isOffline,
  random,
}: Loss): number | undefined {
  const redial = closeCode === undefined ? 'atOnce' : redialAfter(closeCode);
  if (redial === 'never') return undefined;
  const offlineMs = isOffline && attempt > DOUBTING_ATTEMPTS ? OFFLINE_MS : undefined;
  const askedMs = retryAfterMs(closeReason) ?? offlineMs;
  if (askedMs !== undefined) return Math.round(askedMs * (1 + random / 5));
  const least = redial === 'atOnce' ? FIRST_CEILING_MS : BACKOFF_CEILING_MS;
  const grown = attempt <= 1 ? 0 : 500 * 2 ** (attempt - 1);
  const ceiling = inCall === true && attempt <= IN_CALL_ATTEMPTS ? IN_CALL_CEILING_MS : CEILING_MS;
  return Math.round(random * Math.min(ceiling, Math.max(least, grown)));
}

/** For how long the server wants to be left alone. */
export function retryAfterMs(closeReason = ''): number | undefined {
  const [, seconds] = /retry-after=(\d{1,4})$/.exec(closeReason) ?? [];
  return seconds === undefined ? undefined : Number(seconds) * 1_000;
}
