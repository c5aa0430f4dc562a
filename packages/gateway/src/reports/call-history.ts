import type { CallReportRecord, DebugReportFrame, GatewayMediaSample, HangupCause } from '@parley/protocol';
import { type CallFacts, legsOfCall } from '../calls/call-changes.ts';
import type { CallState, LegId } from '../calls/call-state.ts';
import { type CallWatch, unwatched, type WatchedMessage } from '../calls/call-watch.ts';
import type { Leg } from '../calls/leg.ts';
import { inTime } from '../in-time.ts';
import type { MediaEvent } from '../media/media-plane.ts';
import type { Clock, Log } from '../ports.ts';
import { isLikelyOffset } from '../sessions/clock-offset.ts';
import type { Session } from '../sessions/session.ts';
import type { ArchiveChange, ArchivedCall, ArchivedLeg, CallArchive } from '../store/archived-calls.ts';
import { WriteBehind } from '../store/write-behind.ts';
import { archivedCallOf, archivedLegsOf } from './call-facts.ts';
import type { CallNews } from './call-news.ts';
import { DebugIntake } from './debug-intake.ts';
import { isoTime } from './iso-time.ts';
import type { LegRecord } from './leg-record.ts';
import { LiveCall, LiveCalls } from './live-calls.ts';
import { isSampleDue } from './media-sampling.ts';
import {
  beginningOf,
  type Observation,
  observationOfEnd,
  observationOfMedia,
  observationOfMessage,
  observationsOf,
  restoration,
} from './observations.ts';

/** What a report is about. */
export type ReportedLeg = ArchivedLeg & { call: string };

export interface CallHistoryPorts {
  archive: Pick<CallArchive, 'write' | 'find' | 'legsOf' | 'chunksOf' | 'findLeg'>;
  nodeId: string;
  clock: Clock;
  log: Log;
}

/** What a killed gateway loses at the most. */
const writeEveryMs = 15_000;
/** Clients report on a call when it is over: whoever looks at it is told. */
const lingerMs = 30_000;
const mostWaiting = 20_000;
/** Who looks at a call sees an older state of it where the store is away. */
const patienceMs = 2_000;

/**
 * Every call of this node as people will look at it: who, when, why it ended, and the gateway's own view of each leg.
 * It is on its way to the archive as long as it is here; nobody waits for it.
 */
export class CallHistory implements CallWatch {
  readonly #ports: CallHistoryPorts;
  readonly #live = new LiveCalls();
  readonly #debug: DebugIntake;
  readonly #changes: WriteBehind<ArchiveChange>;
  #callOffWriting: (() => void) | null = null;
  #hasFailed = false;
  /** What calls off that calls which have ended are forgotten. */
  readonly #lingering = new Set<() => void>();

