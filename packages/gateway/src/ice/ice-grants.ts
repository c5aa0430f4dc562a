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

/** @param sessions all that there are */
export function createIceGrants(
  service: IceService | undefined,
  sessions: () => readonly Session[],
  clock: Clock,
): IceGrants {
  if (service === undefined) return { serversFor: () => [], close: () => undefined };
  const lifeMs = service.seconds * 1000;
  const renewedAt = new WeakMap<Session, number>();
  let callOff = (): void => undefined;

  const serversFor = (session: Session): readonly IceServer[] => {
    if (!session.granted.has('iceServers')) return [];
    renewedAt.set(session, clock.monotonic());
    return iceServers(service, session.ids.id, clock.now() + lifeMs);
  };

  const sweep = (): void => {
    callOff = clock.after(lifeMs / SWEEPS, sweep);
    const due = clock.monotonic() - lifeMs * (1 / 2 - 1 / SWEEPS);
    for (const session of sessions()) {
      const last = renewedAt.get(session);
      // One without a socket gets others with the login that brings it back.
      if (last === undefined || last > due || session.connection === null) continue;
      session.push('parley.iceServers', { iceServers: serversFor(session) });
    }
  };
  callOff = clock.after(lifeMs / SWEEPS, sweep);
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
