import { describe, expect, it } from 'vitest';
import { rig, silentLog, talking } from '../signaling.fixture.ts';
import { type CallWatch, unwatched, watchedBy } from './call-watch.ts';

const fails = (): never => {
  throw new RangeError('Invalid time value');
};
const failing = Object.fromEntries(Object.keys(unwatched).map((name) => [name, fails]));

describe('who watches calls', () => {
  it('and fails at everything, harms no call and no other that watches, and is logged', async () => {
    const errors: unknown[] = [];
    const changes: string[] = [];
    const counting: CallWatch = {
      ...unwatched,
      changed: (_, __, after) => changes.push(after.name),
    };
    const log = { ...silentLog, error: ({ err }: { err?: unknown }) => void errors.push(err) };
    const gateway = rig(undefined, undefined, {
      watch: watchedBy([{ ...unwatched, ...failing }, counting], log),
    });
    const { alice } = await talking(gateway);
    expect((await alice.bye('a-1')).result).toMatchObject({ message: 'CALL ENDED' });
    expect(changes).toContain('established');
    expect(changes.at(-1)).toBe('ended');
    expect(errors.length).toBeGreaterThan(5);
    expect(errors[0]).toBeInstanceOf(RangeError);
  });
});
