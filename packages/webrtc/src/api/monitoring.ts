import type { FlushReason } from '@parley/protocol';

import { fileSink, socketSink, type DebugSink } from '../diagnostics/debug-sink.ts';
import { browserReports } from '../platform/browser-reports.ts';
import type { ReportPorts } from '../platform/ports.ts';
import type { Finding, Impairment } from '../quality/detectors.ts';
import { Uploader } from '../quality/uploader.ts';
import { readText } from '../signaling/fields.ts';
import { summaryOf } from './call-summary.ts';
import type { Call } from './call.ts';
import { toldOf } from './happening-record.ts';
import { MonitoredCall, type MonitoredCallPorts, type MonitoredCallSettings } from './monitored-call.ts';
import { QUALITY_WARNINGS, type QualityWarningCode } from './quality-warnings.ts';
import { redact } from './redaction.ts';
import type { Happening, WatchedClient, Watcher } from './watch.ts';
import { toEntry } from './catalogue.ts';

const CODES: Readonly<Record<Impairment, QualityWarningCode>> = {
  'high-rtt': 31001,
  'high-jitter': 31002,
  'high-packet-loss': 31003,
  'low-mos': 31004,
  'low-local-audio': 31005,
  'low-inbound-audio': 31006,
  'low-bytes-received': 32001,
  'low-bytes-sent': 32002,
  'path-changed': 33008,
};

const FRAME_MS = 5_000;
const LEAST_FRAME_MS = 100;
const FLUSH_MS = 180_000;
const MOST_RECORDS = 1_000;
const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

export function watchClient(client: WatchedClient, ports: ReportPorts = browserReports()): Watcher {
  return new Monitoring(client, ports);
}

/** Measures the calls of a client, reports on them, and explains them to who debugs. */
class Monitoring implements Watcher {
  readonly #client: WatchedClient;
  readonly #ports: ReportPorts;
  readonly #uploader: Uploader;
  readonly #calls = new Map<string, MonitoredCall>();
  #stopPage: (() => void) | undefined;

