import type { CustomHeader, HangupCause } from '@parley/protocol';

/** What of sessions and calls outlives the process that has them. Times are milliseconds of the epoch. */

export interface SessionRecord {
  id: string;
  voiceSdkId: string;
  callReportId: string;
  credentialId: string;
  /** The `jti` of the token that it was opened with, or refreshed last; null for a password. */
  tokenId: string | null;
  /** The capabilities that its client was granted. */
  granted: readonly string[];
  /** null for a user. */
  visit: VisitRecord | null;
}

/** Whom a visitor has asked for, and with whom it talks. */
export interface VisitRecord {
  /** Its name while it is here. */
  visitor: string;
  assistantId: string;
  /** The one that was asked for, if any. */
  wantedVersionId: string | null;
  /** `target_params`, as they came. */
  params: Readonly<Record<string, unknown>>;
  versionId: string;
  conversationId: string;
}

export interface LegRecord {
  id: string;
  sessionId: string;
  /** By what id its client knows it. */
  callId: string;
  /** Of its session: what the client reports later names it. */
  callReportId: string;
  credentialId: string;
  held: boolean;
}

/** What a callee is told with the invite, beside who calls. */
export interface InviteRecord {
  clientState: string | null;
  customHeaders: readonly CustomHeader[];
}

/** A call that was answered, or rings. */
export interface CallRecord {
  id: string;
  destination: string;
  /** What the callee was shown. */
  callerName: string;
  callerNumber: string;
  /** When it began where it rings. */
  establishedAt: number;
  caller: LegRecord;
  /** Nobody in an echo, who answered in a call, and everybody at whom it rings before. */
  callees: readonly LegRecord[];
  /** null once it is answered. */
  invite: InviteRecord | null;
  end: CallEnd | null;
}

export interface CallEnd {
  cause: HangupCause;
  at: number;
}

export type CallChange =
  /** It is new, or something of it has changed. */
  | { type: 'session'; session: SessionRecord }
  | { type: 'sessionEnded'; id: string }
  | { type: 'began'; call: CallRecord }
  /** One that rang; the other callees are out of it. */
  | { type: 'answered'; call: string; leg: string; at: number }
  | { type: 'legEnded'; leg: string }
  | { type: 'held'; leg: string; held: boolean }
  | { type: 'ended'; call: string; end: CallEnd }
  /** Nobody asks any more about calls that ended before. */
  | { type: 'forget'; endedBefore: number };

/** What a node's last process left. */
export interface Legacy {
  /** Counts the processes of the node: only the newest one can write. */
  epoch: number;
  /** When the former process wrote last; null where there was none. */
  lastWrittenAt: number | null;
  sessions: readonly SessionRecord[];
  calls: readonly CallRecord[];
}

export interface CallRecords {
  /** Makes the caller the only one that can write for the node. */
  takeOver(nodeId: string, now: number): Promise<Legacy>;
  /**
   * All changes or none.
   *
   * @returns false, and writes nothing, where another process has taken the node over
   */
  write(
    writer: { nodeId: string; epoch: number },
    changes: readonly CallChange[],
    now: number,
  ): Promise<boolean>;
  /** Forgets nodes that wrote nothing since. @returns how many */
  prune(writtenBefore: number): Promise<number>;
}
