import type { CallReportRecord, CallReportRow, FlushReason, RecordCategory } from '@parley/protocol';

import type { DebugSink } from '../diagnostics/debug-sink.ts';
import { CallMonitor } from '../quality/call-monitor.ts';
import type { Finding } from '../quality/detectors.ts';
import { Journal } from '../quality/journal.ts';
import { watchPeer, type Tell } from '../quality/peer-watch.ts';
import type { CallTimes } from './call-summary.ts';
import type { Call } from './call.ts';
import type { ICallTimings, IStatsFrame, IStatsReport } from './events.ts';
import { frameOf, reportOf } from './stats-events.ts';
import type { StartTimer } from '../kernel/machine.ts';

export interface MonitoredCallSettings {
  /** Milliseconds between frames. */
  readonly frameMs: number;
  /** Milliseconds between segments of a report; 0: whenever one is full. */
  readonly flushMs: number;
  readonly mostRecords: number;
  /** Records of a lower level are left out of the report. */
  readonly leastLevel: CallReportRecord['level'];
}

export interface MonitoredCallPorts {
  readonly now: () => number;
  readonly startTimer: StartTimer;
  frame(frame: IStatsFrame): void;
  report(report: IStatsReport): void;
  found(finding: Finding): void;
  /** Of the session; undefined before the server has told it. */
  reportId(): string | undefined;
  /** @param reason undefined: the last one */
  send(reportId: string, journal: Journal, times: CallTimes, reason: FlushReason | undefined): void;
}

/** What the application sees of the call. */
interface Shown {
  readonly state: string;
  readonly mediaState: string;
  readonly isHeld: boolean;
}

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** What is watched of one call, from its beginning to its end. */
export class MonitoredCall {
  readonly call: Call;
  readonly #settings: MonitoredCallSettings;
  readonly #ports: MonitoredCallPorts;
  readonly #sink: DebugSink | undefined;
  readonly #monitor: CallMonitor;
  readonly #journal: Journal;
  readonly #startedAt: number;
  readonly #marks: { -readonly [K in keyof ICallTimings]: ICallTimings[K] };
  #answeredAt: number | undefined;
  /** The server has heard of it, or told of it. */
  #isSignaled = false;
  #endedAt: number | undefined;
  #flushedAt: number;
  /** Of the session in which the call began: another one knows nothing of it. */
  #reportId: string | undefined;
  #shown: Shown = { state: 'new', mediaState: 'connecting', isHeld: false };
  #stopPeers: (() => void)[] = [];

  constructor(
    call: Call,
    startedAt: number,
    settings: MonitoredCallSettings,
    ports: MonitoredCallPorts,
    sink: DebugSink | undefined,
  ) {
    const { now, startTimer } = ports;
    this.call = call;
    this.#settings = settings;
    this.#ports = ports;
    this.#sink = sink;
    this.#startedAt = this.#flushedAt = startedAt;
    this.#marks = { ringing: undefined, answered: undefined, connected: undefined };
    this.#journal = new Journal({ records: settings.mostRecords });
    this.#monitor = new CallMonitor(
      {
        now,
        startTimer,
        getStats: () => call.peer?.instance.getStats(),
        microphone: () => call.localStream?.getAudioTracks()[0],
        isMuted: () => call.isAudioMuted,
        isHeld: () => call.isHeld,
      },
      settings.frameMs,
      {
        tell: this.#tellNow,
        row: (row) => {
          this.#addRow(row);
        },
        frame: (mean, sample) => {
          ports.frame(frameOf(call.id, mean, sample, this.#monitor.totals));
        },
        found: ports.found,
      },
    );
  }

  get isOver(): boolean {
    return this.#shown.state === 'destroy';
  }

  tell(
    at: number,
    category: RecordCategory,
    event: string,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    level: CallReportRecord['level'] = 'info',
  ): void {
    const timestamp = new Date(at).toISOString();
    const record: CallReportRecord = { timestamp, level, message, context: { category, event, ...details } };
    this.#sink?.add({ record });
    if (category === 'signaling') {
      this.#isSignaled = true;
      this.#reportId ??= this.#ports.reportId();
    }
    if (LEVELS.indexOf(level) >= LEVELS.indexOf(this.#settings.leastLevel)) this.#journal.addRecord(record);
    if (this.#journal.isFull) this.flush({ type: 'buffer-limit' });
  }

  readonly #tellNow: Tell = (...told) => {
    this.tell(this.#ports.now(), ...told);
  };

  watchPeer(connection: RTCPeerConnection): void {
    const stop = watchPeer(connection, (category, event, message, details, level) => {
      const isConnected = event === 'connection' && connection.connectionState === 'connected';
      if (isConnected) this.#marks.connected ??= this.#ports.now() - this.#startedAt;
      this.#tellNow(category, event, message, details, level);
    });
    this.#stopPeers.push(stop);
  }

  changed(at: number, { isHeld, mediaState, state }: Shown): void {
    const before = this.#shown;
    this.#shown = { state, mediaState, isHeld };
    if (mediaState !== before.mediaState)
      this.tell(at, 'media', 'state', `media ${mediaState}`, {
        state: mediaState,
        previous: before.mediaState,
      });
    if (state === before.state) return;
    const held = isHeld ? 'held' : 'unheld';
    if (isHeld !== before.isHeld && !isOver(state)) this.tell(at, 'call', held, held);
    this.#changedTo(at, state, before.state);
  }

  #changedTo(at: number, state: string, previous: string): void {
    const { cause, causeCode, sipCode } = this.call;
    this.tell(at, 'call', 'state', `${previous} → ${state}`, { state, previous });
    if (state === 'trying' || state === 'early' || state === 'ringing')
      this.#marks.ringing ??= at - this.#startedAt;
    if (state === 'active') {
      this.#answeredAt ??= at;
      this.#marks.answered ??= at - this.#startedAt;
      this.#monitor.begin();
    }
    if (isOver(state)) this.#stop(at);
    if (state === 'hangup')
      this.tell(at, 'call', 'ended', `ended: ${String(cause)}`, { cause, causeCode, sipCode });
    if (state === 'destroy') this.#finish();
  }

  get #times(): CallTimes {
    const endedAt = this.#endedAt ?? this.#ports.now();
    return { startedAt: this.#startedAt, answeredAt: this.#answeredAt, endedAt };
  }

  flush(reason: FlushReason | undefined): void {
    this.#reportId ??= this.#ports.reportId();
    if (!this.#isSignaled || this.#reportId === undefined) return;
    this.#flushedAt = this.#ports.now();
    this.#ports.send(this.#reportId, this.#journal, this.#times, reason);
  }

  #addRow(row: CallReportRow): void {
    this.#sink?.add({ row });
    this.#journal.addRow(row);
    const { flushMs } = this.#settings;
    if (this.#journal.isFull) this.flush({ type: 'buffer-limit' });
    else if (flushMs > 0 && this.#ports.now() - this.#flushedAt >= flushMs) this.flush({ type: 'interval' });
  }

  #stop(at: number): void {
    this.#endedAt ??= at;
    this.#monitor.end();
    for (const stop of this.#stopPeers.splice(0)) stop();
  }

  #finish(): void {
    this.#ports.report(reportOf(this.call, this.#times, this.#marks, this.#monitor.totals));
    this.flush(undefined);
    this.#sink?.end();
  }
}

function isOver(state: string): boolean {
  return state === 'purge' || state === 'hangup' || state === 'destroy';
}
