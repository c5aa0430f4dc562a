import type { CallFile, CallFileLeg, CallReportRecord, RecordCategory } from '@parley/protocol';
import { memberOf, textOf } from '../members.ts';

/** Something that happened at a moment of the call: one row of the timeline. */
export interface Occurrence {
  id: string;
  /** Seconds since the call began, by the gateway's clock. */
  at: number;
  /** Index of the leg. */
  leg: number;
  source: 'gateway' | 'client';
  category: Category;
  /** What it is for programs; empty where an official client logs a sentence. */
  event: string;
  /** What it is for people. */
  text: string;
  level: CallReportRecord['level'];
  record: CallReportRecord;
}

/** `log`: what an official client writes down that has no kind. */
export type Category = RecordCategory | 'log';

export const CATEGORIES: readonly Category[] = [
  'signaling',
  'connection',
  'ice',
  'media',
  'device',
  'call',
  'quality',
  'log',
];

/** All that happened at both ends, in its order. */
export function occurrencesOf(file: CallFile): readonly Occurrence[] {
  const start = Date.parse(file.call.startedAt);
  return file.legs
    .flatMap((leg, index) => occurrencesOfLeg(leg, index, start))
    .toSorted((one, other) => one.at - other.at);
}

function occurrencesOfLeg(leg: CallFileLeg, index: number, start: number): readonly Occurrence[] {
  const offset = leg.clockOffsetMs ?? 0;
  const told = [...leg.reports.flatMap(({ logs }) => logs ?? []), ...leg.debug];
  return [
    ...leg.events.map((record, nth) => occurrence(record, index, 'gateway', nth, start)),
    ...distinct(told).map((record, nth) => occurrence(record, index, 'client', nth, start + offset)),
  ];
}

/** A client's debug stream and its report tell the same; so do the ends of two reports of an official client. */
function distinct(told: readonly CallReportRecord[]): readonly CallReportRecord[] {
  const seen = new Set<string>();
  return told.filter(({ timestamp, message, context }) => {
    const key = JSON.stringify([timestamp, message, context]);
    return !seen.has(key) && seen.add(key);
  });
}

function occurrence(
  record: CallReportRecord,
  leg: number,
  source: Occurrence['source'],
  nth: number,
  zero: number,
): Occurrence {
  const foreign = foreignFrame(record);
  const named = CATEGORIES.find((category) => category === textOf(record.context, 'category'));
  return {
    id: `${leg}-${source}-${nth}`,
    at: (Date.parse(record.timestamp) - zero) / 1000,
    leg,
    source,
    category: named ?? foreign?.category ?? 'log',
    event: textOf(record.context, 'event') || (foreign?.event ?? ''),
    text: foreign?.text ?? (record.message.trim() || textOf(record.context, 'event') || 'Without words'),
    level: record.level,
    record,
  };
}

/** An official client logs each frame as `SEND:` or `RECV:` with its text among the arguments. */
function foreignFrame({ message, context }: CallReportRecord) {
  const word = /^\s*(SEND|RECV):/.exec(message)?.[1];
  if (word === undefined) return undefined;
  const method = methodOf(memberOf(context, 'args')) ?? methodOf(message);
  const event = word === 'SEND' ? 'sent' : 'received';
  return {
    category: 'signaling' as const,
    event,
    text: `${event === 'sent' ? 'Sent' : 'Received'} ${method ?? 'an answer'}`,
  };
}

function methodOf(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? '');
  return /\\?"method\\?"\s*:\s*\\?"([\w.]+)/.exec(text)?.[1];
}
