import type { Clock, Log } from '../ports.ts';
import type { Session } from '../sessions/session.ts';
import type { CallChange, CallRecord, CallRecords } from '../store/call-records.ts';
import { type CallFacts, changesOf, legsOfCall } from './call-changes.ts';
import type { CallState } from './call-state.ts';

/** Writes down what a next process needs to go on with the calls of this one. Nobody waits for it. */
export interface CallJournal {
  callChanged(call: CallFacts, before: CallState, after: CallState): void;
  sessionChanged(session: Session): void;
  sessionEnded(session: Session): void;
}

export interface CallJournalPorts {
  records: Pick<CallRecords, 'write'>;
  writer: { nodeId: string; epoch: number };
  clock: Clock;
  log: Log;
}

/** For reports of clients on their calls, which come at the end or, where the network is bad, a while later. */
const keepEndedMs = 600_000;
/** How often it shows that its process lives. */
export const journalEveryMs = 30_000;
const againMs = 1_000;
/** Of a database that stays away for long, the oldest changes are given up. */
const mostWaiting = 10_000;

/**
 * The journal in the store. Changes are written in the order in which they came; those that come while others are
 * written go together. A session is written with its first call: one that never has a call is nothing to come back to.
 */
export class StoredCallJournal implements CallJournal {
  readonly #ports: CallJournalPorts;
  readonly #known = new WeakSet<Session>();
  #waiting: CallChange[] = [];
  #writing: Promise<void> | null = null;
  #isClosed = false;
  #callOff: () => void = () => undefined;
  #hurry: () => void = () => undefined;

  constructor(ports: CallJournalPorts) {
    this.#ports = ports;
    this.#forgetNowAndThen();
  }

  callChanged(call: CallFacts, before: CallState, after: CallState): void {
    for (const change of changesOf(call, before, after, this.#ports.clock.now())) {
      if (change.type === 'established') this.#putSessionsOf(call, change.call);
      this.add(change);
    }
  }

  sessionChanged(session: Session): void {
    if (this.#known.has(session)) this.#putSession(session);
  }

  sessionEnded(session: Session): void {
    if (this.#known.delete(session)) this.add({ type: 'sessionEnded', id: session.ids.id });
  }

  /** It has been written by a former process. */
  recognise(session: Session): void {
    this.#known.add(session);
  }

  /** Takes no more changes. Resolves once those that it has are written, or cannot be. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#callOff();
    this.#hurry();
    await this.#writing;
  }

  #forgetNowAndThen(): void {
    this.add({ type: 'forget', endedBefore: this.#ports.clock.now() - keepEndedMs });
    this.#callOff = this.#ports.clock.after(journalEveryMs, () => {
      this.#forgetNowAndThen();
    });
  }

  #putSessionsOf(facts: CallFacts, { caller, callee }: CallRecord): void {
    for (const { id, session } of legsOfCall(facts)) {
      const isOfCall = id === caller.id || id === callee?.id;
      if (isOfCall && !this.#known.has(session)) this.#putSession(session);
    }
  }

  #putSession(session: Session): void {
    const { ids, identity, proof, granted } = session;
    this.#known.add(session);
    this.add({
      type: 'session',
      session: {
        ...ids,
        credentialId: identity.credentialId,
        tokenId: proof.tokenId,
        granted: [...granted],
      },
    });
  }

  add(change: CallChange): void {
    if (this.#isClosed) return;
    this.#waiting.push(change);
    this.#writing ??= this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    // What happens in one go is written in one go, and after what is told of it.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      if (!(await this.#write(batch))) {
        this.#waiting = [...batch, ...this.#waiting].slice(-mostWaiting);
        if (this.#isClosed) break;
        await this.#pause();
      }
    }
    this.#writing = null;
  }

  /** @returns whether it was written, or never will be */
  async #write(batch: readonly CallChange[]): Promise<boolean> {
    const { records, writer, clock, log } = this.#ports;
    try {
      if (await records.write(writer, batch, clock.now())) return true;
      log.error(
        { nodeId: writer.nodeId },
        'another gateway runs as this node on the same data, and has its calls from now on; give each a node id of its own',
      );
      this.#isClosed = true;
      this.#callOff();
      this.#waiting = [];
      return true;
    } catch (err) {
      log.warn(
        { err, changes: batch.length },
        'calls cannot be written down, and would not outlive the gateway',
      );
      return false;
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const callOff = this.#ports.clock.after(againMs, resolve);
      this.#hurry = () => {
        callOff();
        resolve();
      };
    });
  }
}
