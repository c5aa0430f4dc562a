import { expect, it } from 'vitest';
import { createEventReader } from './event-stream.ts';

const STREAM = ': beat\n\nevent: file\ndata: {"a":1}\n\ndata:two\r\ndata: lines\r\n\r\ndata: unfinished';

it.each([1, 3, 1000])('events come out whole, in whatever pieces of %i they come', (size) => {
  const told: string[] = [];
  const read = createEventReader((data) => told.push(data));
  for (let at = 0; at < STREAM.length; at += size) read(STREAM.slice(at, at + size));
  expect(told).toEqual(['{"a":1}', 'two\nlines']);
});
