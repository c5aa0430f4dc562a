import {
  type CallFile,
  type CallFileLeg,
  type CallFileSummary,
  type CallReport,
  type CallReportRecord,
  type CallReportRow,
  type GatewayMediaSample,
  isRecord,
} from '@parley/protocol';
import { listOf, memberOf, numberOf, textOf } from '../members.ts';

export type OpenedFile = { ok: true; file: CallFile } | { ok: false; problem: string };

/** Reads the text of an exported file, or of a report as a client makes one. */
export function openCallFile(text: string): OpenedFile {
  const value = parseJson(text);
  if (value === undefined) return no('This file is not the record of a call: it is not JSON.');
  if (isReport(value)) return { ok: true, file: fileOfReport(reportOf(value)) };
  if (textOf(value, 'format') === 'parley-debug') return fileOfDebug(value);
  return parseCallFile(value);
}

/** What is malformed inside is left out: a damaged file shows what is left of it. */
export function parseCallFile(value: unknown): OpenedFile {
  if (textOf(value, 'format') !== 'parley-call') {
    return no('This file is JSON, but not the record of a call as Parley exports it.');
  }
  if (memberOf(value, 'version') !== 1) {
    return no('This file was made by a newer version of Parley than this page. Open it with that version.');
  }
  const call = parseCallSummary(memberOf(value, 'call'));
  if (call === undefined) return no('This file is damaged: it does not say which call it is about.');
  const legs = listOf(value, 'legs').map(legOf);
  const nodeId = textOf(value, 'nodeId');
  const exportedAt = textOf(value, 'exportedAt');
  return { ok: true, file: { format: 'parley-call', version: 1, exportedAt, nodeId, call, legs } };
}

export function parseCallSummary(value: unknown): CallFileSummary | undefined {
  const startedAt = timeOf(value, 'startedAt');
  if (textOf(value, 'id') === '' || startedAt === undefined) return undefined;
  const worst = memberOf(value, 'worst');
  const worstAt = timeOf(worst, 'at');
  const worstMos = numberOf(worst, 'mos');
  const mos = numberOf(value, 'mos');
  return {
    id: textOf(value, 'id'),
    callerName: textOf(value, 'callerName'),
    callerNumber: textOf(value, 'callerNumber'),
    destination: textOf(value, 'destination'),
    caller: textOf(value, 'caller'),
    startedAt,
    durationSeconds: numberOf(value, 'durationSeconds') ?? 0,
    ...texts(value, 'callee', 'cause'),
    ...times(value, 'answeredAt', 'endedAt'),
    ...causeCodeOf(value),
    ...(mos === null ? {} : { mos }),
    ...(worstAt === undefined || worstMos === null ? {} : { worst: { at: worstAt, mos: worstMos } }),
  };
}

function legOf(value: unknown): CallFileLeg {
  const clockOffsetMs = numberOf(value, 'clockOffsetMs');
  const rows = listOf(value, 'debugRows');
  return {
    ...texts(value, 'callId', 'callReportId'),
    role: textOf(value, 'role') === 'caller' ? 'caller' : 'callee',
    startedAt: timeOf(value, 'startedAt') ?? '',
    ...texts(value, 'user'),
    ...legEndOf(value),
    ...(clockOffsetMs === null ? {} : { clockOffsetMs }),
    events: recordsOf(value, 'events'),
    media: parseSamples(listOf(value, 'media')),
    reports: parseReports(listOf(value, 'reports')),
    debug: recordsOf(value, 'debug'),
    ...(rows.length > 0 ? { debugRows: parseRows(rows) } : {}),
  };
}

export function legEndOf(value: unknown): Pick<CallFileLeg, 'endedAt' | 'cause' | 'causeCode'> {
  return { ...times(value, 'endedAt'), ...texts(value, 'cause'), ...causeCodeOf(value) };
}

