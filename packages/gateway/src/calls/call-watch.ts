import type { DebugReportFrame, HangupCause } from '@parley/protocol';
import type { MediaEvent } from '../media/media-plane.ts';
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

/** Several that see the same. */
export function watchedBy(watches: readonly CallWatch[]): CallWatch {
  return {
    started: (...seen) => {
      for (const watch of watches) watch.started(...seen);
    },
    refused: (...seen) => {
      for (const watch of watches) watch.refused(...seen);
    },
    restored: (...seen) => {
      for (const watch of watches) watch.restored(...seen);
    },
    notRestored: (...seen) => {
      for (const watch of watches) watch.notRestored(...seen);
    },
    changed: (...seen) => {
      for (const watch of watches) watch.changed(...seen);
    },
    legEnded: (...seen) => {
      for (const watch of watches) watch.legEnded(...seen);
    },
    media: (...seen) => {
      for (const watch of watches) watch.media(...seen);
    },
    sent: (...seen) => {
      for (const watch of watches) watch.sent(...seen);
    },
    received: (...seen) => {
      for (const watch of watches) watch.received(...seen);
    },
    answered: (...seen) => {
      for (const watch of watches) watch.answered(...seen);
    },
    refusedRequest: (...seen) => {
      for (const watch of watches) watch.refusedRequest(...seen);
    },
    debugged: (...seen) => {
      for (const watch of watches) watch.debugged(...seen);
    },
  };
}
