import { expect, test } from 'vitest';

import { createPlacement } from './placement.ts';

test('the legs of a call go to one worker, calls to the emptiest', () => {
  const placement = createPlacement(4, () => ['x', 'y']);
  expect(placement.place('a', '1')).toBe('x');
  expect(placement.place('b', '1')).toBe('x');
  expect(placement.place('c', '2')).toBe('y');
  expect(placement.place('d', '3')).toBe('y');
});

test('a call is refused where no worker has room for two legs, a leg where the worker of its call is full', () => {
  const placement = createPlacement(3, () => ['x']);
  placement.place('a', '1');
  placement.place('b', '1');
  expect(placement.place('c', '2')).toBeUndefined();
  expect(placement.place('d', '1')).toBe('x');
  expect(placement.place('e', '1')).toBeUndefined();
  placement.remove('d');
  expect(placement.place('e', '1')).toBe('x');
});

test('a worker that is cleared gives its legs, and has room again', () => {
  const placement = createPlacement(2, () => ['x']);
  placement.place('a', '1');
  placement.place('b', '1');
  expect(placement.clear('x')).toEqual(['a', 'b']);
  expect(placement.workerOf('a')).toBeUndefined();
  expect(placement.legs()).toBe(0);
  expect(placement.place('c', '2')).toBe('x');
});
