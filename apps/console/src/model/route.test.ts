import { expect, it } from 'vitest';
import { callFragment, routeOf } from './route.ts';

it.each([
  ['', { page: 'phone' }],
  ['#', { page: 'phone' }],
  ['#calls', { page: 'calls' }],
  ['#calls/file', { page: 'file' }],
  [callFragment('a/b c'), { page: 'call', id: 'a/b c' }],
  ['#calls/id/%', { page: 'call', id: '%' }],
  ['#elsewhere', { page: 'phone' }],
])('%s', (fragment, route) => {
  expect(routeOf(fragment)).toEqual(route);
});
