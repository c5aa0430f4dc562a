import { CloseCode } from '@parley/protocol';
import { describe, expect, it } from 'vitest';

import { reconnectDelayMs } from './reconnect-policy.ts';

const almostOne = 0.999_999;
const ceilings = (closeCode: number | undefined, attempts: readonly number[]) =>
  attempts.map((attempt) => reconnectDelayMs({ attempt, closeCode, random: almostOne }));

describe('the delay before a reconnection', () => {
  it('doubles its ceiling up to 20 seconds, the first attempt coming almost at once', () => {
    expect(ceilings(1006, [1, 2, 3, 4, 5, 6, 7, 8, 100])).toEqual([
      200, 1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000, 20_000,
    ]);
    expect(ceilings(undefined, [1, 2])).toEqual([200, 1_000]);
  });

  it('has a ceiling of 2 seconds for a minute where a call waits', () => {
    const inCall = (attempt: number, closeCode = 1006) =>
      reconnectDelayMs({ attempt, closeCode, random: almostOne, inCall: true });
    expect([1, 2, 3, 4, 60, 61].map((attempt) => inCall(attempt))).toEqual([
      200, 1_000, 2_000, 2_000, 2_000, 20_000,
    ]);
    expect(inCall(1, CloseCode.serviceRestart)).toBe(2_000);
  });

  it('is half a minute from the fourth attempt on where the browser knows of no network', () => {
    const offline = (attempt: number, random: number) =>
      reconnectDelayMs({ attempt, closeCode: 1006, random, inCall: true, isOffline: true });
    expect([1, 2, 3, 4, 100].map((attempt) => offline(attempt, almostOne))).toEqual([
      200, 1_000, 2_000, 36_000, 36_000,
    ]);
    expect(offline(4, 0)).toBe(30_000);
  });

  it('is anything from nothing to the ceiling', () => {
    expect(reconnectDelayMs({ attempt: 8, closeCode: 1006, random: 0 })).toBe(0);
    expect(reconnectDelayMs({ attempt: 8, closeCode: 1006, random: 0.5 })).toBe(10_000);
  });

  it('is spread over 3 seconds where the server has closed on everybody', () => {
    expect(ceilings(CloseCode.serviceRestart, [1, 2, 3, 4])).toEqual([3_000, 3_000, 3_000, 4_000]);
  });

  it('does not exist where the server does not want the client back', () => {
    expect(ceilings(CloseCode.revoked, [1])).toEqual([undefined]);
    expect(ceilings(CloseCode.displaced, [1])).toEqual([undefined]);
  });
});
