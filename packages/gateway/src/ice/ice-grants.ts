import type { IceServer } from '@parley/protocol';
import type { Clock } from '../ports.ts';
import type { Session } from '../sessions/session.ts';
import { turnCredentials } from './turn-credentials.ts';

/** The servers of a gateway, and the secret that it shares with those that relay. */
export interface IceService {
  urls: readonly string[];
  secret: string;
  /** How long credentials hold. */
  seconds: number;
}

/** ICE servers for sessions, with credentials that end soon and are renewed before they do. */
export interface IceGrants {
  /** @returns none where the client did not ask for them, or the gateway has none */
  serversFor(session: Session): readonly IceServer[];
  close(): void;
}

/** Credentials are renewed at half of their time, give or take a sweep. */
const SWEEPS = 8;

/** What is granted to a session at present. */
interface Grant {
  /** Monotonic milliseconds. */
  renewableAt: number;
  /** Milliseconds of the epoch. */
  until: number;
}

export interface IceGrantsPorts {
  /** All that there are. */
  sessions(): readonly Session[];
  isInCall(session: Session): boolean;
  clock: Clock;
}

/**
 * Credentials are for who is signed in by something that holds, and for calls: a session whose token has expired gets
 * no further ones, and keeps those that it has for one sweep at the most, in which its calls are found.
 */
export function createIceGrants(
  service: IceService | undefined,
  { sessions, isInCall, clock }: IceGrantsPorts,
): IceGrants {
  if (service === undefined) return { serversFor: () => [], close: () => undefined };
  const lifeMs = service.seconds * 1000;
  const sweepMs = lifeMs / SWEEPS;
  const grants = new WeakMap<Session, Grant>();
  let callOff = (): void => undefined;

  const endFor = (session: Session): number => {
    const end = clock.now() + lifeMs;
    const { expiresAt } = session.proof;
    return expiresAt === null || isInCall(session) ? end : Math.min(end, expiresAt + sweepMs);
  };

  const serversFor = (session: Session): readonly IceServer[] => {
    if (!session.granted.has('iceServers')) return [];
    const until = endFor(session);
    const left = until - clock.now();
    grants.set(session, { until, renewableAt: clock.monotonic() + left - lifeMs / 2 - sweepMs });
    return iceServers(service, session.ids.id, until);
  };

  const sweep = (): void => {
    callOff = clock.after(sweepMs, sweep);
    for (const session of sessions()) {
      const grant = grants.get(session);
      // One without a socket gets others with the login that brings it back.
      if (grant === undefined || session.connection === null) continue;
      if (clock.monotonic() < grant.renewableAt || endFor(session) <= grant.until) continue;
      session.push('parley.iceServers', { iceServers: serversFor(session) });
    }
  };
  callOff = clock.after(sweepMs, sweep);
  return {
    serversFor,
    close: () => {
      callOff();
    },
  };
}

function iceServers({ urls, secret }: IceService, user: string, expiresAt: number): IceServer[] {
  const isRelay = (url: string): boolean => /^turns?:/.test(url);
  const others = urls.filter((url) => !isRelay(url));
  const relays = urls.filter(isRelay);
  return [
    ...(others.length === 0 ? [] : [{ urls: others }]),
    ...(relays.length === 0 ? [] : [{ urls: relays, ...turnCredentials(secret, user, expiresAt) }]),
  ];
}
