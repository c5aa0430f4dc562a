import { type CallReportRecord, type DebugReportFrame, isRecord } from '@parley/protocol';
import { isoTime } from './iso-time.ts';
import { redact, TooDeepError } from './redact.ts';

/** What a debug stream adds to the file of a call. */
export type DebugItem = { kind: 'debug'; item: CallReportRecord } | { kind: 'debugRows'; item: object };

/** Of one item, in characters of JSON. */
const mostCharacters = 16_384;
const levels = ['debug', 'info', 'warn', 'error'] as const;

/**
 * Reads a frame of a client's debug stream: Parley's records and rows, or an event of an official client, without the
 * whole statistics of the browser that come with it.
 *
 * @param at when the client sent it, about, by its own clock; in milliseconds of the epoch
 * @returns null for what is of no use
 */
export function debugItemOf(frame: DebugReportFrame, at: number): DebugItem | null {
  switch (frame.type) {
    case 'debug_report_start':
      return told(at, 'The debug stream begins.', { event: 'start', reportId: frame.debug_report_id });
    case 'debug_report_stop':
      return told(at, 'The debug stream ends.', { event: 'stop', reportId: frame.debug_report_id });
    case 'debug_report_data': {
      const data = frame.debug_report_data;
      if (!isRecord(data)) return null;
      if (isRecord(data['record'])) return within(recordOf(data['record']));
      if (isRecord(data['row'])) return within(rowOf(data['row']));
      return within(officialEvent(data, at));
    }
  }
}

/** An official client's statistics of each second. */
export function isStatistics({ type, ...frame }: DebugReportFrame): boolean {
  if (type !== 'debug_report_data' || !('debug_report_data' in frame)) return false;
  const { debug_report_data: data } = frame;
  return isRecord(data) && data['event'] === 'stats';
}

function told(at: number, message: string, context: object): DebugItem {
  const timestamp = isoTime(at);
  return {
    kind: 'debug',
    item: { timestamp, level: 'info', message, context: { category: 'debug', ...context } },
  };
}

type Members = Readonly<Record<string, unknown>>;

function recordOf({ timestamp, level, message, context }: Members): DebugItem | null {
  const known = levels.find((one) => one === level);
  if (known === undefined || typeof message !== 'string' || !isTime(timestamp)) return null;
  return {
    kind: 'debug',
    item: { timestamp, level: known, message, ...(isRecord(context) && { context }) },
  };
}

function rowOf(row: Members): DebugItem | null {
  const isRow = isTime(row['intervalStartUtc']) && isTime(row['intervalEndUtc']) && isRecord(row['audio']);
  return isRow ? { kind: 'debugRows', item: row } : null;
}

function officialEvent(
  { event, tag, timestamp, data, timeTaken, error }: Members,
  at: number,
): DebugItem | null {
  if (typeof event !== 'string') return null;
  const saidAt = new Date(typeof timestamp === 'number' || isTime(timestamp) ? timestamp : at).getTime();
  return {
    kind: 'debug',
    item: {
      timestamp: isoTime(Number.isFinite(saidAt) ? saidAt : at),
      level: error === undefined ? 'debug' : 'warn',
      message: event,
      context: { category: 'debug', event, tag, data, timeTaken, error },
    },
  };
}

const isTime = (value: unknown): value is string =>
  typeof value === 'string' && value.length < 64 && Number.isFinite(Date.parse(value));

/** Free of secrets, and not too large. */
function within(read: DebugItem | null): DebugItem | null {
  if (read === null || JSON.stringify(read.item).length > mostCharacters) return null;
  try {
    const item = redact(read.item);
    if (!isRecord(item)) return null;
    return read.kind === 'debug' ? { kind: 'debug', item: { ...read.item, ...item } } : { ...read, item };
  } catch (error) {
    if (error instanceof TooDeepError) return null;
    throw error;
  }
}
