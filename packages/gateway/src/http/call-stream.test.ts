import { describe, expect, it } from 'vitest';
import { archivedCall } from '../reports/archived-call.fixture.ts';
import type { KeptCall } from '../reports/call-file.ts';
import type { CallNews } from '../reports/call-news.ts';
import { FakeClock } from '../signaling.fixture.ts';
import { openCallStream } from './call-stream.ts';

const megabyte = 1_048_576;

/** A stream of a call whose caller's leg has one event already, of so many characters. */
async function opened(characters = 2) {
  const { call, legs } = archivedCall('a-1', 1_000);
  let reads = 0;
  const chunk = {
    leg: legs[0]?.id ?? '',
    kind: 'events' as const,
    get body() {
      reads += 1;
      return JSON.stringify('x'.repeat(characters - 2));
    },
  };
  const kept: KeptCall = {
    call,
    legs: legs.map((leg, place) => ({ leg, isOpen: true, chunks: place === 0 ? [chunk] : [], reports: [] })),
  };
  let tell: (news: CallNews) => void = () => undefined;
  const history = {
    listen: (_: string, listener: typeof tell) => {
      tell = listener;
      return () => undefined;
    },
    writeNow: () => Promise.resolve(),
  };
  const stream = await openCallStream({ history, clock: new FakeClock() }, call.id, () =>
    Promise.resolve(kept),
  );
  if (stream === null) throw new Error('There is no stream.');
  const item = (index: number, json = '{}') => {
    tell({ type: 'item', place: 0, kind: 'events', index, json });
  };
  return { stream, item, reads: () => reads };
}

const told = (text: unknown) =>
  [...String(text).matchAll(/"index":(\d+)/g)].map(([, index]) => Number(index));

describe('the stream of a call', () => {
  it('that is open, reads of what is kept nothing again, and tells what is new', async () => {
    const { stream, item, reads } = await opened();
    stream.read();
    const before = reads();
    for (let index = 0; index < 100; index += 1) item(index);
    expect(told(stream.read())).toEqual(Array.from({ length: 99 }, (_, index) => index + 1));
    expect(reads()).toBe(before);
  });

  it('whose file is larger than what a reader may be behind, goes on', async () => {
    const { stream, item } = await opened(9 * megabyte);
    item(1);
    item(2);
    expect(stream.destroyed).toBe(false);
    stream.end();
    expect(told(Buffer.concat(await stream.toArray()))).toEqual([1, 2]);
  });

  it('whose reader is too far behind, is let go, whether it has the file or not', async () => {
    for (const hasFile of [false, true]) {
      const { stream, item } = await opened(9 * megabyte);
      if (hasFile) stream.read();
      for (let index = 1; index < 12; index += 1) item(index, JSON.stringify('x'.repeat(megabyte)));
      expect(stream.destroyed).toBe(true);
    }
  });
});
