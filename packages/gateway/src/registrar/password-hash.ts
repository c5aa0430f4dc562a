import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { availableParallelism } from 'node:os';

/**
 * Slow, salted hashes of passwords: scrypt (RFC 7914) with the parameters of OWASP's Password Storage Cheat Sheet
 * that need the least memory per guess among its equals up to 16 MiB. Written as a PHC string, which names its
 * own parameters.
 */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  matches(password: string, hash: string): Promise<boolean>;
  /** Takes as long as `matches` and is always false: for a user who does not exist. */
  matchesNobody(password: string): Promise<false>;
}

/** Of scrypt: the logarithm of N, the block size and the parallelisation. */
export interface HashCost {
  ln: number;
  r: number;
  p: number;
}

const hashBytes = 32;

/** @param cost of new hashes; by default a core for about a quarter of a second, and 16 MiB */
export function createPasswordHasher(cost: HashCost = { ln: 14, r: 8, p: 5 }): PasswordHasher {
  // Guesses wait for each other, so that a storm
  // of them leaves the rest of the process its threads and its memory.
  const turn = createTurns(Math.max(1, availableParallelism() - 1));
  const derive = (password: string, salt: Buffer, { ln, r, p }: HashCost) =>
    turn(
      () =>
        new Promise<Buffer>((resolve, reject) => {
          const options = { N: 2 ** ln, r, p, maxmem: 256 * 2 ** ln * r };
          scrypt(digestOf(password), salt, hashBytes, options, (error, key) => {
            if (error) reject(error);
            else resolve(key);
          });
        }),
    );

  return {
    async hash(password) {
      const salt = randomBytes(16);
      const key = await derive(password, salt, cost);
      const { ln, r, p } = cost;
      const parameters = `ln=${String(ln)},r=${String(r)},p=${String(p)}`;
      return `$scrypt$${parameters}$${salt.toString('base64url')}$${key.toString('base64url')}`;
    },
    async matches(password, hash) {
      const [, ln, r, p, salt, key] =
        /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w-]+)\$([\w-]+)$/.exec(hash) ?? [];
      if (salt === undefined || key === undefined) return false;
      const parameters = { ln: Number(ln), r: Number(r), p: Number(p) };
      const derived = await derive(password, Buffer.from(salt, 'base64url'), parameters);
      const expected = Buffer.from(key, 'base64url');
      return expected.length === derived.length && timingSafeEqual(expected, derived);
    },
    async matchesNobody(password) {
      await derive(password, Buffer.alloc(16), cost);
      return false;
    },
  };
}

/** HMAC pads a short key with zeros, and so scrypt alone would take a password with NUL behind it for the same. */
function digestOf(password: string): Buffer {
  return createHash('sha256').update(password).digest();
}

/** @returns runs tasks in the order given, at most so many at once */
function createTurns(atOnce: number) {
  let free = atOnce;
  const waiting: (() => void)[] = [];
  return async <Result>(task: () => Promise<Result>): Promise<Result> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resume) => waiting.push(resume));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
