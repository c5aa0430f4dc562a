import { describe, expect, it } from 'vitest';
import { StreamSlots } from './stream-slots.ts';

const user = (index: number) => ({ kind: 'user', credentialId: String(index) }) as const;
const key = (index: number) => ({ kind: 'apiKey', id: String(index) }) as const;

describe('who follows calls', () => {
  it('follows four at once, whatever others do', () => {
    const slots = new StreamSlots();
    const [first, ...others] = [1, 2, 3, 4].map(() => slots.take(user(1)));
    expect(others).not.toContain(null);
    expect(slots.take(user(1))).toBeNull();
    expect(slots.take(user(2))).not.toBeNull();
    expect(slots.take(key(1))).not.toBeNull();
    first?.();
    first?.();
    expect(slots.take(user(1))).not.toBeNull();
    expect(slots.take(user(1))).toBeNull();
  });

  it('is one of 200 at the most', () => {
    const slots = new StreamSlots();
    const taken = Array.from({ length: 200 }, (_, index) => slots.take(key(index)));
    expect(taken).not.toContain(null);
    expect(slots.take(key(200))).toBeNull();
    taken[0]?.();
    expect(slots.take(key(200))).not.toBeNull();
  });
});
