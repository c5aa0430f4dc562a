/**
 * The body of `POST /call_report`: what a client tells of one call, in one or more segments. Members that are counted
 * keep their names and units of W3C webrtc-stats and are totals since the stream began; means over an interval end
 * in `Avg`. Every member but `summary` and `stats` may be missing.
 */
export interface CallReport {
  summary: CallReportSummary;
  stats: readonly CallReportRow[];
  logs?: readonly CallReportRecord[];
  /** Counted from 0; missing where the only segment is the last one. */
  segment?: number;
  /** Missing in the last segment. */
  flushReason?: FlushReason;
}

export interface CallReportSummary {
  callId: string;
  direction: 'inbound' | 'outbound';
  state: string;
  destinationNumber?: string;
  callerNumber?: string;
  telnyxSessionId?: string;
  telnyxLegId?: string;
  sdkVersion: string;
  durationSeconds: number;
  /** ISO 8601, UTC: when the call began, and when this was told. */
  startTimestamp: string;
  endTimestamp: string;
  /** Why the call ended; only in the last segment. */
  cause?: string;
  causeCode?: number;
  sipCode?: number;
  clientSummary?: Readonly<Record<string, unknown>>;
}

export interface FlushReason {
  type: 'buffer-limit' | 'interval' | 'socket-close' | 'socket-error' | 'page-unload' | 'manual';
  socketClose?: { code?: number; reason?: string; wasClean?: boolean };
}

/**
 * What happened, or was decided, at a moment of the call. Parley's own records carry a `context` that says of what kind
 * they are (see {@link RecordContext}); an official client's carry whatever it logs.
 */
export interface CallReportRecord {
  /** ISO 8601, UTC, by the clock of who tells it. */
  timestamp: string;
  level: 'debug' | 'info' | 'warn' | 'error';
  /** A sentence or a few words for people. */
  message: string;
  context?: Readonly<Record<string, unknown>>;
}

/** The `context` of a record of Parley's, for programs; further members are particulars of the event. */
export interface RecordContext extends Readonly<Record<string, unknown>> {
  /**
   * - `signaling`: `sent`, `received`, `refused` (`method`, `requestId`, `callID`, `code` of the error, …)
   * - `connection`: `status` (`status`, `reason`, as `telnyx.connection` tells), `opened`, `closed` (`code`), `recovery`,
   *   `warned`, `failed` (`code`, `name`)
   * - `call`: `state` (`state`, `previous`), `muted`, `unmuted`, `held`, `unheld`, `dtmf`, `ended` (`cause`, `causeCode`),
   *   `failed` (`code`, `name`)
   * - `ice`: `connection` (`state`), `gathering` (`state`), `candidate` (`side`, `type`, `protocol`), `candidate-error`
   *   (`url`, `errorCode`, `errorText`), `pair` (`local`, `remote`)
   * - `media`: `state` (`state`, as a call's `mediaState`), `connection` (`state`, of the peer connection), `recovery`
   *   (`action`), `lost`, `silent`, `heard`, `remade`, `restarted`, `warned` (`code`, `name`)
   * - `device`: `used`, `changed`, `lost`, `failed` (`kind`, `label`)
   * - `quality`: `raised`, `cleared` (`code`, `name`); what lasts is raised again
   */
  category: RecordCategory;
  event: string;
}

export type RecordCategory = 'signaling' | 'connection' | 'call' | 'ice' | 'media' | 'device' | 'quality';

type Numbers = Readonly<Record<string, unknown>>;

/** One interval of about a second. */
export interface CallReportRow {
  /** ISO 8601, UTC, by the clock of the client. */
  intervalStartUtc: string;
  intervalEndUtc: string;
  audio: { outbound?: Numbers; inbound?: Numbers };
  connection?: Numbers;
  ice?: Numbers;
  transport?: Numbers;
  mediaPlayout?: Numbers;
  remoteRtcp?: { inbound?: Numbers; outbound?: Numbers };
  /** By the E-model (ITU-T G.107), of what this side hears. `loss` is a share from 0 to 1. */
  quality?: { rFactor?: number; mos?: number; loss?: number };
}
