import { describe, expect, it } from 'vitest';
import { type Breakable, GATEWAY_FAULTS, PAGE_FAULTS, parseSeconds, whyNot } from './faults.ts';

const inCall: Breakable = { isConnected: true, calls: 1, going: null };
const all = [...PAGE_FAULTS, ...GATEWAY_FAULTS];

const possible = (change: Partial<Breakable>) =>
  PAGE_FAULTS.filter((choice) => whyNot(choice, { ...inCall, ...change }) === '').map(({ name }) => name);

describe('what can be broken', () => {
  it('in a call: everything', () => {
    expect(all.map((choice) => whyNot(choice, inCall)).filter(Boolean)).toEqual([]);
  });

  it('without a call: the connection alone', () => {
    expect(possible({ calls: 0 })).toEqual(['drop', 'half-open', 'server-leaves', 'offline', 'sleep']);
  });

  it('without a connection: calls alone', () => {
    expect(possible({ isConnected: false })).toEqual(['media-fails', 'microphone-lost']);
  });

  it('while one lasts: whatever does not last itself', () => {
    expect(possible({ going: { name: 'half-open', until: 0 } })).toEqual([
      'drop',
      'media-fails',
      'microphone-lost',
    ]);
  });
});

it.each(all)('$name is told in whole sentences', ({ sentence }) => {
  expect(sentence).toMatch(/^\p{Lu}.*\.$/u);
});

it.each([
  ['1', 1],
  [' 300 ', 300],
  ['0', undefined],
  ['301', undefined],
  ['1.5', undefined],
  ['-1', undefined],
  ['1e2', undefined],
  ['', undefined],
])('“%s” are %s seconds', (typed, seconds) => {
  expect(parseSeconds(typed)).toBe(seconds);
});
