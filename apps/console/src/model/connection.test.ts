import { expect, it } from 'vitest';
import {
  type Connection,
  connectionOf,
  connectionSentence,
  endOfConnection,
  hurried,
  needsSignIn,
  secondsToWait,
  troubleConnecting,
} from './connection.ts';

const trying = { state: 'reconnecting', failures: 2, nextAttemptAt: 10_000 } as const;

it('is what the SDK tells, without the time of an attempt that is under way', () => {
  expect(connectionOf({ state: 'offline', reason: 'silent', attempt: 2 })).toEqual({
    state: 'offline',
    failures: 2,
    nextAttemptAt: null,
  });
});

it.each([
  [0, 10],
  [9_001, 1],
  [10_000, 0],
  [12_000, 0],
])('at %i ms, the next attempt comes in %i whole seconds', (now, seconds) => {
  expect(secondsToWait(trying, now)).toBe(seconds);
});

it('an attempt that the person makes is under way at once; there is none without a loss', () => {
  expect(hurried(trying)).toEqual({ ...trying, nextAttemptAt: null });
  expect(secondsToWait({ ...trying, nextAttemptAt: null }, 0)).toBe(0);
  const connected: Connection = { state: 'connected' };
  expect(hurried(connected)).toBe(connected);
});

it.each([
  [trying, 0, 'The connection to the gateway is lost. Nobody can reach you until it is back.'],
  [
    trying,
    2,
    'The connection to the gateway is lost. Your calls go on: sound does not need this connection.',
  ],
  [{ ...trying, state: 'offline' }, 0, 'This computer is offline. Nobody can reach you until it is back.'],
  [
    { state: 'disconnected', reason: 'login-refused' },
    1,
    'The gateway did not accept this sign-in. Your call goes on until you hang up.',
  ],
  [{ state: 'disconnected', reason: 'odd' }, 0, 'You are not connected to the gateway any more.'],
] satisfies [Connection, number, string][])('%j with %i calls: is told in words', (state, calls, words) => {
  const { what, todo } = connectionSentence(state, calls) ?? { what: '', todo: '' };
  expect([what, todo].filter(Boolean).join(' ')).toBe(words);
});

it('is no news while it is there, nor while the first attempt lasts', () => {
  expect(connectionSentence({ state: 'connected' }, 1)).toBeNull();
  expect(troubleConnecting({ state: 'connecting', failures: 0, nextAttemptAt: null })).toBeNull();
});

it.each(['login-refused', 'registration', 'revoked', 'unopenable'])(
  'an end by %s asks for another sign-in, and has a sentence',
  (reason) => {
    expect(needsSignIn({ state: 'disconnected', reason })).toBe(true);
    expect(endOfConnection(reason).what).not.toBe(endOfConnection('').what);
  },
);