export function parseRecords(list: readonly unknown[]): readonly CallReportRecord[] {
  return list.flatMap((value) => {
    const timestamp = timeOf(value, 'timestamp');
    if (timestamp === undefined) return [];
    const level = LEVELS.find((known) => known === textOf(value, 'level')) ?? 'info';
    const context = memberOf(value, 'context');
    const record = { timestamp, level, message: textOf(value, 'message') };
    return [isRecord(context) ? { ...record, context } : record];
  });
}

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

export function parseSamples(list: readonly unknown[]): readonly GatewayMediaSample[] {
  return list.flatMap((value) => {
    const at = timeOf(value, 'at');
    if (at === undefined) return [];
    const count = (name: string) => numberOf(value, name) ?? 0;
    const jitterMs = numberOf(value, 'jitterMs');
    const remote = memberOf(value, 'remote');
    const roundTripMs = numberOf(remote, 'roundTripMs');
    return [
      {
        at,
        packetsReceived: count('packetsReceived'),
        packetsLost: count('packetsLost'),
        bytesReceived: count('bytesReceived'),
        packetsSent: count('packetsSent'),
        bytesSent: count('bytesSent'),
        ...(jitterMs === null ? {} : { jitterMs }),
        ...(isRecord(remote)
          ? {
              remote: {
                packetsLost: numberOf(remote, 'packetsLost') ?? 0,
                jitterMs: numberOf(remote, 'jitterMs') ?? 0,
                ...(roundTripMs === null ? {} : { roundTripMs }),
              },
            }
          : {}),
      },
    ];
  });
}

export function parseReports(list: readonly unknown[]): readonly CallReport[] {
  return list.filter(isReport).map(reportOf);
}

function reportOf(value: unknown): CallReport {
  const summary = memberOf(value, 'summary');
  const flushReason = memberOf(value, 'flushReason');
  const type = FLUSHES.find((known) => known === textOf(flushReason, 'type'));
  const segment = numberOf(value, 'segment');
  const direction = textOf(summary, 'direction') === 'inbound' ? 'inbound' : 'outbound';
  return {
    summary: {
      callId: textOf(summary, 'callId'),
      direction,
      state: textOf(summary, 'state'),
      sdkVersion: textOf(summary, 'sdkVersion'),
      durationSeconds: numberOf(summary, 'durationSeconds') ?? 0,
      startTimestamp: timeOf(summary, 'startTimestamp') ?? '',
      endTimestamp: timeOf(summary, 'endTimestamp') ?? '',
      ...texts(summary, 'callerNumber', 'destinationNumber', 'cause'),
      ...causeCodeOf(summary),
    },
    stats: parseRows(listOf(value, 'stats')),
    logs: recordsOf(value, 'logs'),
    ...(segment === null ? {} : { segment }),
    ...(type === undefined ? {} : { flushReason: { type } }),
  };
}

const FLUSHES = [
  'buffer-limit',
  'interval',
  'socket-close',
  'socket-error',
  'page-unload',
  'manual',
] as const;

export function parseRows(list: readonly unknown[]): readonly CallReportRow[] {
  return list.flatMap(rowOf);
}

function rowOf(value: unknown): CallReportRow[] {
  const intervalStartUtc = timeOf(value, 'intervalStartUtc');
  const intervalEndUtc = timeOf(value, 'intervalEndUtc');
  if (intervalStartUtc === undefined || intervalEndUtc === undefined) return [];
  const audio = memberOf(value, 'audio');
  const quality = memberOf(value, 'quality');
  const rtcp = memberOf(value, 'remoteRtcp');
  const loss = numberOf(quality, 'loss');
  const mos = numberOf(quality, 'mos');
  return [
    {
      intervalStartUtc,
      intervalEndUtc,
      audio: records(audio, 'outbound', 'inbound'),
      ...records(value, 'connection', 'ice', 'transport', 'mediaPlayout'),
      ...(isRecord(rtcp) ? { remoteRtcp: records(rtcp, 'inbound', 'outbound') } : {}),
      ...(mos === null ? {} : { quality: { mos, ...(loss === null ? {} : { loss }) } }),
    },
  ];
}

