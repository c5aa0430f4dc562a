import { describe, expect, it } from 'vitest';
import { MADE_UP_CALLS } from '../../testing/made-up-call.ts';
import { authorizationOf, isApiKey, missingOf } from './access.ts';
import { ALL_CALLS, CLOSED, type CallList, callList, renewMs, searchPath } from './call-list.ts';

const answer = { status: 200, body: { data: MADE_UP_CALLS, meta: { total_results: 40, total_pages: 2 } } };
const refused = { status: 401, body: { errors: [{ detail: 'no' }] } };

function listed(state: CallList, given = answer as { status: number; body: unknown }, quietly = false) {
  return callList(state, { type: 'listed', search: ALL_CALLS, answer: given, quietly });
}

const asked = callList(CLOSED, { type: 'asked' });
const open = listed(asked);

describe('the list of calls', () => {
  it('is open once the gateway has answered', () => {
    expect(open).toMatchObject({
      status: 'open',
      isAsking: false,
      total: 40,
      pages: 2,
      calls: MADE_UP_CALLS,
    });
  });

  it('is locked again when the access is refused', () => {
    expect(listed(callList(open, { type: 'asked' }), refused)).toEqual({
      status: 'locked',
      isAsking: false,
      problem: 'The gateway does not accept this. Check it, or use another.',
    });
  });

  it('stays where the gateway has trouble, and says so', () => {
    const state = listed(callList(open, { type: 'asked' }), { status: 0, body: undefined });
    expect(state).toMatchObject({
      status: 'open',
      problem: 'The gateway does not answer.',
      calls: MADE_UP_CALLS,
    });
  });

  it.each([401, 403])('is locked when a renewal is refused with %i: nothing is asked again', (status) => {
    expect(listed(open, { status, body: undefined }, true)).toMatchObject({ status: 'locked' });
  });

  it('is renewed less and less often while the gateway has trouble', () => {
    const waits: number[] = [];
    let state = open;
    for (let tries = 0; tries < 6 && state.status === 'open'; tries += 1) {
      waits.push(renewMs(state));
      state = listed(state, { status: 503, body: undefined }, true);
    }
    expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
    const again = listed(state, answer, true);
    expect(again.status === 'open' && renewMs(again)).toBe(5_000);
  });

  it('says why a call of it was refused', () => {
    expect(callList(open, { type: 'refused', problem: 'no' })).toEqual({ ...CLOSED, problem: 'no' });
  });

  it('is renewed without a word, but not while somebody searches, nor after it was locked', () => {
    const fewer = { status: 200, body: { data: MADE_UP_CALLS.slice(1) } };
    expect(listed(open, fewer, true)).toMatchObject({ total: 3 });
    const searching = callList(open, { type: 'asked' });
    expect(listed(searching, fewer, true)).toBe(searching);
    expect(listed(CLOSED, fewer, true)).toBe(CLOSED);
  });

  it('hears nothing more after the access was forgotten', () => {
    expect(listed(callList(asked, { type: 'forgotten' }))).toBe(CLOSED);
  });
});

it('a search asks for what was typed, and for nothing else', () => {
  const local = new Date(2026, 4, 12, 14, 30);
  const path = searchPath({
    ...ALL_CALLS,
    user: ' alice ',
    from: '2026-05-12T14:30',
    to: 'soon',
    maxMos: '3',
    page: 2,
  });
  expect(Object.fromEntries(new URLSearchParams(path.replace('calls?', '')))).toEqual({
    'filter[user]': 'alice',
    'filter[from]': local.toISOString(),
    'filter[max_mos]': '3',
    'page[number]': '2',
    'page[size]': '25',
  });
});

it('access is shown in the header, in UTF-8', () => {
  expect(authorizationOf({ kind: 'api-key', key: ' KEY ' })).toBe('Bearer KEY');
  expect(authorizationOf({ kind: 'token', token: 'a.b.c' })).toBe('Bearer a.b.c');
  expect(authorizationOf({ kind: 'password', user: 'zoë', password: 'pä:ss' })).toBe(
    'Basic em/Dqzpww6Q6c3M=',
  );
  expect(['Bearer KEY', 'Bearer a.b.c', 'Basic abc'].map(isApiKey)).toEqual([true, false, false]);
  expect(missingOf({ kind: 'password', user: 'alice', password: '' })).toBe('Give the password.');
});
