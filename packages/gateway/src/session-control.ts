import { CloseCode, causes } from '@parley/protocol';
import type { CallAndLeg, Calls } from './calls/calls.ts';
import type { MediaPlane } from './media/media-plane.ts';
import type { Log } from './ports.ts';
import type { Directory } from './sessions/directory.ts';
import type { Session } from './sessions/session.ts';

/** A fault that is made on purpose, so that applications can see what becomes of them. */
export type Fault =
  /** The socket is gone, without a closing handshake. */
  | { kind: 'drop' }
  /** Nothing passes on the socket in either direction, and neither end is told. */
  | { kind: 'half-open'; seconds: number }
  /** The socket is closed as before a restart. */
  | { kind: 'server-leaves'; retryAfter: number | undefined }
  /** The session ends; with a call, its client may come back to its calls. */
  | { kind: 'punt'; callId: string | undefined }
  /** The media path of one call, or of each, is made anew. */
  | { kind: 'media-lost'; callId: string | undefined }
  /** The media process of one call, or of each, dies, and with it the media of others. */
  | { kind: 'media-worker-dies'; callId: string | undefined };

/** The calls that it was done to, or a sentence that says why it cannot be done. */
export type FaultOutcome = { calls: readonly string[] } | { impossible: string };

/** What who administers the gateway sees of sessions, and can do to them. */
export interface SessionControl {
  /** Oldest first. */
  list(): readonly Session[];
  find(id: string): Session | undefined;
  callsOf(session: Session): readonly CallAndLeg[];
  makeFault(session: Session, fault: Fault): FaultOutcome;
}

export interface SessionControlPorts {
  directory: Pick<Directory, 'all' | 'byId' | 'remove'>;
  calls: Pick<Calls, 'of' | 'sessionGone'>;
  media: Pick<MediaPlane, 'killWorkerOf'>;
  log: Log;
}

export function createSessionControl({ directory, calls, media, log }: SessionControlPorts): SessionControl {
  return {
    list: () => directory.all(),
    find: (id) => directory.byId(id),
    callsOf: (session) => calls.of(session),
    makeFault: (session, fault) => {
      log.warn({ sessionId: session.ids.id, fault: fault.kind }, 'a fault is made on purpose');
      switch (fault.kind) {
        case 'drop':
          return disturb(session, (carrier) => carrier.disturb({ kind: 'drop' }));
        case 'half-open':
          return disturb(session, (carrier) =>
            carrier.disturb({ kind: 'stall', forMs: fault.seconds * 1000 }),
          );
        case 'server-leaves': {
          const { retryAfter } = fault;
          const wish = retryAfter === undefined ? '' : `; retry-after=${String(retryAfter)}`;
          const reason = `the gateway stops, as it was asked to${wish}`;
          return disturb(session, (carrier) => carrier.disturb({ kind: 'leave', reason }));
        }
        case 'punt':
          return punt(session, fault.callId);
        case 'media-lost':
          return toMedia(session, fault.callId, ({ call, leg }) => {
            call.handle({ type: 'mediaLost', leg: leg.id });
            return true;
          });
        case 'media-worker-dies':
          return toMedia(session, fault.callId, ({ leg }) => media.killWorkerOf?.(leg.id) === true);
      }
    },
  };

  function disturb(
    session: Session,
    act: (carrier: NonNullable<Session['connection']>) => void,
  ): FaultOutcome {
    const { connection } = session;
    if (connection === null) return { impossible: 'The session has no socket at present: it is held.' };
    act(connection);
    return { calls: [] };
  }

  function punt(session: Session, callId: string | undefined): FaultOutcome {
    if (callId !== undefined) {
      const found = established(session, callId);
      if ('impossible' in found) return found;
      return disturb(session, () => session.push('telnyx_rtc.punt', { callID: callId }));
    }
    return disturb(session, () => {
      session.push('telnyx_rtc.punt', {});
      calls.sessionGone(session, causes.destinationOutOfOrder);
      directory.remove(session)?.release(CloseCode.normal, 'the gateway has ended the session');
    });
  }

  function toMedia(
    session: Session,
    callId: string | undefined,
    act: (found: CallAndLeg) => boolean,
  ): FaultOutcome {
    const found = established(session, callId);
    if ('impossible' in found) return found;
    const done = found.calls.filter(act).map(({ leg }) => leg.callId);
    return done.length > 0 ? { calls: done } : { impossible: 'No media process could be ended.' };
  }

  function established(
    session: Session,
    callId: string | undefined,
  ): { calls: readonly CallAndLeg[] } | { impossible: string } {
    const found = calls
      .of(session)
      .filter(({ call, leg }) => call.stateName === 'established' && (callId ?? leg.callId) === leg.callId);
    if (found.length > 0) return { calls: found };
    return {
      impossible:
        callId === undefined
          ? 'The session has no answered call.'
          : `The session has no answered call ${callId}.`,
    };
  }
}
