import { describe, expect, it } from 'vitest';

import { Emitter } from './emitter.ts';

describe('an emitter', () => {
  it('calls listeners in order, those that throw included, and tells of what they threw', () => {
    const errors: unknown[] = [];
    const emitter = new Emitter<{ ring: number }>((event, error) => errors.push([event, error]));
    const heard: string[] = [];
    const failure = new Error('broken');
    emitter.on('ring', (times: number) => heard.push(`first ${times}`));
    emitter.on('ring', () => {
      throw failure;
    });
    emitter.on('ring', (times: number) => heard.push(`last ${times}`));
    emitter.emit('ring', 3);
    expect(heard).toEqual(['first 3', 'last 3']);
    expect(errors).toEqual([['ring', failure]]);
  });

  it('lets listeners come and go while it calls them', () => {
    const emitter = new Emitter<{ ring: undefined }>(() => undefined);
    const heard: string[] = [];
    const late = (): void => void heard.push('late');
    const once = (): void => {
      heard.push('once');
      emitter.off('ring', once);
      emitter.on('ring', late);
    };
    emitter.on('ring', once);
    emitter.on('ring', () => heard.push('always'));
    emitter.emit('ring', undefined);
    emitter.emit('ring', undefined);
    expect(heard).toEqual(['once', 'always', 'always', 'late']);
    emitter.off('ring');
    emitter.emit('ring', undefined);
    expect(heard).toHaveLength(4);
  });
});
