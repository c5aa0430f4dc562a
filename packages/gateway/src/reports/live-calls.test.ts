import { expect, it } from 'vitest';
import { silentLog } from '../signaling.fixture.ts';
import { archivedCall } from './archived-call.fixture.ts';
import { LiveCall } from './live-calls.ts';

it('a call that somebody follows who fails, goes on, and tells the others', () => {
  const errors: object[] = [];
  const { call, legs } = archivedCall('a-1', 1_000);
  const live = new LiveCall(call, legs, { ...silentLog, error: (fields) => errors.push(fields) });
  const told: string[] = [];
  live.listen(() => {
    throw new RangeError('Invalid time value');
  });
  live.listen(({ type }) => told.push(type));
  live.change({ endedAt: 2_000 });
  expect(live.isOver).toBe(true);
  expect(told).toEqual(['call']);
  expect(errors).toMatchObject([{ err: expect.any(RangeError), call: call.id }]);
});
