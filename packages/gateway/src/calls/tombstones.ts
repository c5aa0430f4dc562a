import type { HangupCause } from '@parley/protocol';
import type { Clock } from '../ports.ts';
import type { Session } from '../sessions/session.ts';

/** How long a leg that ended is remembered, so that what its client still says of it gets an answer. */
export const tombstoneMs = 60_000;

/** Of one session: a client can say of any number of calls that they ended. */
const mostTombstones = 256;

/** Why legs ended that ended a short while ago. */
export class Tombstones {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #bySession = new WeakMap<Session, Map<string, { cause: HangupCause; at: number }>>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  bury(session: Session, callId: string, cause: HangupCause): void {
    const tombstones = this.#bySession.get(session) ?? new Map<string, { cause: HangupCause; at: number }>();
    this.#bySession.set(session, tombstones);
    for (const [id, { at }] of tombstones) if (this.#isForgotten(at)) tombstones.delete(id);
    tombstones.set(callId, { cause, at: this.#clock.monotonic() });
    const [oldest] = tombstones.keys();
    if (tombstones.size > mostTombstones && oldest !== undefined) tombstones.delete(oldest);
  }

  causeOf(session: Session, callId: string): HangupCause | undefined {
    const tombstone = this.#bySession.get(session)?.get(callId);
    return tombstone === undefined || this.#isForgotten(tombstone.at) ? undefined : tombstone.cause;
  }

  #isForgotten(buriedAt: number): boolean {
    return this.#clock.monotonic() - buriedAt > tombstoneMs;
  }
}
