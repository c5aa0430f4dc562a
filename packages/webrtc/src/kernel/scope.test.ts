import { describe, expect, it } from 'vitest';

import { Scope } from './scope.ts';

describe('a scope', () => {
  it('disposes once, last added first, and of late arrivals at once', () => {
    const scope = new Scope();
    const disposed: number[] = [];
    scope.add(() => disposed.push(1));
    scope.add(() => disposed.push(2));
    expect(scope.ended).toBe(false);
    scope.end();
    scope.end();
    expect(disposed).toEqual([2, 1]);
    scope.add(() => disposed.push(3));
    expect(disposed).toEqual([2, 1, 3]);
  });
});
