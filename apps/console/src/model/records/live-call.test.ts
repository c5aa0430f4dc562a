import { expect, it } from 'vitest';
import { liveMadeUpCall, madeUpCall } from '../../testing/made-up-call.ts';
import { ASKING, type LiveCall, againMs, liveCall } from './live-call.ts';

const OK = { status: 200, body: undefined };
const file = liveMadeUpCall();

function after(...news: readonly object[]): LiveCall {
  return liveCall(ASKING, { type: 'news', news: [{ type: 'file', file }, ...news] });
}

function fileOf(state: LiveCall) {
  if (!('file' in state)) throw new Error(`There is no file while ${state.status}.`);
  return state.file;
}

const event = { timestamp: file.call.startedAt, level: 'info', message: 'new' };

it('news are added to the leg that they are about, and what is told again is not', () => {
  const [before] = file.legs;
  const index = before?.events.length ?? 0;
  const told = fileOf(
    after(
      { type: 'event', leg: 0, index, event },
      { type: 'event', leg: 0, index: 0, event },
      { type: 'event', leg: 9 },
    ),
  );
  expect(told.legs.map(({ events }) => events.length)).toEqual([index + 1, file.legs[1]?.events.length]);
  expect(told.legs[0]?.events.at(-1)).toEqual(event);
});

it('reports, samples and the debug stream are added', () => {
  const [leg] = madeUpCall().legs;
  const report = leg?.reports[0];
  const told = fileOf(
    after(
      { type: 'report', leg: 1, index: 1, report },
      { type: 'media', leg: 1, index: file.legs[1]?.media.length, sample: leg?.media[0] },
      { type: 'debug', leg: 1, index: 0, record: event },
      { type: 'debugRow', leg: 1, index: 0, row: report?.stats[0] },
    ),
  ).legs[1];
  expect(told?.reports).toHaveLength(2);
  expect(told?.media).toHaveLength((file.legs[1]?.media.length ?? 0) + 1);
  expect(told?.debug).toEqual([event]);
  expect(told?.debugRows).toHaveLength(1);
});

it('of a call that is over, the end of the stream settles it', () => {
  const over = after(
    { type: 'call', call: madeUpCall().call },
    { type: 'leg', leg: 0, endedAt: event.timestamp, cause: 'NORMAL_CLEARING', causeCode: 16 },
  );
  const settled = liveCall(over, { type: 'ended', answer: OK });
  expect(settled.status).toBe('settled');
  expect(fileOf(settled).legs[0]).toMatchObject({ cause: 'NORMAL_CLEARING', causeCode: 16 });
});

it('of a call that goes on, a stream that breaks is asked for again, and what was told stays', () => {
  const waiting = liveCall(after(), { type: 'ended', answer: { status: 0, body: undefined } });
  expect(waiting).toMatchObject({ status: 'waiting', file, problem: 'The gateway does not answer.' });
  expect(liveCall(waiting, { type: 'again' })).toMatchObject({ status: 'following', file });
});

it('a gateway that stays in trouble is asked less and less often, until it tells the file again', () => {
  const waits: number[] = [];
  const fail = (state: LiveCall, status: number) => {
    const waiting = liveCall(state, { type: 'ended', answer: { status, body: undefined } });
    if (waiting.status === 'waiting') waits.push(againMs(waiting));
    return liveCall(waiting, { type: 'again' });
  };
  const troubled = [0, 503, 429, 500, 502, 0].reduce(fail, after());
  expect(waits).toEqual([3_000, 6_000, 12_000, 24_000, 48_000, 60_000]);
  fail(liveCall(troubled, { type: 'news', news: [{ type: 'file', file }] }), 0);
  expect(waits.at(-1)).toBe(3_000);
});

it.each([401, 403])('a call that is shown and then refused with %i is not asked for again', (status) => {
  const refused = liveCall(after(), { type: 'ended', answer: { status, body: undefined } });
  expect(refused).toMatchObject({ status: 'failed', isRefused: true });
  expect(liveCall(refused, { type: 'again' })).toBe(refused);
});

it('a call that is deleted while it is shown stays on the page, and is not asked for again', () => {
  const deleted = liveCall(after(), { type: 'ended', answer: { status: 404, body: undefined } });
  expect(deleted).toEqual({ status: 'deleted', file });
  expect(liveCall(deleted, { type: 'again' })).toBe(deleted);
});

it('news behind something that was missed are not added: the whole is asked for again', () => {
  const index = (file.legs[0]?.events.length ?? 0) + 1;
  const missed = after({ type: 'event', leg: 0, index, event });
  expect(missed).toMatchObject({ status: 'waiting', file });
  const over = liveCall(missed, { type: 'ended', answer: OK });
  expect(over).toBe(missed);
  const again = liveCall(over, { type: 'again' });
  const whole = liveCall(again, { type: 'news', news: [{ type: 'file', file: madeUpCall() }] });
  expect(liveCall(whole, { type: 'ended', answer: OK })).toEqual({ status: 'settled', file: madeUpCall() });
});

it('what cannot be read leaves no gap', () => {
  const [alice, ...others] = file.legs;
  const legs = [{ ...alice, debug: [event, 'damaged'] }, ...others];
  const told = liveCall(ASKING, {
    type: 'news',
    news: [
      { type: 'file', file: { ...file, legs } },
      { type: 'debug', leg: 0, index: 2, record: 'damaged' },
      { type: 'debug', leg: 0, index: 3, record: event },
    ],
  });
  expect(told.status).toBe('following');
  expect(fileOf(told).legs[0]?.debug).toEqual([event, event]);
});

it.each([
  [404, { errors: [{ detail: 'There is no call x.' }] }, 'There is no call x.', false],
  [401, undefined, 'The gateway does not accept this sign-in any more.', true],
  [403, undefined, 'The gateway answered with 403.', true],
  [200, undefined, 'The gateway told nothing of this call.', false],
])('a call that cannot be seen says why, status %i', (status, body, problem, isRefused) => {
  expect(liveCall(ASKING, { type: 'ended', answer: { status, body } })).toEqual({
    status: 'failed',
    problem,
    isRefused,
  });
});
