import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { correct, endOf, lifeOf, UNKNOWN_LIFE, waitOf, type TokenLife } from './token-life.ts';

const NOW = 1_700_000_000_000;
const MINUTE = 60_000;

const jwt = (payload: object): string =>
  ['h', Buffer.from(JSON.stringify(payload)).toString('base64url'), 's'].join('.');

const inSeconds = (seconds: number): string => jwt({ exp: NOW / 1000 + seconds });

/** When another token is asked for, by a clock that goes right. */
function askedAt(life: TokenLife): number {
  let now = NOW;
  for (let wait = waitOf(life, now); wait > 0; wait = waitOf(life, now)) now += wait;
  return now;
}

describe('the life of a token', () => {
  it('is that of its exp, also where its payload is base64url, and of no other text', () => {
    expect(endOf(jwt({ exp: 5, name: '>>>???ÿÿÿ' }))).toBe(5_000);
    expect(jwt({ exp: 5, name: '>>>???ÿÿÿ' })).toMatch(/[-_]/);
    for (const text of [undefined, '', 'a.b.c', 'opaque', jwt({}), jwt({ exp: 'soon' })]) {
      expect(endOf(text)).toBeNaN();
      expect(lifeOf(text, undefined, NOW, false)).toBe(UNKNOWN_LIFE);
    }
  });

  it('is what the server says of it, whatever the local clock makes of exp', () => {
    expect(lifeOf(inSeconds(-9_000), 3_600, NOW, false)).toEqual({
      endsAt: NOW + 60 * MINUTE,
      askAt: NOW + 58 * MINUTE,
    });
    expect(lifeOf(inSeconds(-9_000), undefined, NOW, false)).toBe(UNKNOWN_LIFE);
    expect(lifeOf(undefined, 3_600, NOW, false)).toBe(UNKNOWN_LIFE);
  });

  it('is to be prolonged 120 s before its end, at once where less is left, and after a year as well', () => {
    expect(askedAt(lifeOf(inSeconds(150), undefined, NOW, false))).toBe(NOW + 30_000);
    expect(askedAt(lifeOf(inSeconds(90), undefined, NOW, false))).toBe(NOW);
    const year = 365 * 24 * 60;
    expect(askedAt(lifeOf(inSeconds(year * 60), undefined, NOW, true))).toBe(NOW + (year - 2) * MINUTE);
  });

  it('is looked at once a minute, so that no timer is longer', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 9 }), fc.boolean(), (seconds, renewed) => {
        const wait = waitOf(lifeOf(inSeconds(seconds), undefined, NOW, renewed), NOW);
        expect(wait).toBeGreaterThanOrEqual(renewed ? 5_000 : 0);
        expect(wait).toBeLessThanOrEqual(MINUTE);
      }),
    );
  });

  it('does not grow where the clock was set back, and shrinks where it was set forward or the computer slept', () => {
    const life = lifeOf(inSeconds(3_600), undefined, NOW, false);
    const hourBack = correct(life, 60 * MINUTE);
    expect(waitOf(hourBack, NOW - 60 * MINUTE + 58 * MINUTE)).toBe(0);
    expect(correct(life, -60 * MINUTE)).toEqual(life);
    expect(waitOf(life, NOW + 59 * MINUTE)).toBe(0);
  });
});
