import type { DebugReportFrame } from '@parley/protocol';
import type { Clock } from '../ports.ts';
import type { Session } from '../sessions/session.ts';
import { debugItemOf, isStatistics } from './debug-items.ts';
import type { LegRecord } from './leg-record.ts';

/** Official clients tell each second what they measured; their reports have that, too. */
const statisticsEveryMs = 5_000;
/** An official client tells of a call before it makes it. */
const mostEarlyCalls = 2;
const mostEarlyFrames = 40;
const mostEarlyCharacters = 4_096;

/** Debug streams of clients on their way to the files of their calls. */
export class DebugIntake {
  readonly #clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly #early = new WeakMap<Session, Map<string, DebugReportFrame[]>>();
  readonly #statisticsAt = new WeakMap<LegRecord, number>();

  constructor(clock: Pick<Clock, 'now' | 'monotonic'>) {
    this.#clock = clock;
  }

  /** @param record of the leg of the session that the frame names; undefined where there is none yet */
  take(session: Session, frame: DebugReportFrame, record: LegRecord | undefined): void {
    if (record === undefined) this.#keepEarly(session, frame);
    else if (!this.#isTooSoon(record, frame)) {
      const offsetMs = session.clockOffsetMs() ?? 0;
      const read = debugItemOf(frame, this.#clock.now() + offsetMs);
      if (read !== null) record.add(read.kind, JSON.stringify(read.item));
    }
  }

  /** The call that was told of has come. */
  begin(session: Session, record: LegRecord): void {
    const early = this.#early.get(session);
    const frames = early?.get(record.leg.callId) ?? [];
    early?.delete(record.leg.callId);
    for (const frame of frames) this.take(session, frame, record);
  }

  #isTooSoon(record: LegRecord, frame: DebugReportFrame): boolean {
    if (!isStatistics(frame)) return false;
    const now = this.#clock.monotonic();
    if (now - (this.#statisticsAt.get(record) ?? -Infinity) < statisticsEveryMs) return true;
    this.#statisticsAt.set(record, now);
    return false;
  }

  #keepEarly(session: Session, frame: DebugReportFrame): void {
    if (frame.call_id === undefined || isStatistics(frame)) return;
    const early = this.#early.get(session) ?? new Map<string, DebugReportFrame[]>();
    this.#early.set(session, early);
    const frames = early.get(frame.call_id) ?? [];
    early.set(frame.call_id, frames);
    if (frames.length < mostEarlyFrames && JSON.stringify(frame).length < mostEarlyCharacters)
      frames.push(frame);
    const oldest = early.keys().next();
    if (early.size > mostEarlyCalls && oldest.done !== true) early.delete(oldest.value);
  }
}
