import { causes } from '@parley/protocol';
import { describe, expect, it, vi } from 'vitest';
import { FakeClock, settled, silentLog } from '../signaling.fixture.ts';
import type { CallChange } from '../store/call-records.ts';
import { StoredCallJournal } from './call-journal.ts';

const ended = (call: string): CallChange => ({
  type: 'ended',
  call,
  end: { cause: causes.normalClearing, at: 1 },
});

/** A journal whose store does what is said, and remembers what it was given. */
function rig() {
  const clock = new FakeClock();
  const log = { ...silentLog, error: vi.fn() };
  const batches: CallChange[][] = [];
  const store = {
    batches,
    /** Taken from the batches: the journal forgets old calls by itself. */
    written: () => batches.map((batch) => batch.flatMap((one) => (one.type === 'ended' ? [one.call] : []))),
    write: vi.fn((_: object, changes: readonly CallChange[]) => {
      batches.push([...changes]);
      return Promise.resolve(true);
    }),
  };
  const writer = { nodeId: 'n1', epoch: 7 };
  const journal = new StoredCallJournal({ records: store, writer, clock, log });
  return { clock, log, store, writer, journal };
}

describe('the journal of calls', () => {
  it('writes what happens in one go at once, and what comes meanwhile behind it', async () => {
    const { store, writer, journal } = rig();
    let goOn: (isWriter: boolean) => void = () => undefined;
    journal.add(ended('a'));
    journal.add(ended('b'));
    store.write.mockImplementationOnce((_, changes) => {
      store.batches.push([...changes]);
      return new Promise((resolve) => (goOn = resolve));
    });
    await settled();
    journal.add(ended('c'));
    journal.add(ended('d'));
    await settled();
    expect(store.written()).toEqual([['a', 'b']]);
    goOn(true);
    await settled();
    expect(store.written()).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    expect(store.write.mock.calls.every(([by]) => by === writer)).toBe(true);
    await journal.close();
  });

  it('writes again, in the same order, what could not be written', async () => {
    const { store, clock, journal } = rig();
    await settled();
    store.batches.length = 0;
    const failure = () => Promise.reject(new Error('away'));
    store.write.mockImplementationOnce(failure).mockImplementationOnce(failure);
    journal.add(ended('a'));
    await settled();
    journal.add(ended('b'));
    await clock.advance(1_000);
    expect(store.written()).toEqual([]);
    await clock.advance(1_000);
    expect(store.written()).toEqual([['a', 'b']]);
    await journal.close();
  });

  it('keeps the latest ten thousand changes for a store that stays away', async () => {
    const { store, clock, journal } = rig();
    await settled();
    store.batches.length = 0;
    store.write.mockImplementationOnce(() => Promise.reject(new Error('away')));
    for (let call = 0; call < 10_001; call += 1) journal.add(ended(String(call)));
    await settled();
    await clock.advance(1_000);
    const [written = []] = store.written();
    expect([written.length, written[0], written.at(-1)]).toEqual([10_000, '1', '10000']);
    await journal.close();
  });

  it('closed, writes what it has, takes no more and leaves no timer', async () => {
    const { store, clock, journal } = rig();
    await settled();
    store.batches.length = 0;
    journal.add(ended('a'));
    const closed = journal.close();
    journal.add(ended('b'));
    await closed;
    expect(store.written()).toEqual([['a']]);
    expect(clock.timers).toBe(0);
  });

  it('closed while the store is away, tries once more and ends', async () => {
    const { store, clock, journal } = rig();
    await settled();
    store.write.mockImplementation(() => Promise.reject(new Error('away')));
    journal.add(ended('a'));
    await settled();
    const tries = store.write.mock.calls.length;
    await journal.close();
    expect(store.write.mock.calls.length).toBe(tries + 1);
    expect(clock.timers).toBe(0);
  });

  it('whose node another process has taken over, says so once and writes no more', async () => {
    const { store, clock, log, journal } = rig();
    await settled();
    store.write.mockImplementation(() => Promise.resolve(false));
    journal.add(ended('a'));
    await settled();
    const tries = store.write.mock.calls.length;
    journal.add(ended('b'));
    await clock.advance(120_000);
    expect(store.write.mock.calls.length).toBe(tries);
    expect(log.error).toHaveBeenCalledTimes(1);
    expect(log.error.mock.calls[0]?.[1]).toContain('node id');
    expect(clock.timers).toBe(0);
  });

  it('shows twice a minute that its process lives, and forgets the calls of ten minutes ago', async () => {
    const { store, clock, journal } = rig();
    await settled();
    store.batches.length = 0;
    await clock.advance(60_000);
    await settled();
    const endedBefore = clock.now() - 600_000;
    expect(store.batches.flat()).toEqual([
      { type: 'forget', endedBefore: endedBefore - 30_000 },
      { type: 'forget', endedBefore },
    ]);
    await journal.close();
  });
});