function isReport(value: unknown): boolean {
  return (
    textOf(memberOf(value, 'summary'), 'callId') !== '' &&
    timeOf(memberOf(value, 'summary'), 'startTimestamp') !== undefined &&
    Array.isArray(memberOf(value, 'stats'))
  );
}

/** What a client saved by itself (`debugOutput: 'file'`). */
function fileOfDebug(value: unknown): OpenedFile {
  const stats = parseRows(listOf(value, 'stats'));
  const logs = recordsOf(value, 'records');
  const times = [
    ...logs.map(({ timestamp }) => timestamp),
    ...stats.map((row) => row.intervalEndUtc),
  ].toSorted();
  const [startTimestamp, endTimestamp] = [times[0], times.at(-1)];
  if (startTimestamp === undefined || endTimestamp === undefined)
    return no('This file tells nothing of a call.');
  const isInbound = logs.some(({ context }) => textOf(context, 'state') === 'ringing');
  const summary = {
    callId: textOf(value, 'callId'),
    direction: isInbound ? ('inbound' as const) : ('outbound' as const),
    state: '',
    sdkVersion: '',
    durationSeconds: (Date.parse(endTimestamp) - Date.parse(startTimestamp)) / 1000,
    startTimestamp,
    endTimestamp,
  };
  return { ok: true, file: fileOfReport({ summary, stats, logs }) };
}

/** One client's report alone: a call of which one leg is known, by that client's clock. */
function fileOfReport(report: CallReport): CallFile {
  const { summary } = report;
  const { callId, direction, startTimestamp, endTimestamp, durationSeconds } = summary;
  const number = summary.callerNumber ?? '';
  const ends = endTimestamp === '' || report.flushReason !== undefined ? {} : { endedAt: endTimestamp };
  const causes = {
    ...(summary.cause === undefined ? {} : { cause: summary.cause }),
    ...(summary.causeCode === undefined ? {} : { causeCode: summary.causeCode }),
  };
  const destination = summary.destinationNumber ?? (direction === 'inbound' ? 'this client' : 'somebody');
  return {
    format: 'parley-call',
    version: 1,
    exportedAt: endTimestamp,
    nodeId: '',
    call: {
      id: callId,
      callerName: '',
      callerNumber: number,
      destination,
      caller: direction === 'outbound' ? 'this client' : number || 'somebody',
      startedAt: startTimestamp,
      durationSeconds,
      ...(report.stats.length > 0 ? { answeredAt: report.stats[0]?.intervalStartUtc ?? '' } : {}),
      ...ends,
      ...causes,
    },
    legs: [
      {
        callId,
        role: direction === 'outbound' ? 'caller' : 'callee',
        user: 'this client',
        startedAt: startTimestamp,
        ...ends,
        ...causes,
        events: [],
        media: [],
        reports: [report],
        debug: [],
      },
    ],
  };
}

function recordsOf(value: unknown, name: string): readonly CallReportRecord[] {
  return parseRecords(listOf(value, name));
}

function records<N extends string>(value: unknown, ...names: N[]) {
  const found: Partial<Record<N, Record<string, unknown>>> = {};
  for (const name of names) {
    const member = memberOf(value, name);
    if (isRecord(member)) found[name] = member;
  }
  return found;
}

function texts<N extends string>(value: unknown, ...names: N[]) {
  const found: Partial<Record<N, string>> = {};
  for (const name of names) if (textOf(value, name) !== '') found[name] = textOf(value, name);
  return found;
}

function times<N extends string>(value: unknown, ...names: N[]) {
  const found: Partial<Record<N, string>> = {};
  for (const name of names) {
    const time = timeOf(value, name);
    if (time !== undefined) found[name] = time;
  }
  return found;
}

function causeCodeOf(value: unknown): { causeCode?: number } {
  const causeCode = numberOf(value, 'causeCode');
  return causeCode === null ? {} : { causeCode };
}

function timeOf(value: unknown, name: string): string | undefined {
  const text = textOf(value, name);
  return Number.isNaN(Date.parse(text)) ? undefined : text;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function no(problem: string): OpenedFile {
  return { ok: false, problem };
}
