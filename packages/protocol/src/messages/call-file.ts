/**
 * All that is known of one call, in one file: what the gateway saw of both legs, and what their clients reported. Times
 * are ISO 8601, UTC; durations and offsets say their unit. Nothing in it is secret.
 */
import type { CallReport, CallReportRecord, CallReportRow } from './call-report.ts';

export interface CallFile {
  format: 'parley-call';
  version: 1;
  exportedAt: string;
  /** Of the gateway. */
  nodeId: string;
  call: CallFileSummary;
  /** The caller's first. A callee that has several clients has a leg for each that rang. */
  legs: readonly CallFileLeg[];
}

/** A call as a list shows it. */
export interface CallFileSummary {
  id: string;
  /** Name and number that the callee was shown. */
  callerName: string;
  callerNumber: string;
  /** What the caller dialed. */
  destination: string;
  /** User names; the callee's is missing where nobody was called: an echo, an assistant, a wrong number. */
  caller: string;
  callee?: string;
  startedAt: string;
  /** Missing: it was not answered. */
  answeredAt?: string;
  /** Missing: it goes on. */
  endedAt?: string;
  /** From the answer to the end, or until now. */
  durationSeconds: number;
  /** Why it ended: a name and number of Q.850. */
  cause?: string;
  causeCode?: number;
  /** By the E-model, from 1 to 4.5, as reported by clients: the mean, and that of the worst second. */
  mos?: number;
  worst?: { at: string; mos: number };
}

export interface CallFileLeg {
  /**
   * The `callID` that its client knows it by, and the id that its client reports with. Missing, as everything else that
   * only the other party's client and the gateway know, where a user reads of the other party's leg.
   */
  callId?: string;
  callReportId?: string;
  role: 'caller' | 'callee';
  /** The user name of whose leg it is; missing for an assistant, and for a visitor of one. */
  user?: string;
  startedAt: string;
  endedAt?: string;
  cause?: string;
  causeCode?: number;
  /**
   * By how many milliseconds the client's clock is ahead of the gateway's; missing where it is not known. A time of
   * `reports` less this is a time of the gateway.
   */
  clockOffsetMs?: number;
  /** What the gateway saw and did, by its own clock. */
  events: readonly CallReportRecord[];
  /** What the gateway counted, by its own clock. */
  media: readonly GatewayMediaSample[];
  /** What the client told, by its own clock, as it came but for secrets: an official client's reports too. */
  reports: readonly CallReport[];
  /** What the client sent in its debug stream, by its own clock: what happened, and what it measured. */
  debug: readonly CallReportRecord[];
  debugRows?: readonly CallReportRow[];
}

/** Totals since the leg began, of its RTP at the gateway. */
export interface GatewayMediaSample {
  at: string;
  packetsReceived: number;
  /** By the sequence numbers that are missing. */
  packetsLost: number;
  bytesReceived: number;
  packetsSent: number;
  bytesSent: number;
  /** Interarrival jitter in milliseconds (RFC 3550, section 6.4.1). */
  jitterMs?: number;
  /** What the client says of what it receives (RTCP receiver reports). */
  remote?: { packetsLost: number; jitterMs: number; roundTripMs?: number };
}

/**
 * What `GET /v2/calls/{id}/events` tells of a call while it goes on; `type` is the name of the event, too. The first
 * is the file as far as it is known, and each of the others adds to it. `leg` is a place in `legs`, `index` one in the
 * list that the new part belongs to: what is there already was told before.
 */
export type CallFileUpdate =
  | { type: 'file'; file: CallFile }
  /** It was answered, or has ended. Reports come after the end, too. */
  | { type: 'call'; call: CallFileSummary }
  | { type: 'leg'; leg: number; endedAt: string; cause: string; causeCode: number }
  | { type: 'event'; leg: number; index: number; event: CallReportRecord }
  | { type: 'media'; leg: number; index: number; sample: GatewayMediaSample }
  | { type: 'report'; leg: number; index: number; report: CallReport }
  | { type: 'debug'; leg: number; index: number; record: CallReportRecord }
  | { type: 'debugRow'; leg: number; index: number; row: CallReportRow };
