import { describe, expect, it } from 'vitest';
import { FakeClock } from '../signaling.fixture.ts';
import { LoginGuard } from './login-guard.ts';

const minute = 60_000;
const hour = 60 * minute;

function setUp() {
  const clock = new FakeClock();
  const guard = new LoginGuard(clock);
  /** What was looked at, and how often. */
  const checked: string[] = [];
  const tryPassword = (password: string, user = 'alice', address = '192.0.2.1') =>
    guard.password(user, address, () => {
      checked.push(`${user} ${password}`);
      return Promise.resolve(password === 'right' ? user : null);
    });
  return { clock, guard, checked, tryPassword };
}

describe('wrong passwords', () => {
  it('are judged five times; then even the right one is refused without a look, for a minute', async () => {
    const { clock, checked, tryPassword } = setUp();
    for (let guess = 0; guess < 5; guess += 1) expect(await tryPassword('wrong')).toBeNull();
    expect(await tryPassword('right')).toBe('locked');
    expect(checked).toHaveLength(5);
    await clock.advance(minute);
    expect(await tryPassword('right')).toBe('alice');
  });

  it('lock twice as long each further time, up to an hour', async () => {
    const { clock, tryPassword } = setUp();
    for (let guess = 0; guess < 4; guess += 1) await tryPassword('wrong');
    for (const minutes of [1, 2, 4, 8, 16, 32, 60, 60]) {
      expect(await tryPassword('wrong')).toBeNull();
      await clock.advance(minutes * minute - 1);
      expect(await tryPassword('wrong')).toBe('locked');
      await clock.advance(1);
    }
  });

  it('that come all at once are judged no more often', async () => {
    const { checked, tryPassword } = setUp();
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => tryPassword('wrong')));
    expect(outcomes.filter((outcome) => outcome === 'locked')).toHaveLength(45);
    expect(checked).toHaveLength(5);
  });

  it('lock the same for a user who does not exist', async () => {
    const { checked, tryPassword } = setUp();
    for (let guess = 0; guess < 9; guess += 1) await tryPassword('wrong', 'nobody');
    expect(checked).toHaveLength(5);
  });

  it('lock nobody out who comes from another address, nor another user of the same', async () => {
    const { tryPassword } = setUp();
    for (let guess = 0; guess < 9; guess += 1) await tryPassword('wrong');
    expect(await tryPassword('right', 'alice', '192.0.2.2')).toBe('alice');
    expect(await tryPassword('right', 'bob')).toBe('bob');
  });

  it('of one IPv6 network of 64 bits count together', async () => {
    const { tryPassword } = setUp();
    for (let guess = 0; guess < 5; guess += 1) {
      await tryPassword('wrong', 'alice', `2001:db8:1:2::${String(guess)}`);
    }
    expect(await tryPassword('right', 'alice', '2001:db8:1:2::99')).toBe('locked');
    expect(await tryPassword('right', 'alice', '2001:db8:1:3::99')).toBe('alice');
  });

  it('are forgotten with a right one, and after a day', async () => {
    const { clock, tryPassword } = setUp();
    for (let round = 0; round < 3; round += 1) {
      for (let guess = 0; guess < 4; guess += 1) await tryPassword('wrong');
      expect(await tryPassword('right')).toBe('alice');
    }
    for (let guess = 0; guess < 4; guess += 1) await tryPassword('wrong');
    await clock.advance(25 * hour);
    for (let guess = 0; guess < 4; guess += 1) await tryPassword('wrong');
    expect(await tryPassword('right')).toBe('alice');
  });

  it('from one address are judged 300 times a day at most, over all users; who is known there gets in', async () => {
    const { clock, checked, tryPassword } = setUp();
    expect(await tryPassword('right', 'carol')).toBe('carol');
    let user = 0;
    for (let passed = 0; passed < 24 * hour; passed += 10 * minute) {
      for (let guess = 0; guess < 20; guess += 1) await tryPassword('wrong', `user-${String((user += 1))}`);
      await clock.advance(10 * minute);
    }
    expect(checked.length).toBeGreaterThan(250);
    expect(checked.length).toBeLessThanOrEqual(301);
    for (let guess = 0; guess < 20; guess += 1) await tryPassword('wrong', `user-${String((user += 1))}`);
    expect(await tryPassword('right', 'carol')).toBe('carol');
    expect(await tryPassword('right', 'dave')).toBe('locked');
    expect(await tryPassword('right', 'dave', '192.0.2.2')).toBe('dave');
  });

  it('from this machine lock a user, and never everybody', async () => {
    const { tryPassword } = setUp();
    for (let user = 0; user < 200; user += 1) await tryPassword('wrong', `user-${String(user)}`, '127.0.0.1');
    expect(await tryPassword('right', 'alice', '127.0.0.1')).toBe('alice');
  });

  it('do not stop the next check where one fails of itself', async () => {
    const { guard, tryPassword } = setUp();
    const failing = guard.password('alice', '192.0.2.1', () => Promise.reject(new Error('no store')));
    const next = tryPassword('right');
    await expect(failing).rejects.toThrow('no store');
    expect(await next).toBe('alice');
  });
});

describe('right passwords', () => {
  it('are judged however many there are', async () => {
    const { tryPassword } = setUp();
    const outcomes = await Promise.all(Array.from({ length: 200 }, () => tryPassword('right')));
    expect(new Set(outcomes)).toEqual(new Set(['alice']));
  });
});

describe('visits without credentials', () => {
  it('are 20 at once from an address, and 20 more each minute', async () => {
    const { clock, guard } = setUp();
    const visit = (address = '192.0.2.1') => guard.visit(address);
    expect(Array.from({ length: 25 }, () => visit()).filter(Boolean)).toHaveLength(20);
    expect(visit('192.0.2.2')).toBe(true);
    await clock.advance(3_000);
    expect([visit(), visit()]).toEqual([true, false]);
  });
});
