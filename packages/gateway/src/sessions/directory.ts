import type { Capability } from '@parley/protocol';
import type { Clock, Random } from '../ports.ts';
import type { Authentication } from '../registrar/authenticator.ts';
import { Session, type Carrier } from './session.ts';

/** Whoever writes down what a next process needs of sessions. */
export interface SessionJournal {
  sessionChanged(session: Session): void;
  sessionEnded(session: Session): void;
}

export interface DirectoryOptions {
  clock: Clock;
  random: Random;
  nodeId: string;
  /** How long a session without a socket, and its calls with it, is held. */
  holdMs: number;
  journal: SessionJournal;
  /** A held session was not resumed in time; it is no longer in the directory. */
  onExpired(session: Session): void;
}

/** Every session of this node, by id and by user. */
export class Directory {
  readonly #options: DirectoryOptions;
  readonly #byId = new Map<string, Session>();
  readonly #byUser = new Map<string, Set<Session>>();
  readonly #holds = new Map<Session, () => void>();
  #isClosed = false;

  constructor(options: DirectoryOptions) {
    this.#options = options;
  }

  open(authentication: Authentication, granted: ReadonlySet<Capability>): Session {
    const { random, nodeId } = this.#options;
    const id = random.uuid();
    const session = new Session(
      { id, voiceSdkId: `${nodeId}-${random.token()}`, callReportId: random.uuid() },
      authentication,
      granted,
    );
    this.#add(session);
    return session;
  }

  /** Takes a session of a former process. Its client is away. */
  restore(session: Session): void {
    this.#add(session);
    this.detached(session);
  }

  /** A session id is a claim: it counts only for the user whose session it is. */
  find(id: string | undefined, credentialId: string): Session | undefined {
    const session = id === undefined ? undefined : this.#byId.get(id);
    return session?.identity.credentialId === credentialId ? session : undefined;
  }

  /** For who administers the gateway. */
  byId(id: string): Session | undefined {
    return this.#byId.get(id);
  }

  /** The user's sessions that can ring. */
  registered(sipUsername: string): Session[] {
    return [...(this.#byUser.get(sipUsername) ?? [])].filter((session) => session.connection !== null);
  }

  attached(session: Session): void {
    this.#holds.get(session)?.();
    this.#holds.delete(session);
    this.#options.journal.sessionChanged(session);
  }

  /** The user has logged in again on the socket that it has. */
  refreshed(session: Session): void {
    this.#options.journal.sessionChanged(session);
  }

  detached(session: Session): void {
    session.connection = null;
    if (this.#isClosed) return;
    const callOff = this.#options.clock.after(this.#options.holdMs, () => {
      this.remove(session);
      this.#options.onExpired(session);
    });
    this.#holds.set(session, callOff);
  }

  /** Ends the session. @returns what carried it, to be closed */
  remove(session: Session): Carrier | null {
    const carrier = session.connection;
    session.connection = null;
    this.#holds.get(session)?.();
    this.#holds.delete(session);
    this.#byId.delete(session.ids.id);
    const peers = this.#byUser.get(session.identity.sipUsername);
    peers?.delete(session);
    if (peers?.size === 0) this.#byUser.delete(session.identity.sipUsername);
    this.#options.journal.sessionEnded(session);
    return carrier;
  }

  all(): Session[] {
    return [...this.#byId.values()];
  }

  /** Awaits nobody any more: the process ends. */
  close(): void {
    this.#isClosed = true;
    for (const callOff of this.#holds.values()) callOff();
    this.#holds.clear();
  }

  #add(session: Session): void {
    this.#byId.set(session.ids.id, session);
    const { sipUsername } = session.identity;
    const peers = this.#byUser.get(sipUsername) ?? new Set();
    this.#byUser.set(sipUsername, peers.add(session));
  }

  count(): { attached: number; detached: number } {
    return { attached: this.#byId.size - this.#holds.size, detached: this.#holds.size };
  }
}