  constructor(ports: CallHistoryPorts) {
    this.#ports = ports;
    this.#debug = new DebugIntake(ports.clock);
    this.#changes = new WriteBehind({
      write: (batch) => this.#write(batch),
      clock: ports.clock,
      mostWaiting,
    });
  }

  started(facts: CallFacts, state: CallState, invitedAt: number): void {
    const live = this.#begin(facts, invitedAt, state.name === 'established' ? this.#now() : null);
    for (const record of live.legs) this.#observe(record, beginningOf(state));
  }

  refused(facts: CallFacts, cause: HangupCause, invitedAt: number): void {
    const live = this.#begin(facts, invitedAt, null);
    this.legEnded(facts.caller, cause);
    this.#ended(live, cause, this.#now());
  }

  /** Of calls that a former process has left, and that may go on. */
  async recall(ids: readonly string[]): Promise<void> {
    const { archive, log } = this.#ports;
    for (const id of ids) {
      const call = await archive.find(id);
      if (call?.endedAt !== null) continue;
      this.#add(new LiveCall(call, await archive.legsOf(id), log));
      for (const chunk of await archive.chunksOf(id)) this.#live.leg(chunk.leg)?.recall(chunk);
    }
  }

  restored(facts: CallFacts): void {
    const live = this.#live.call(facts.id) ?? this.#begin(facts, this.#now(), this.#now());
    this.#carry(facts);
    for (const record of live.legs) this.#observe(record, restoration);
  }

  notRestored(id: string, at: number, cause: HangupCause): void {
    const live = this.#live.call(id);
    if (live === undefined) return;
    for (const record of live.legs) if (record.leg.endedAt === null) this.#legEnded(record, at, cause);
    this.#ended(live, cause, at);
  }

  changed(facts: CallFacts, before: CallState, after: CallState): void {
    const live = this.#live.call(facts.id);
    if (live === undefined || before === after) return;
    for (const { leg, ...seen } of observationsOf(before, after)) this.#observe(this.#live.leg(leg), seen);
    if (before.name === 'inviting' && after.name === 'established') {
      this.#changes.add({ type: 'answered', call: live.id, at: this.#now() });
      live.change({ answeredAt: this.#now() });
    }
    if (before.name !== 'ended' && after.name === 'ended') this.#ended(live, after.cause, this.#now());
  }

  legEnded({ id }: Leg, cause: HangupCause): void {
    const record = this.#live.leg(id);
    if (record !== undefined) this.#legEnded(record, this.#now(), cause);
  }

  media(event: MediaEvent): void {
    const record = this.#live.leg(event.leg);
    if (record === undefined) return;
    if (event.type === 'counted') {
      if (!isSampleDue(record.countOf('media'), event.sequence)) return;
      const sample: GatewayMediaSample = { at: isoTime(this.#now()), ...event.sample };
      record.add('media', JSON.stringify(sample));
      return;
    }
    const seen = observationOfMedia(event);
    if (seen !== null) this.#observe(record, seen);
  }

  sent(session: Session, message: WatchedMessage): void {
    this.#observe(this.#legOf(session, message.callId), observationOfMessage('sent', message));
  }

  received(session: Session, message: WatchedMessage): void {
    this.#observe(this.#legOf(session, message.callId), observationOfMessage('received', message));
  }

  readonly answered = unwatched.answered;

  refusedRequest(session: Session, message: WatchedMessage, code: number): void {
    this.#observe(this.#legOf(session, message.callId), observationOfMessage('refused', message, code));
  }

  debugged(session: Session, frame: DebugReportFrame): void {
    const record = frame.call_id === undefined ? undefined : this.#legOf(session, frame.call_id);
    this.#debug.take(session, frame, record);
  }

  /** A report came and is stored. */
  reported(leg: LegId, id: string, json: string): void {
    const record = this.#live.leg(leg);
    record?.call.tell({ type: 'report', place: record.place, id, json });
  }

  /** The clock of the leg's client is ahead by so much at least. */
  clockIsAhead({ id, clockOffsetMs }: ArchivedLeg, leastMs: number): void {
    if (!isLikelyOffset(leastMs)) return;
    const record = this.#live.leg(id);
    if (record !== undefined) record.leastClockOffsetMs = Math.max(record.leastClockOffsetMs, leastMs);
    else if (leastMs > (clockOffsetMs ?? -Infinity))
      this.#changes.add({ type: 'clock', leg: id, offsetMs: leastMs });
  }

  /** It is known better now how good a call was. */
  rated({ id, mos, worst }: ArchivedCall): void {
    this.#live.call(id)?.change({ mos, worst });
  }

  /** Of the leg that a report names. */
  async legOfReport(callReportId: string, callId: string): Promise<ReportedLeg | undefined> {
    const record = this.#live.legOfClient(callReportId, callId);
    if (record !== undefined) return { ...record.leg, call: record.call.id };
    return await this.#ports.archive.findLeg(callReportId, callId);
  }

  /** @returns undefined where it is only in the archive */
  legsOf(id: string): ArchivedLeg[] | undefined {
    return this.#live.call(id)?.legs.map(({ leg }) => leg);
  }

  /** @returns the way to stop; null where nothing new is to come of the call */
  listen(id: string, listener: (news: CallNews) => void): (() => void) | null {
    return this.#live.call(id)?.listen(listener) ?? null;
  }

  goesOn(id: string): boolean {
    return this.#live.call(id)?.isOver === false;
  }

  /** Those that go on. */
  alive(): string[] {
    return this.#live.all().flatMap(({ id, isOver }) => (isOver ? [] : [id]));
  }

  /** It was taken out of the archive. */
  deleted(id: string): void {
    const live = this.#live.call(id);
    if (live?.isOver === true) this.#live.remove(live);
  }

  /** Resolves once what was handed to the archive is there, or that takes too long. */
  async written(): Promise<void> {
    await inTime(this.#ports.clock, patienceMs, this.#changes.written());
  }

  /** The same with all that is known of a call. */
  async writeNow(id: string): Promise<void> {
    const live = this.#live.call(id);
    if (live !== undefined) this.#writeCall(live);
    await this.written();
  }

  async close(): Promise<void> {
    this.#callOffWriting?.();
    for (const callOff of this.#lingering) callOff();
    for (const live of this.#live.all()) {
      this.#writeCall(live);
      live.tell({ type: 'over' });
    }
    await this.#changes.close();
  }

  #begin(facts: CallFacts, startedAt: number, answeredAt: number | null): LiveCall {
    const { nodeId, log } = this.#ports;
    const call = { ...archivedCallOf(facts), nodeId, startedAt, answeredAt };
    const legs = archivedLegsOf(facts, startedAt);
    const live = new LiveCall(call, legs, log);
    this.#add(live);
    this.#carry(facts);
    this.#changes.add({ type: 'started', call, legs });
    const invited = { callId: facts.caller.callId, method: 'telnyx_rtc.invite' };
    const [caller] = live.legs;
    this.#observe(caller, observationOfMessage('received', invited), startedAt);
    if (caller !== undefined) this.#debug.begin(facts.caller.session, caller);
    return live;
  }

  #add(live: LiveCall): void {
    this.#live.add(live);
    this.#writeNowAndThen();
  }

  #carry(facts: CallFacts): void {
    for (const { id, session } of legsOfCall(facts)) {
      const record = this.#live.leg(id);
      if (record !== undefined) record.session = session;
    }
  }

  #legOf({ ids }: Session, callId: string): LegRecord | undefined {
    return this.#live.legOfClient(ids.callReportId, callId);
  }

  #observe(record: LegRecord | undefined, seen: Observation, at = this.#now()): void {
    if (record?.leg.endedAt !== null) return;
    const told: CallReportRecord = { timestamp: isoTime(at), ...seen };
    record.add('events', JSON.stringify(told), seen.context.event === 'ended');
  }

  #legEnded(record: LegRecord, at: number, cause: HangupCause): void {
    this.#observe(record, observationOfEnd(cause), at);
    this.#changes.add({ type: 'legEnded', leg: record.leg.id, at, cause });
    record.ended(at, cause);
  }

  #ended(live: LiveCall, { cause, causeCode }: HangupCause, at: number): void {
    this.#writeCall(live);
    this.#changes.add({ type: 'ended', call: live.id, at, cause: { cause, causeCode } });
    live.change({ endedAt: at, cause, causeCode });
    const callOff = this.#ports.clock.after(lingerMs, () => {
      this.#lingering.delete(callOff);
      this.#writeCall(live);
      this.#live.remove(live);
    });
    this.#lingering.add(callOff);
  }

  #writeNowAndThen(): void {
    this.#callOffWriting ??= this.#ports.clock.after(writeEveryMs, () => {
      this.#callOffWriting = null;
      for (const live of this.#live.all()) this.#writeCall(live);
      if (this.#live.size > 0) this.#writeNowAndThen();
    });
  }

  #writeCall({ legs }: LiveCall): void {
    for (const record of legs) {
      for (const chunk of record.takeUnwritten()) this.#changes.add({ type: 'chunk', chunk });
      const offsetMs = Math.max(record.session?.clockOffsetMs() ?? -Infinity, record.leastClockOffsetMs);
      if (offsetMs === -Infinity || offsetMs === record.leg.clockOffsetMs) continue;
      record.leg.clockOffsetMs = offsetMs;
      this.#changes.add({ type: 'clock', leg: record.leg.id, offsetMs });
    }
  }

  async #write(batch: readonly ArchiveChange[]): Promise<boolean> {
    try {
      await this.#ports.archive.write(batch);
      this.#hasFailed = false;
      return true;
    } catch (err) {
      if (!this.#hasFailed)
        this.#ports.log.warn({ err }, 'what is seen of calls cannot be stored; tried again');
      this.#hasFailed = true;
      return false;
    }
  }

  #now(): number {
    return this.#ports.clock.now();
  }
}
