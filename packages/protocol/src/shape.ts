/**
 * Shapes: functions from a parsed JSON value to a typed one that holds known members only, or to the path and the
 * reason of the first mismatch. A reason never repeats the value: it may be a password.
 */
import { isRecord } from './record.ts';

export type Shape<T> = (value: unknown) => Outcome<T>;

export type Outcome<T> = { ok: true; value: T } | Mismatch;

export interface Mismatch {
  ok: false;
  /** Dotted, relative to the value that was asked about; empty for the value itself. */
  path: string;
  /** Completes the sentence "<path> …". */
  problem: string;
}

/** A member that may be left out. `null` counts as left out: applications pass it for "unset". */
export interface Optional<T> {
  shape: Shape<T>;
  /** A member that only informs is dropped when it cannot be used, and the message is accepted without it. */
  informs: boolean;
}

export type Members<T> = {
  [K in keyof T]-?: object extends Pick<T, K> ? Optional<Exclude<T[K], undefined>> : Shape<T[K]>;
};

export const optional = <T>(shape: Shape<T>): Optional<T> => ({ shape, informs: false });

export const informative = <T>(shape: Shape<T>): Optional<T> => ({ shape, informs: true });

export function accept<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

export function refuse(problem: string, path = ''): Mismatch {
  return { ok: false, path, problem };
}

function within(key: string, inner: Mismatch): Mismatch {
  const separator = inner.path === '' || inner.path.startsWith('[') ? '' : '.';
  return refuse(inner.problem, `${key}${separator}${inner.path}`);
}

/** Reads own members only: `__proto__` and `constructor` name nothing that was inherited. */
export function memberOf(record: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

export function object<T extends object>(members: Members<T>): Shape<T> {
  const entries = Object.entries<Shape<unknown> | Optional<unknown>>(members);
  return (value) => {
    if (!isRecord(value)) return refuse('must be an object');
    const known: Record<string, unknown> = {};
    for (const [key, member] of entries) {
      const given = memberOf(value, key);
      const isOptional = typeof member !== 'function';
      if (given === undefined || given === null) {
        if (isOptional) continue;
        return refuse('is missing', key);
      }
      const outcome = isOptional ? member.shape(given) : member(given);
      if (outcome.ok) known[key] = outcome.value;
      else if (!isOptional || !member.informs) return within(key, outcome);
    }
    // `Members<T>` names every member of T with a shape of its type, which is what makes this sound.
    return accept(known as T);
  };
}

/** Adds a rule that looks at several members at once. */
export function refined<T>(shape: Shape<T>, rule: (value: T) => Mismatch | undefined): Shape<T> {
  return (value) => {
    const outcome = shape(value);
    return outcome.ok ? (rule(outcome.value) ?? outcome) : outcome;
  };
}

export function list<T>(item: Shape<T>, maxItems: number): Shape<readonly T[]> {
  return (value) => {
    if (!Array.isArray(value)) return refuse('must be an array');
    if (value.length > maxItems) return refuse(`has more than ${String(maxItems)} items`);
    const items: T[] = [];
    for (const [index, given] of value.entries()) {
      const outcome = item(given);
      if (!outcome.ok) return within(`[${String(index)}]`, outcome);
      items.push(outcome.value);
    }
    return accept(items);
  };
}

/** The first of two shapes that fits; when none does, the reason of the last. */
export function either<A, B>(first: Shape<A>, second: Shape<B>): Shape<A | B> {
  return (value) => {
    const outcome = first(value);
    return outcome.ok ? outcome : second(value);
  };
}

/** Picks the shape by the text of one member. */
export function variant<T>(key: string, shapes: ReadonlyMap<string, Shape<T>>): Shape<T> {
  const known = [...shapes.keys()].join(', ');
  return (value) => {
    if (!isRecord(value)) return refuse('must be an object');
    const tag = memberOf(value, key);
    if (tag === undefined || tag === null) return refuse('is missing', key);
    const shape = typeof tag === 'string' ? shapes.get(tag) : undefined;
    return shape === undefined ? refuse(`must be one of ${known}`, key) : shape(value);
  };
}

export function oneOf<T extends string>(...words: readonly T[]): Shape<T> {
  return (value) => {
    const word = words.find((known) => known === value);
    return word === undefined ? refuse(`must be one of ${words.join(', ')}`) : accept(word);
  };
}

/** Those items of a list that are known words; others are left out, because a newer peer may say more. */
export function knownOf<T extends string>(maxItems: number, ...words: readonly T[]): Shape<readonly T[]> {
  const items = list((item) => accept(words.find((word) => word === item)), maxItems);
  return (value) => {
    const outcome = items(value);
    return outcome.ok ? accept(outcome.value.filter((word) => word !== undefined)) : outcome;
  };
}

export const boolean: Shape<boolean> = (value) =>
  typeof value === 'boolean' ? accept(value) : refuse('must be true or false');

export function integer(min: number, max: number): Shape<number> {
  return (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
      ? accept(value)
      : refuse(`must be an integer from ${String(min)} to ${String(max)}`);
}

interface Characters {
  pattern: { test: (text: string) => boolean };
  words: string;
}

interface TextRule {
  max: number;
  min?: number;
  /** What the text must consist of, and how to say so. */
  of?: Characters;
  /** Takes a number for its decimal text: applications pass telephone numbers and keys so. */
  numbers?: boolean;
}

export function text({ max, min = 0, of = noNul, numbers = false }: TextRule): Shape<string> {
  return (value) => {
    const given = numbers && typeof value === 'number' ? String(value) : value;
    if (typeof given !== 'string') return refuse('must be a string');
    if (given.length < min) return refuse('must not be empty');
    if (given.length > max) return refuse(`is longer than ${String(max)} characters`);
    return of.pattern.test(given) ? accept(given) : refuse(`must consist of ${of.words}`);
  };
}

const noNul: Characters = {
  pattern: { test: (given) => !given.includes('\0') },
  words: 'characters other than NUL',
};

/** One line: nothing in it can begin another header or another log record. */
export const line: Characters = {
  pattern: /^[^\p{Cc}\u2028\u2029]*$/u,
  words: 'characters other than control characters',
};

/** The value of a header (RFC 3261 §25.1), where a tab is white space. */
export const headerText: Characters = { pattern: /^[\P{Cc}\t]*$/u, words: 'one line of text' };

/** A token of RFC 3261 §25.1. */
export const token: Characters = {
  pattern: /^[A-Za-z0-9\-.!%*_+`'~]+$/,
  words: "letters, digits and - . ! % * _ + ` ' ~",
};

export const visible: Characters = { pattern: /^[\x21-\x7e]*$/, words: 'visible ASCII characters' };

/**
 * An object whose members the protocol does not know, such as an application's variables. Names that a careless
 * merge would follow into a prototype are left out at every depth. Recurses: ask only after the depth was checked.
 */
export function freeObject(maxMembers: number): Shape<Record<string, unknown>> {
  return (value) => {
    if (!isRecord(value)) return refuse('must be an object');
    if (Object.keys(value).length > maxMembers) return refuse(`has more than ${String(maxMembers)} members`);
    return accept(harmlessRecord(value));
  };
}

export const free: Shape<unknown> = (value) => accept(harmless(value));

function harmless(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(harmless);
  return isRecord(value) ? harmlessRecord(value) : value;
}

function harmlessRecord(record: Record<string, unknown>): Record<string, unknown> {
  const kept = Object.entries(record).filter(([key]) => !prototypeKeys.has(key));
  return Object.fromEntries(kept.map(([key, inner]) => [key, harmless(inner)]));
}

const prototypeKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
