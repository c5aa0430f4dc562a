import { CloseCode, causes } from '@parley/protocol';
import type { Visits } from './assistants/visits.ts';
import type { CallJournal } from './calls/call-journal.ts';
import { Calls } from './calls/calls.ts';
import type { CallWatch } from './calls/call-watch.ts';
import { createIceGrants, type IceGrants, type IceService } from './ice/ice-grants.ts';
import type { MediaPlane } from './media/media-plane.ts';
import type { Gatekeeping } from './methods/method.ts';
import { handleRequest } from './methods/methods.ts';
import { watchedRequest } from './methods/watched-request.ts';
import type { Clock, Log, Meter, Random } from './ports.ts';
import type { Authenticator } from './registrar/authenticator.ts';
import { Admission, type Admittance } from './sessions/admission.ts';
import { Connection, type Socket } from './sessions/connection.ts';
import { Directory } from './sessions/directory.ts';
import { Drain } from './sessions/drain.ts';
import { LoginGuard } from './sessions/login-guard.ts';
import { LoginsUnderWay, openerOf } from './sessions/logins-under-way.ts';
import type { Session } from './sessions/session.ts';
import type { Revocation } from './store/store.ts';

export interface SignalingOptions {
  authenticator: Authenticator;
  visits: Pick<Visits, 'receive'>;
  media: MediaPlane;
  clock: Clock;
  random: Random;
  log: Log;
  meter: Meter;
  journal: CallJournal;
  watch: CallWatch;
  nodeId: string;
  region: string;
  /** What clients are told of; none where it is left out. */
  iceService?: IceService | undefined;
  holdMs: number;
  ringMs: number;
  /** Whether somebody wants to know where calls stand in traces. Default: nobody. */
  traces?: boolean;
  /** Sockets that one address may have without a login. */
  waitingPerAddress: number;
}

/** Sessions, calls and the methods between them: the gateway without its HTTP server, its store and its processes. */
export interface Signaling {
  /** @returns whether a further client of this address may connect */
  admits(remoteAddress: string): Admittance;
  /** A client has connected; what comes in on its socket goes to the connection. */
  onSocket(socket: Socket, remoteAddress: string): Connection;
  /** What opened a session, or is about to, is valid no more: its calls end, and its socket is closed. */
  revoke(revocation: Pick<Revocation, 'kind' | 'subject'>): void;
  /** Takes no new calls nor clients from now on. @returns once no call is left, or the time is over */
  drain(withinMs: number): Promise<void>;
  isDraining(): boolean;
  directory: Directory;
  calls: Calls;
  iceGrants: IceGrants;
  /** Against those who guess passwords, on sockets and elsewhere. */
  guard: LoginGuard;
}

export function createSignaling(options: SignalingOptions): Signaling {
  const { clock, log } = options;
  const directory = new Directory({
    clock,
    random: options.random,
    nodeId: options.nodeId,
    holdMs: options.holdMs,
    journal: options.journal,
    onExpired: (session) => {
      log.info({ sessionId: session.ids.id, user: session.identity.sipUsername }, 'session expired');
      calls.sessionGone(session, causes.destinationOutOfOrder);
    },
  });
  const admission = new Admission(options.waitingPerAddress);
  const calls = new Calls({ ...options, directory });
  const iceGrants = createIceGrants(options.iceService, {
    sessions: () => directory.all(),
    isInCall: (session) => calls.callIds(session).length > 0,
    clock,
  });
  const loginsUnderWay = new LoginsUnderWay();
  const guard = new LoginGuard(clock);
  /** For its calls, or for a client that will ask why one ended. */
  const isWorthHolding = (session: Session): boolean =>
    calls.callIds(session).length > 0 || (session.granted.has('recovery') && session.hasUntakenByes());
  const drain = new Drain({
    directory,
    isInCall: (session) => calls.callIds(session).length > 0,
    clock,
  });
  const gatekeeping: Gatekeeping = {
    ...options,
    iceGrants,
    loginsUnderWay,
    guard,
    directory,
    calls,
    drain,
    withheld: new Set(options.traces === true ? [] : ['traceContext']),
    place: { dc: options.nodeId, region: options.region },
  };
  return {
    directory,
    calls,
    iceGrants,
    guard,
    revoke: ({ kind, subject }) => {
      loginsUnderWay.revoke({ kind, subject });
      for (const session of directory.all()) {
        const { identity, proof } = session;
        if (openerOf({ identity, tokenId: proof.tokenId }, kind) !== subject) continue;
        log.info({ sessionId: session.ids.id, user: session.identity.sipUsername, kind }, 'session revoked');
        calls.endAll(session, causes.callRejected);
        directory.remove(session)?.release(CloseCode.revoked, 'the credential or token was revoked');
      }
    },
    drain: async (withinMs) => {
      drain.begin();
      await calls.drain(withinMs);
      drain.close();
    },
    isDraining: () => drain.isUnderWay,
    admits: (remoteAddress) => admission.judge(remoteAddress),
    onSocket: (socket, remoteAddress) => {
      const leave = admission.enter(remoteAddress);
      return new Connection(socket, remoteAddress, clock, {
        debugged: ({ session }, frame) => {
          if (session !== null) options.watch.debugged(session, frame);
        },
        loggedIn: leave,
        handle: (connection, request) =>
          watchedRequest(options.watch, connection, request, () =>
            handleRequest(gatekeeping, connection, request),
          ),
        sent: ({ session }, method, params, requestId) => {
          const callId = 'callID' in params ? params.callID : undefined;
          if (session !== null && typeof callId === 'string')
            options.watch.sent(session, { callId, method, requestId });
        },
        closed: ({ session }) => {
          leave();
          if (session === null) return;
          log.info({ sessionId: session.ids.id, user: session.identity.sipUsername }, 'socket lost');
          if (!isWorthHolding(session)) {
            directory.remove(session);
            return;
          }
          directory.detached(session);
          calls.detached(session);
        },
        failed: (connection, error, method) => {
          log.error({ sessionId: connection.session?.ids.id, method, err: error }, 'request failed');
        },
      });
    },
  };
}
