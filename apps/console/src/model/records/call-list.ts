import type { CallFileSummary } from '@parley/protocol';
import { type Answer, isRefused, problemOf } from '../answer.ts';
import { listOf, memberOf, numberOf } from '../members.ts';
import { parseCallSummary } from './call-file.ts';
import { laterMs } from './later.ts';

/**
 * The list of calls.
 *
 *              listed                     the access is refused, or forgotten
 *   locked ─────────────▶ open ↺ listed ─────────────────────────────────────▶ locked
 */
export type CallList =
  | ({ status: 'locked' } & Asking)
  | ({
      status: 'open';
      calls: readonly CallFileSummary[];
      /** Of the filter, on all pages. */
      total: number;
      pages: number;
      /** How often in a row it was asked for in vain. */
      failures: number;
      /** What was asked for. */
      search: Search;
    } & Asking);

interface Asking {
  isAsking: boolean;
  /** Why the gateway did not do what it was asked last; empty where it did. */
  problem: string;
}

/** Empty members narrow nothing. Times are those of a `datetime-local` field, in the person's time zone. */
export interface Search {
  user: string;
  number: string;
  callId: string;
  from: string;
  to: string;
  cause: string;
  minMos: string;
  maxMos: string;
  /** Counted from 1. */
  page: number;
}

export type CallListEvent =
  | { type: 'asked' }
  /** `quietly`: nobody waits for it, as for a renewal of what is there. */
  | { type: 'listed'; search: Search; answer: Answer; quietly: boolean }
  | { type: 'forgotten' }
  /** The gateway refused the access, at a call. */
  | { type: 'refused'; problem: string };

export const CLOSED: CallList = { status: 'locked', isAsking: false, problem: '' };

export const ALL_CALLS: Search = {
  user: '',
  number: '',
  callId: '',
  from: '',
  to: '',
  cause: '',
  minMos: '',
  maxMos: '',
  page: 1,
};

const PAGE_SIZE = 25;

const REFUSED = 'The gateway does not accept this. Check it, or use another.';

export function callList(state: CallList, event: CallListEvent): CallList {
  switch (event.type) {
    case 'asked':
      return { ...state, isAsking: true, problem: '' };
    case 'forgotten':
      return CLOSED;
    case 'refused':
      return { ...CLOSED, problem: event.problem };
    case 'listed':
      return listed(state, event);
  }
}

function listed(state: CallList, event: Extract<CallListEvent, { type: 'listed' }>): CallList {
  // What comes after the access was forgotten, or another search was begun, counts no more.
  if (event.quietly ? state.status === 'locked' || state.isAsking : !state.isAsking) return state;
  const { answer, search } = event;
  const problem = problemOf(answer, REFUSED);
  if (problem !== '') {
    if (isRefused(answer)) return { ...CLOSED, problem };
    const told = { isAsking: false, problem };
    return state.status === 'open'
      ? { ...state, ...told, failures: state.failures + 1 }
      : { ...state, ...told };
  }
  const meta = memberOf(answer.body, 'meta');
  const calls = listOf(answer.body, 'data').flatMap((value) => parseCallSummary(value) ?? []);
  return {
    status: 'open',
    isAsking: false,
    problem: '',
    calls,
    total: numberOf(meta, 'total_results') ?? calls.length,
    pages: numberOf(meta, 'total_pages') ?? 1,
    failures: 0,
    search,
  };
}

const RENEW_MS = 5_000;

/** How often an open list is to be asked for again. */
export function renewMs({ failures }: Extract<CallList, { status: 'open' }>): number {
  return laterMs(RENEW_MS, failures);
}

export function searchPath(search: Search): string {
  const query = new URLSearchParams();
  const add = (name: string, value: string) => {
    if (value.trim() !== '') query.set(`filter[${name}]`, value.trim());
  };
  add('user', search.user);
  add('number', search.number);
  add('call_id', search.callId);
  add('from', isoOf(search.from));
  add('to', isoOf(search.to));
  add('cause', search.cause);
  add('min_mos', search.minMos);
  add('max_mos', search.maxMos);
  query.set('page[number]', String(search.page));
  query.set('page[size]', String(PAGE_SIZE));
  return `calls?${query.toString()}`;
}

export function callPath(id: string, part: '' | '/events' | '/export' = ''): string {
  return `calls/${encodeURIComponent(id)}${part}`;
}

function isoOf(local: string): string {
  const time = new Date(local);
  return local === '' || Number.isNaN(time.getTime()) ? '' : time.toISOString();
}
