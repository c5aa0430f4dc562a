import type { Clock, Log } from '../ports.ts';
import type { Session } from '../sessions/session.ts';
import type { CallChange, CallRecord, CallRecords } from '../store/call-records.ts';
import { WriteBehind } from '../store/write-behind.ts';
import { beginningOf, type CallFacts, changesOf, legsOfCall } from './call-changes.ts';
import type { CallState } from './call-state.ts';

/** Writes down what a next process needs to go on with the calls of this one. Nobody waits for it. */
export interface CallJournal {
  callStarted(call: CallFacts, state: CallState): void;
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

/** A client that comes back after a while asks why its call ended. */
const keepEndedMs = 600_000;
/** How often it shows that its process lives. */
export const journalEveryMs = 30_000;
const mostWaiting = 10_000;

/** The journal in the store. A session is written with its first call: one that never has a call is nothing to come back to. */
export class StoredCallJournal implements CallJournal {
  readonly #ports: CallJournalPorts;
  readonly #known = new WeakSet<Session>();
  readonly #changes: WriteBehind<CallChange>;
  #callOff: () => void = () => undefined;

  constructor(ports: CallJournalPorts) {
    this.#ports = ports;
    this.#changes = new WriteBehind({
      write: (batch) => this.#write(batch),
      clock: ports.clock,
      mostWaiting,
    });
    this.#forgetNowAndThen();
  }

  callStarted(call: CallFacts, state: CallState): void {
    this.#put(call, beginningOf(call, state, this.#ports.clock.now()));
  }

  callChanged(call: CallFacts, before: CallState, after: CallState): void {
    this.#put(call, changesOf(call, before, after, this.#ports.clock.now()));
  }

  #put(call: CallFacts, changes: readonly CallChange[]): void {
    for (const change of changes) {
      if (change.type === 'began') this.#putSessionsOf(call, change.call);
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
    this.#callOff();
    await this.#changes.close();
  }

  #forgetNowAndThen(): void {
    this.add({ type: 'forget', endedBefore: this.#ports.clock.now() - keepEndedMs });
    this.#callOff = this.#ports.clock.after(journalEveryMs, () => {
      this.#forgetNowAndThen();
    });
  }

  #putSessionsOf(facts: CallFacts, { caller, callees }: CallRecord): void {
    for (const { id, session } of legsOfCall(facts)) {
      const isOfCall = [caller, ...callees].some((leg) => leg.id === id);
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
        visit: identity.visit?.kept ?? null,
      },
    });
  }

  add(change: CallChange): void {
    this.#changes.add(change);
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
      this.#callOff();
      this.#changes.abandon();
      return true;
    } catch (err) {
      log.warn(
        { err, changes: batch.length },
        'calls cannot be written down, and would not outlive the gateway',
      );
      return false;
    }
  }
}
