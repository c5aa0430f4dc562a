import { expect, it } from 'vitest';
import { liveMadeUpCall, madeUpCall } from '../../testing/made-up-call.ts';
import { ASKING, type LiveCall, liveCall } from './live-call.ts';

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
      { type: 'media', leg: 1, index: 99, sample: leg?.media[0] },
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
  expect(waiting).toEqual({ status: 'waiting', file, problem: 'The gateway does not answer.' });
  expect(liveCall(waiting, { type: 'again' })).toEqual({ status: 'following', file });
});

it.each([
  [404, { errors: [{ detail: 'There is no call x.' }] }, 'There is no call x.', false],
  [401, undefined, 'The gateway does not accept this sign-in any more.', true],
  [200, undefined, 'The gateway told nothing of this call.', false],
])('a call that cannot be seen says why, status %i', (status, body, problem, isRefused) => {
  expect(liveCall(ASKING, { type: 'ended', answer: { status, body } })).toEqual({
    status: 'failed',
    problem,
    isRefused,
  });
});
