import type { Capability, ServerMethod, ToServer } from '@parley/protocol';
import type { Visits } from '../assistants/visits.ts';
import type { Calls } from '../calls/calls.ts';
import type { IceGrants } from '../ice/ice-grants.ts';
import type { Clock, Log, Meter } from '../ports.ts';
import type { Authenticator } from '../registrar/authenticator.ts';
import type { Connection, Reply } from '../sessions/connection.ts';
import type { Directory } from '../sessions/directory.ts';
import type { Drain } from '../sessions/drain.ts';
import type { LoginGuard } from '../sessions/login-guard.ts';
import type { LoginsUnderWay } from '../sessions/logins-under-way.ts';
import type { Session } from '../sessions/session.ts';

/** What the handlers share. */
export interface Gatekeeping {
  authenticator: Authenticator;
  guard: LoginGuard;
  loginsUnderWay: LoginsUnderWay;
  visits: Pick<Visits, 'receive'>;
  directory: Directory;
  calls: Calls;
  drain: Pick<Drain, 'isUnderWay' | 'turnAway'>;
  iceGrants: Pick<IceGrants, 'serversFor'>;
  clock: Clock;
  meter: Meter;
  log: Log;
  /** What is granted to nobody here. */
  withheld: ReadonlySet<Capability>;
  /** Told to a client when it is registered. */
  place: { dc: string; region: string };
}

export type LoginMethod = 'login' | 'anonymous_login';
export type SessionMethod = Exclude<ServerMethod, LoginMethod>;

/** Before a login. */
export type LoginHandler<M extends LoginMethod> = (
  gatekeeping: Gatekeeping,
  connection: Connection,
  params: ToServer[M]['params'],
) => Promise<Reply>;

/** After a login. @throws {RpcError} where the request is refused */
export type SessionHandler<M extends SessionMethod> = (
  gatekeeping: Gatekeeping,
  session: Session,
  params: ToServer[M]['params'],
) => Reply | Promise<Reply>;
