import { expect, test } from 'vitest';

import { createPortPool } from './port-pool.ts';

test('ports are given out once, those that came back last of all', () => {
  const pool = createPortPool([40_000, 40_003]);
  expect(pool.take(2)).toEqual([40_000, 40_001]);
  pool.giveBack([40_000, 40_001]);
  expect(pool.take(3)).toEqual([40_002, 40_003, 40_000]);
});

test('more ports than there are is refused as full, and takes none', () => {
  const pool = createPortPool([40_000, 40_000]);
  expect(() => pool.take(2)).toThrow(expect.objectContaining({ failure: 'full' }));
  expect(pool.take(1)).toEqual([40_000]);
});
