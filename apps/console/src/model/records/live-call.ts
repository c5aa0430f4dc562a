import type { CallFile, CallFileLeg } from '@parley/protocol';
import { type Answer, problemOf } from '../answer.ts';
import { memberOf, numberOf, textOf } from '../members.ts';
import {
  legEndOf,
  parseCallFile,
  parseCallSummary,
  parseRecords,
  parseReports,
  parseRows,
  parseSamples,
} from './call-file.ts';

/**
 * A call of the gateway, which may go on while it is looked at.
 *
 *             file                        ended, and the call goes on
 *   asking ─────────▶ following ↺ news ─────────────────────────────▶ waiting ──▶ following
 *      │                  │ ended, and the call is over
 *      ▼ refused          ▼
 *   failed             settled
 */
export type LiveCall =
  | { status: 'asking' }
  | { status: 'failed'; problem: string; isRefused: boolean }
  | { status: 'following' | 'settled'; file: CallFile }
  /** The stream broke, and is to be asked for again. */
  | { status: 'waiting'; file: CallFile; problem: string };

export type LiveCallEvent =
  { type: 'news'; news: readonly unknown[] } | { type: 'ended'; answer: Answer } | { type: 'again' };

export const ASKING: LiveCall = { status: 'asking' };

export function liveCall(state: LiveCall, event: LiveCallEvent): LiveCall {
  if (event.type === 'ended') return ended(state, event.answer);
  if (event.type === 'again') return 'file' in state ? { status: 'following', file: state.file } : state;
  const before = 'file' in state ? state.file : null;
  const file = event.news.reduce<CallFile | null>(withNews, before);
  return file === null ? state : { status: 'following', file };
}

function ended(state: LiveCall, answer: Answer): LiveCall {
  const problem = problemOf(answer, 'The gateway does not accept this sign-in any more.');
  if (!('file' in state)) {
    const isRefused = answer.status === 401;
    return { status: 'failed', problem: problem || 'The gateway told nothing of this call.', isRefused };
  }
  if (problem === '' && state.file.call.endedAt !== undefined) return { status: 'settled', file: state.file };
  return { status: 'waiting', file: state.file, problem };
}

/** Null: nothing is known yet. What is told again, or cannot be read, changes nothing. */
function withNews(file: CallFile | null, news: unknown): CallFile | null {
  const type = textOf(news, 'type');
  if (type === 'file') {
    const opened = parseCallFile(memberOf(news, 'file'));
    return opened.ok ? opened.file : file;
  }
  if (file === null) return null;
  if (type === 'call') return { ...file, call: parseCallSummary(memberOf(news, 'call')) ?? file.call };
  const place = numberOf(news, 'leg');
  const leg = place === null ? undefined : file.legs[place];
  if (leg === undefined) return file;
  const changed = { ...leg, ...changeOf(leg, type, news) };
  return { ...file, legs: file.legs.map((other) => (other === leg ? changed : other)) };
}

function changeOf(leg: CallFileLeg, type: string, news: unknown): Partial<CallFileLeg> {
  const index = numberOf(news, 'index') ?? 0;
  const part = (name: string) => [memberOf(news, name)];
  switch (type) {
    case 'leg':
      return legEndOf(news);
    case 'event':
      return { events: added(leg.events, index, parseRecords(part('event'))) };
    case 'media':
      return { media: added(leg.media, index, parseSamples(part('sample'))) };
    case 'report':
      return { reports: added(leg.reports, index, parseReports(part('report'))) };
    case 'debug':
      return { debug: added(leg.debug, index, parseRecords(part('record'))) };
    case 'debugRow':
      return { debugRows: added(leg.debugRows ?? [], index, parseRows(part('row'))) };
    default:
      return {};
  }
}

function added<T>(list: readonly T[], index: number, more: readonly T[]): readonly T[] {
  return index < list.length ? list : [...list, ...more];
}
