import { describe, expect, it } from 'vitest';
import { createPasswordHasher } from './password-hash.ts';

const hasher = createPasswordHasher({ ln: 4, r: 1, p: 1 });

describe('a password hash', () => {
  it('names its parameters, and they are the recommended ones', async () => {
    expect(await createPasswordHasher().hash('secret')).toMatch(
      /^\$scrypt\$ln=14,r=8,p=5\$[\w-]{22}\$[\w-]{43}$/,
    );
  });

  it('of one password made twice, differs, and both match', async () => {
    const [one, other] = [await hasher.hash('secret'), await hasher.hash('secret')];
    expect(one).not.toBe(other);
    expect(await hasher.matches('secret', one)).toBe(true);
    expect(await hasher.matches('secret', other)).toBe(true);
  });

  it('made with other parameters, matches', async () => {
    const old = await createPasswordHasher({ ln: 5, r: 2, p: 2 }).hash('secret');
    expect(await hasher.matches('secret', old)).toBe(true);
  });

  it.each(['Secret', 'secret ', 'secret\0', '', 'secre'])(
    'of secret, does not match %j',
    async (password) => {
      expect(await hasher.matches(password, await hasher.hash('secret'))).toBe(false);
    },
  );

  it.each(['', 'secret', '$scrypt$ln=4,r=1,p=1$$', '$argon2id$v=19$m=1,t=1,p=1$x$y'])(
    'that is none, %j, matches nothing',
    async (hash) => {
      expect(await hasher.matches('secret', hash)).toBe(false);
    },
  );

  it('asked of a hundred at once, is right for each', async () => {
    const hash = await hasher.hash('7');
    const found = await Promise.all(Array.from({ length: 100 }, (_, i) => hasher.matches(String(i), hash)));
    expect(found.flatMap((matches, index) => (matches ? [index] : []))).toEqual([7]);
  });
});