  constructor(client: WatchedClient, ports: ReportPorts) {
    const { platform } = client;
    this.#client = client;
    this.#ports = ports;
    this.#uploader = new Uploader({
      startTimer: platform.startTimer,
      post: ports.post,
      drained: () => {
        this.#rest();
      },
      dropped: (reason) => {
        platform.write('warn', `[TelnyxRTC] a part of a call report is lost: ${reason}`);
      },
    });
  }

  note(happening: Happening): void {
    try {
      if (this.#client.fields.options.debug) this.#print(happening);
      this.#note(happening);
    } catch (error) {
      this.#client.platform.write('error', '[TelnyxRTC] a call could not be watched', error);
    }
  }

  #note(happening: Happening): void {
    const { at, detail, name } = happening;
    if (name === 'call') {
      const monitored = this.#of(detail.call, at);
      monitored.changed(at, detail);
      if (monitored.isOver) {
        this.#calls.delete(detail.call.id);
        this.#rest();
      }
      return;
    }
    if (name === 'peer') {
      this.#of(detail.call, at).watchPeer(detail.connection);
      return;
    }
    const told = toldOf(happening);
    if (!told) return;
    const { callId, category, details, event, level, message } = told;
    for (const monitored of this.#calls.values()) {
      if (callId !== undefined && callId !== monitored.call.id) continue;
      monitored.tell(at, category, event, message, details, level);
    }
    if (name === 'telnyx.socket.close') {
      const { code, reason, wasClean } = detail.event;
      this.#flush({ type: 'socket-close', socketClose: { code, reason, wasClean } });
    }
  }

  get #reports(): boolean {
    return this.#client.fields.options.enableCallReports !== false;
  }

  #of(call: Call, at: number): MonitoredCall {
    const known = this.#calls.get(call.id);
    if (known?.call === call) return known;
    const made = new MonitoredCall(call, at, this.#settings, this.#callPorts(call), this.#sinkOf(call));
    this.#calls.set(call.id, made);
    this.#stopPage ??= this.#client.platform.onPage((happening) => {
      if (happening === 'pagehide') this.#leave();
      else if (happening === 'online' || happening === 'pageshow') this.#uploader.hurry();
    });
    return made;
  }

  /** Without a call, and with nothing to send, the page is no matter. */
  #rest(): void {
    if (this.#calls.size > 0 || this.#uploader.waiting > 0) return;
    this.#stopPage?.();
    this.#stopPage = undefined;
  }

  get #settings(): MonitoredCallSettings {
    const { callReportFlushInterval, callReportInterval, debugLogLevel, debugLogMaxEntries } =
      this.#client.fields.options;
    return {
      frameMs: Math.max(callReportInterval ?? FRAME_MS, LEAST_FRAME_MS),
      flushMs: callReportFlushInterval ?? FLUSH_MS,
      mostRecords: debugLogMaxEntries ?? MOST_RECORDS,
      leastLevel: LEVELS.find((level) => level === debugLogLevel) ?? 'debug',
    };
  }

  #callPorts(call: Call): MonitoredCallPorts {
    const client = this.#client;
    const { now, startTimer } = client.platform;
    return {
      now,
      startTimer,
      frame: (frame) => {
        if (this.#reports) client.emit('telnyx.stats.frame', frame);
      },
      report: (report) => {
        if (this.#reports) client.emit('telnyx.stats.report', report);
      },
      found: (finding) => {
        if (this.#reports) this.#warn(call, finding);
      },
      reportId: () => readText(client.session.registrationInfo, 'call_report_id'),
      send: (reportId, journal, times, reason) => {
        if (!this.#reports) return;
        const body = journal.take(summaryOf(call, times, client.fields.options, client.server), reason);
        this.#uploader.add({ url: reportUrl(client.server), headers: this.#headers(call, reportId), body });
      },
    };
  }

  #headers(call: Call, reportId: string): Readonly<Record<string, string>> {
    const { voiceSdkId } = this.#client.session.resumption;
    return {
      'content-type': 'application/json',
      'x-call-report-id': reportId,
      'x-call-id': call.id,
      ...(voiceSdkId !== undefined && { 'x-voice-sdk-id': voiceSdkId }),
    };
  }

  #warn({ id: callId }: Call, { impairment, is }: Finding): void {
    const code = CODES[impairment];
    const warning = { code, ...toEntry(QUALITY_WARNINGS[code]) };
    const event = is === 'cleared' ? 'telnyx.warning.cleared' : 'telnyx.warning';
    this.#client.emit(event, this.#client.warning(warning, { callId }));
  }

  #sinkOf({ id, options }: Call): DebugSink | undefined {
    const client = this.#client;
    const { debug, debugOutput } = { ...client.fields.options, ...given(options) };
    const { now, uuid } = client.platform;
    if (!debug) return undefined;
    if (debugOutput === 'file') return fileSink(id, { now, uuid, download: this.#ports.download });
    if (debugOutput !== 'socket') return undefined;
    return socketSink(id, {
      uuid,
      send: (frame) => {
        const { current } = client.session.sockets;
        if (!current?.isOpen) return false;
        current.send({ ...frame });
        return true;
      },
    });
  }

  #flush(reason: FlushReason): void {
    for (const monitored of this.#calls.values()) monitored.flush(reason);
  }

  #leave(): void {
    this.#flush({ type: 'page-unload' });
    this.#uploader.leave();
  }

  #print({ detail, name }: Happening): void {
    const { write } = this.#client.platform;
    switch (name) {
      case 'log':
        if (detail.level === 'debug') write('debug', String(redact(detail.line)));
        break;
      case 'sent':
        write('debug', `[TelnyxRTC] → ${detail.method}`, redact(detail.params));
        break;
      case 'telnyx.socket.message':
        write('debug', `[TelnyxRTC] ← ${readText(detail, 'method') ?? 'response'}`, redact(detail));
        break;
      case 'call':
        write(
          'debug',
          `[TelnyxRTC] call ${detail.call.id} is ${detail.state}, its media ${detail.mediaState}`,
        );
        break;
      case 'telnyx.connection':
        write('debug', `[TelnyxRTC] ${detail.state}: ${detail.reason}`);
        break;
      default:
    }
  }
}

function given({ debug, debugOutput }: Call['options']): Pick<Call['options'], 'debug' | 'debugOutput'> {
  return { ...(debug !== undefined && { debug }), ...(debugOutput !== undefined && { debugOutput }) };
}

/** Scheme, host and port of the server; its path and query are of the socket. */
function reportUrl(server: string): string {
  return new URL('/call_report', server.replace(/^ws/, 'http')).href;
}
