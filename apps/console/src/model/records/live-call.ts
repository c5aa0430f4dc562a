import type { CallFile, CallFileLeg } from '@parley/protocol';
import { type Answer, isRefused, problemOf } from '../answer.ts';
import { listOf, memberOf, numberOf, textOf } from '../members.ts';
import {
  legEndOf,
  parseCallFile,
  parseCallSummary,
  parseRecords,
  parseReports,
  parseRows,
  parseSamples,
} from './call-file.ts';
import { laterMs } from './later.ts';

/**
 * A call of the gateway, which may go on while it is looked at.
 *
 *             file                        ended, and the call goes on; or a gap
 *   asking ─────────▶ following ↺ news ─────────────────────────────────────────▶ waiting ──▶ following
 *      │                  │ ended, and the call is over                                again
 *      │                  ├────────────────────▶ settled
 *      │ refused          │ it is not there any more
 *      ▼         refused  ├────────────────────▶ deleted
 *   failed ◀──────────────┘
 */
export type LiveCall =
  | { status: 'asking' }
  | { status: 'failed'; problem: string; isRefused: boolean }
  | ({ status: 'following' } & Known)
  | { status: 'settled' | 'deleted'; file: CallFile }
  /** The stream broke, or something of it was missed: the whole is to be asked for again. */
  | ({ status: 'waiting'; problem: string } & Known);

interface Known {
  file: CallFile;
  /** How much the gateway told of each list, by {@link placeOf}: more than is there where some cannot be read. */
  counts: ReadonlyMap<string, number>;
  /** What is told belongs behind something that was not. */
  hasGap: boolean;
  /** How often it was asked for again in vain. */
  tries: number;
}

export type LiveCallEvent =
  { type: 'news'; news: readonly unknown[] } | { type: 'ended'; answer: Answer } | { type: 'again' };

export const ASKING: LiveCall = { status: 'asking' };

const AGAIN_MS = 3_000;

/** How long it waits until `again`. */
export function againMs({ tries }: Extract<LiveCall, { status: 'waiting' }>): number {
  return laterMs(AGAIN_MS, tries);
}

export function liveCall(state: LiveCall, event: LiveCallEvent): LiveCall {
  if (event.type === 'again') {
    if (state.status !== 'waiting') return state;
    const { file, counts, tries } = state;
    return { status: 'following', file, counts, hasGap: false, tries: tries + 1 };
  }
  if (state.status !== 'asking' && state.status !== 'following') return state;
  if (event.type === 'ended') return ended(state, event.answer);
  const before = state.status === 'following' ? state : null;
  const known = event.news.reduce<Known | null>(withNews, before);
  if (known === null) return state;
  return known.hasGap
    ? { ...known, status: 'waiting', problem: 'The gateway told something that did not arrive.' }
    : { ...known, status: 'following' };
}

function ended(state: Extract<LiveCall, { status: 'asking' | 'following' }>, answer: Answer): LiveCall {
  const problem = problemOf(answer, 'The gateway does not accept this sign-in any more.');
  if (isRefused(answer)) return { status: 'failed', problem, isRefused: true };
  if (state.status === 'asking') {
    return {
      status: 'failed',
      problem: problem || 'The gateway told nothing of this call.',
      isRefused: false,
    };
  }
  const { file } = state;
  if (answer.status === 404) return { status: 'deleted', file };
  if (problem === '' && file.call.endedAt !== undefined) return { status: 'settled', file };
  return { ...state, status: 'waiting', problem };
}

/** Null: nothing is known yet. What is told again, or cannot be read, changes nothing. */
function withNews(known: Known | null, news: unknown): Known | null {
  const type = textOf(news, 'type');
  if (type === 'file') {
    const told = memberOf(news, 'file');
    const opened = parseCallFile(told);
    return opened.ok ? { file: opened.file, counts: countsOf(told), hasGap: false, tries: 0 } : known;
  }
  if (known === null) return null;
  const { file, counts } = known;
  if (type === 'call') {
    return { ...known, file: { ...file, call: parseCallSummary(memberOf(news, 'call')) ?? file.call } };
  }
  const nth = numberOf(news, 'leg');
  const leg = nth === null ? undefined : file.legs[nth];
  if (nth === null || leg === undefined) return known;
  const place = placeOf(nth, LISTS.get(type) ?? '');
  const count = counts.get(place);
  const index = numberOf(news, 'index') ?? 0;
  if (count !== undefined && index < count) return known;
  if (count !== undefined && index > count) return { ...known, hasGap: true };
  const changed = { ...leg, ...changeOf(leg, type, news) };
  return {
    ...known,
    file: { ...file, legs: file.legs.map((other) => (other === leg ? changed : other)) },
    counts: count === undefined ? counts : new Map(counts).set(place, count + 1),
  };
}

/** The list of a leg that each type of news adds to. */
const LISTS: ReadonlyMap<string, string> = new Map([
  ['event', 'events'],
  ['media', 'media'],
  ['report', 'reports'],
  ['debug', 'debug'],
  ['debugRow', 'debugRows'],
]);

function placeOf(leg: number, list: string): string {
  return `${leg} ${list}`;
}

function countsOf(file: unknown): ReadonlyMap<string, number> {
  return new Map(
    listOf(file, 'legs').flatMap((leg, nth) =>
      [...LISTS.values()].map((list) => [placeOf(nth, list), listOf(leg, list).length] as const),
    ),
  );
}

function changeOf(leg: CallFileLeg, type: string, news: unknown): Partial<CallFileLeg> {
  const part = (name: string) => [memberOf(news, name)];
  switch (type) {
    case 'leg':
      return legEndOf(news);
    case 'event':
      return { events: [...leg.events, ...parseRecords(part('event'))] };
    case 'media':
      return { media: [...leg.media, ...parseSamples(part('sample'))] };
    case 'report':
      return { reports: [...leg.reports, ...parseReports(part('report'))] };
    case 'debug':
      return { debug: [...leg.debug, ...parseRecords(part('record'))] };
    case 'debugRow':
      return { debugRows: [...(leg.debugRows ?? []), ...parseRows(part('row'))] };
    default:
      return {};
  }
}
