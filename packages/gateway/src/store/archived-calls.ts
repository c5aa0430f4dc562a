import type { HangupCause } from '@parley/protocol';
import type { Listing, Page } from './listing.ts';

/** What is kept of calls for people who look at them later. Times are milliseconds of the epoch. */

export interface ArchivedCall {
  id: string;
  nodeId: string;
  callerName: string;
  callerNumber: string;
  destination: string;
  /** User names. */
  caller: string;
  callee: string | null;
  startedAt: number;
  answeredAt: number | null;
  endedAt: number | null;
  cause: string | null;
  causeCode: number | null;
  /** By the reports of its clients: the mean over all seconds, and the worst. */
  mos: number | null;
  worst: { at: number; mos: number } | null;
}

export interface ArchivedLeg {
  id: string;
  /** By what id its client knows it, and with what id it reports. */
  callId: string;
  callReportId: string;
  role: 'caller' | 'callee';
  /** null: a visitor. */
  user: string | null;
  credentialId: string;
  startedAt: number;
  endedAt: number | null;
  cause: string | null;
  causeCode: number | null;
  /** By how much the client's clock is ahead. */
  clockOffsetMs: number | null;
}

/** `events`: what the gateway saw, `media`: what it counted, `debug`, `debugRows`: what its client told meanwhile. */
export type ChunkKind = 'events' | 'media' | 'debug' | 'debugRows';

export interface ArchivedChunk {
  leg: string;
  kind: ChunkKind;
  /** The JSON of the items, with commas between them. */
  body: string;
}

export type ArchiveChange =
  | { type: 'started'; call: ArchivedCall; legs: readonly ArchivedLeg[] }
  | { type: 'answered'; call: string; at: number }
  | { type: 'legEnded'; leg: string; at: number; cause: HangupCause }
  | { type: 'ended'; call: string; at: number; cause: HangupCause }
  | { type: 'clock'; leg: string; offsetMs: number }
  /** Of a leg that is not there any more, it is left out. */
  | { type: 'chunk'; chunk: ArchivedChunk };

/** Everything that a list is searched by; what is left out does not matter. */
export interface CallFilter {
  /** One of its legs is this credential's. */
  credentialId?: string;
  /** One of its legs is this user's. */
  user?: string;
  /** A part of the number that called, or of what was dialled. */
  number?: string;
  /** The call's id, or that of one of its legs at its client. */
  callId?: string;
  /** When it began: at or after, and before. */
  from?: number;
  to?: number;
  cause?: string;
  minMos?: number;
  maxMos?: number;
}

/** How good a part of a call was: seconds, and the sum of their scores. */
export interface Ratings {
  seconds: number;
  sum: number;
  worst: { at: number; mos: number };
}

export interface CallArchive {
  /** All changes or none. One that is written again changes nothing. */
  write(changes: readonly ArchiveChange[]): Promise<void>;
  /** Newest first. */
  list(filter: CallFilter, page: Page): Promise<Listing<ArchivedCall>>;
  find(id: string): Promise<ArchivedCall | undefined>;
  /** The caller's first. */
  legsOf(id: string): Promise<readonly ArchivedLeg[]>;
  /** Of the leg that a report names. */
  findLeg(callReportId: string, callId: string): Promise<(ArchivedLeg & { call: string }) | undefined>;
  /** Of all legs of a call, in the order in which they were written. */
  chunksOf(id: string): Promise<readonly ArchivedChunk[]>;
  /** Takes ratings of a part into those of the whole. @returns the call as it is now */
  rate(id: string, ratings: Ratings): Promise<ArchivedCall | undefined>;
  /** Ends those of a node that go on by the archive alone. */
  endOthers(nodeId: string, alive: readonly string[], at: number, cause: HangupCause): Promise<void>;
  /** With what its clients reported. @returns false where there is none */
  delete(id: string): Promise<boolean>;
  /** Those that have ended and in which one of the legs is the credential's. @returns which */
  deleteOf(credentialId: string): Promise<string[]>;
  /** Those that began before. @returns how many */
  prune(startedBefore: number): Promise<number>;
}
