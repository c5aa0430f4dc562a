import type { LegId } from '../calls/call-state.ts';
import type { Log } from '../ports.ts';
import type { ArchivedCall, ArchivedLeg } from '../store/archived-calls.ts';
import type { CallNews } from './call-news.ts';
import { LegRecord } from './leg-record.ts';

/** A call that goes on, or ended a short while ago, and those who look at it. */
export class LiveCall {
  readonly legs: readonly LegRecord[];
  #call: ArchivedCall;
  readonly #log: Pick<Log, 'error'>;
  readonly #listeners = new Set<(news: CallNews) => void>();

  constructor(call: ArchivedCall, legs: readonly ArchivedLeg[], log: Pick<Log, 'error'>) {
    this.#log = log;
    this.#call = call;
    this.legs = legs.map((leg, place) => new LegRecord(this, place, { ...leg }));
  }

  get call(): ArchivedCall {
    return this.#call;
  }

  get id(): string {
    return this.#call.id;
  }

  get isOver(): boolean {
    return this.#call.endedAt !== null;
  }

  change(change: Partial<ArchivedCall>): void {
    this.#call = { ...this.#call, ...change };
    this.tell({ type: 'call', call: this.#call });
  }

  /** Never throws: what is told comes from the control of calls. */
  tell(news: CallNews): void {
    for (const listener of this.#listeners) {
      try {
        listener(news);
      } catch (err) {
        this.#log.error({ err, call: this.id }, 'who follows a call was not told what is new');
      }
    }
  }

  /** @returns the way to stop */
  listen(listener: (news: CallNews) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

export class LiveCalls {
  readonly #calls = new Map<string, LiveCall>();
  readonly #legs = new Map<LegId, LegRecord>();
  /** By what their clients know them by. */
  readonly #byClient = new Map<string, LegRecord>();

  get size(): number {
    return this.#calls.size;
  }

  all(): LiveCall[] {
    return [...this.#calls.values()];
  }

  call(id: string): LiveCall | undefined {
    return this.#calls.get(id);
  }

  leg(id: LegId): LegRecord | undefined {
    return this.#legs.get(id);
  }

  legOfClient(callReportId: string, callId: string): LegRecord | undefined {
    return this.#byClient.get(`${callReportId} ${callId}`);
  }

  add(live: LiveCall): void {
    this.#calls.set(live.id, live);
    for (const record of live.legs) {
      this.#legs.set(record.leg.id, record);
      this.#byClient.set(nameOf(record), record);
    }
  }

  remove(live: LiveCall): void {
    live.tell({ type: 'over' });
    this.#calls.delete(live.id);
    for (const record of live.legs) {
      this.#legs.delete(record.leg.id);
      // Its client may have used the id again.
      if (this.#byClient.get(nameOf(record)) === record) this.#byClient.delete(nameOf(record));
    }
  }
}

const nameOf = ({ leg }: LegRecord): string => `${leg.callReportId} ${leg.callId}`;
