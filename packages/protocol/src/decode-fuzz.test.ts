import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  goldenAcknowledgement,
  goldenDebugReports,
  goldenLoginError,
  goldenResults,
  goldenSpeedTest,
  goldenToClient,
  goldenToServer,
} from './golden/index.ts';
import { decodeToClient, decodeToServer } from './index.ts';
import { isRecord } from './record.ts';

const goldens: readonly string[] = [
  ...[goldenToServer, goldenToClient, goldenResults].flatMap((table) => Object.values(table).flat()),
  goldenAcknowledgement,
  goldenLoginError,
  ...goldenDebugReports,
].map(({ frame }) => JSON.stringify(frame));

/** JSON texts to put in the place of any value of a frame. */
const nasty = [
  'null',
  'true',
  '-0',
  '1e999',
  '1.5',
  '[]',
  '{}',
  '[null]',
  '""',
  '"\\u0000"',
  '"\\r\\nX: y"',
  '"__proto__"',
  '"constructor"',
  '"\\ud800"',
  `"${'a'.repeat(300)}"`,
  '{"__proto__":{"polluted":1}}',
  '{"constructor":{"prototype":{"polluted":1}}}',
  '[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]',
] as const;

/** What stands in a JSON text: strings, numbers, words, and the signs between them. */
const tokensOf = (text: string): readonly string[] =>
  text.match(/"(?:[^"\\]|\\.)*"|[-\w.+]+|[[\]{}:,]/g) ?? [];
const tokens = goldens.map(tokensOf);

/** A golden message with one to four changes; the same seed makes the same ones. */
const mutated = fc.integer().map((seed) => {
  const random = randomOf(seed);
  const pick = (length: number) => Math.floor(random() * length);
  const parts = [...(tokens[pick(tokens.length)] ?? [])];
  for (let edits = 1 + pick(4); edits > 0; edits--) {
    const index = pick(parts.length);
    const here = parts[index] ?? '';
    const how = random();
    if (how < 0.5) parts[index] = nasty[pick(nasty.length)] ?? '';
    else if (how < 0.7) parts.splice(index, 1);
    else if (how < 0.8) parts.splice(index, 0, here);
    else if (how < 0.9) parts.splice(index, 2, parts[index + 1] ?? '', here);
    else parts[index] = here.slice(0, pick(here.length));
  }
  return parts.join('');
});

/** mulberry32: cheap, because a hundred thousand frames are to be made. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const random = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.json({ maxDepth: 6 }),
  fc.constantFrom(...goldenSpeedTest.toServer, ...goldenSpeedTest.toClient).map((text) => text.slice(0, 6)),
  fc.string({ maxLength: 20 }).map((text) => `#SP${text}`),
);

const decoders = { decodeToServer, decodeToClient };

/** Whether nothing in a value could reach a prototype. Recurses: what was decoded is not deep. */
function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isPlain);
  if (!isRecord(value)) return true;
  return (
    Object.getPrototypeOf(value) === Object.prototype &&
    Object.entries(value).every(([key, inner]) => key !== '__proto__' && isPlain(inner))
  );
}

describe.each(Object.entries(decoders))(
  '%s, given hostile frames [FRAME-10, FRAME-18, FRAME-19]',
  (_name, decode) => {
    const before = Reflect.ownKeys(Object.prototype);
    const kinds = new Map<string, number>();
    const count = (text: string) => {
      const { kind } = decode(text);
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    };
    beforeAll(() => {
      kinds.clear();
    });
    afterAll(() => {
      expect(Reflect.ownKeys(Object.prototype)).toEqual(before);
      expect(Object.hasOwn({}, 'polluted')).toBe(false);
    });

    it(
      'reads 80,000 changed messages without an exception, some of them still valid',
      { timeout: 60_000 },
      () => {
        fc.assert(fc.property(mutated, count), { numRuns: 80_000 });
        const accepted = [...kinds].filter(([kind]) => !['invalid', 'ignored'].includes(kind));
        expect(accepted.reduce((sum, [, frames]) => sum + frames, 0)).toBeGreaterThan(1000);
        expect((kinds.get('invalid') ?? 0) + (kinds.get('ignored') ?? 0)).toBeGreaterThan(10_000);
      },
    );

    it('reads 20,000 random texts without an exception', { timeout: 60_000 }, () => {
      fc.assert(fc.property(random, count), { numRuns: 20_000 });
    });
  },
);

describe('decodeToServer, given changed messages', { timeout: 60_000 }, () => {
  it('lets nothing through that could reach a prototype', () => {
    fc.assert(
      fc.property(mutated, (text) => isPlain(decodeToServer(text))),
      { numRuns: 10_000 },
    );
  });

  it('gives every refusal a code, a sentence and an answer to send', () => {
    fc.assert(
      fc.property(mutated, (text) => {
        const decoded = decodeToServer(text);
        if (decoded.kind !== 'invalid') return true;
        const { code, path, message } = decoded.error;
        return (
          [-32_700, -32_600, -32_601, -32_602].includes(code) &&
          /^.{5,400}\.$/.test(message) &&
          message.startsWith(path === '' ? 'The frame ' : `${path} `)
        );
      }),
      { numRuns: 10_000 },
    );
  });
});
