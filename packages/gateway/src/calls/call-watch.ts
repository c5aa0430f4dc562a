import type { DebugReportFrame, HangupCause } from '@parley/protocol';
import type { MediaEvent } from '../media/media-plane.ts';
import type { Log } from '../ports.ts';
import type { Session } from '../sessions/session.ts';
import type { CallFacts } from './call-changes.ts';
import type { CallState } from './call-state.ts';
import type { Leg } from './leg.ts';

/** A message about a call; of what it says, its name alone is told. */
export interface WatchedMessage {
  callId: string;
  method: string;
  requestId?: string | number;
  /** What a `telnyx_rtc.modify` asks for. */
  action?: string;
  /** Where the client stands in its trace (W3C Trace Context). */
  traceparent?: string;
}

/** Whoever keeps what there is to see of calls. Nobody waits for it. Times are milliseconds of the epoch. */
export interface CallWatch {
  /** @param invitedAt when the caller's invite came */
  started(call: CallFacts, state: CallState, invitedAt: number): void;
  /** It went nowhere. */
  refused(call: CallFacts, cause: HangupCause, invitedAt: number): void;
  /** A call of a former process goes on. */
  restored(call: CallFacts): void;
  /** One of a former process does not. */
  notRestored(call: string, at: number, cause: HangupCause): void;
  changed(call: CallFacts, before: CallState, after: CallState): void;
  legEnded(leg: Leg, cause: HangupCause): void;
  media(event: MediaEvent): void;
  sent(session: Session, message: WatchedMessage): void;
  received(session: Session, message: WatchedMessage): void;
  /** It was answered. */
  answered(session: Session, message: WatchedMessage): void;
  /** It was answered with an error. */
  refusedRequest(session: Session, message: WatchedMessage, code: number): void;
  /** A part of a client's debug stream. */
  debugged(session: Session, frame: DebugReportFrame): void;
}

export const unwatched: CallWatch = {
  started: () => undefined,
  refused: () => undefined,
  restored: () => undefined,
  notRestored: () => undefined,
  changed: () => undefined,
  legEnded: () => undefined,
  media: () => undefined,
  sent: () => undefined,
  received: () => undefined,
  answered: () => undefined,
  refusedRequest: () => undefined,
  debugged: () => undefined,
};

/** Some that see the same. What goes wrong with one of them is logged, and harms no call and no other. */
export function watchedBy(watches: readonly CallWatch[], log: Pick<Log, 'error'>): CallWatch {
  const each = (see: (watch: CallWatch) => void): void => {
    for (const watch of watches) {
      try {
        see(watch);
      } catch (err) {
        log.error({ err }, 'what happened in a call was not kept');
      }
    }
  };
  return {
    started: (...seen) => {
      each((watch) => {
        watch.started(...seen);
      });
    },
    refused: (...seen) => {
      each((watch) => {
        watch.refused(...seen);
      });
    },
    restored: (...seen) => {
      each((watch) => {
        watch.restored(...seen);
      });
    },
    notRestored: (...seen) => {
      each((watch) => {
        watch.notRestored(...seen);
      });
    },
    changed: (...seen) => {
      each((watch) => {
        watch.changed(...seen);
      });
    },
    legEnded: (...seen) => {
      each((watch) => {
        watch.legEnded(...seen);
      });
    },
    media: (...seen) => {
      each((watch) => {
        watch.media(...seen);
      });
    },
    sent: (...seen) => {
      each((watch) => {
        watch.sent(...seen);
      });
    },
    received: (...seen) => {
      each((watch) => {
        watch.received(...seen);
      });
    },
    answered: (...seen) => {
      each((watch) => {
        watch.answered(...seen);
      });
    },
    refusedRequest: (...seen) => {
      each((watch) => {
        watch.refusedRequest(...seen);
      });
    },
    debugged: (...seen) => {
      each((watch) => {
        watch.debugged(...seen);
      });
    },
  };
}
