import { type Sentence, type Words, fillIn } from './sentence.ts';
import type { Trouble } from './troubles.ts';

export type Tone = 'error' | 'warning' | 'good';

/** Something that the person should know now. */
export interface Notice {
  /** One for each kind of trouble and call: a repetition takes the place of its forerunner. */
  id: string;
  tone: Tone;
  sentence: Sentence;
  code: number | null;
  /** The call that it concerns; null for the whole page. */
  callId: string | null;
  /** When it stops being true by itself; null: it stays until it is dismissed or overtaken. */
  expiresAt: number | null;
}

/** A line of the list of messages. */
export interface Message {
  id: string;
  at: number;
  tone: Tone;
  sentence: Sentence;
  code: number | null;
}

export interface Notices {
  shown: readonly Notice[];
  /** The latest first. */
  messages: readonly Message[];
}

export const NO_NOTICES: Notices = { shown: [], messages: [] };

export interface Occurrence {
  tone: Tone;
  trouble: Trouble;
  code: number | null;
  callId: string | null;
  words: Words;
}

const MESSAGE_LIMIT = 50;
/** The SDK repeats a quality warning every 15 s for as long as it holds. */
const CALL_NOTICE_MS = 20_000;
const GOOD_NEWS_MS = 6_000;

export function occurred(notices: Notices, occurrence: Occurrence, at: number): Notices {
  const { tone, trouble, code, callId, words } = occurrence;
  const sentence = fillIn(trouble, words);
  const id = `${code ?? sentence.what}@${callId ?? 'page'}`;
  const messages = [{ id: `${id}#${at}`, at, tone, sentence, code }, ...notices.messages];
  const kept = { ...notices, messages: messages.slice(0, MESSAGE_LIMIT) };
  if (trouble.place !== 'page' && trouble.place !== 'call') return kept;
  const place = trouble.place === 'call' ? callId : null;
  const notice = { id, tone, sentence, code, callId: place, expiresAt: expiry(tone, trouble.place, at) };
  return { ...kept, shown: [...kept.shown.filter((other) => other.id !== id), notice] };
}

function expiry(tone: Tone, place: Trouble['place'], at: number): number | null {
  if (tone === 'good') return at + GOOD_NEWS_MS;
  return place === 'call' ? at + CALL_NOTICE_MS : null;
}

export function withoutNotice(notices: Notices, id: string): Notices {
  return keep(notices, (notice) => notice.id !== id);
}

/** A new attempt overtakes what was said about the last one. */
export function withoutErrors(notices: Notices): Notices {
  return keep(notices, ({ tone, callId }) => tone !== 'error' || callId !== null);
}

/** They are overtaken by the bad. */
export function withoutGoodNews(notices: Notices): Notices {
  return keep(notices, ({ tone }) => tone !== 'good');
}

export function withoutExpired(notices: Notices, at: number): Notices {
  return keep(notices, ({ expiresAt }) => expiresAt === null || expiresAt > at);
}

export function withoutCallsOtherThan(notices: Notices, ids: readonly string[]): Notices {
  return keep(notices, ({ callId }) => callId === null || ids.includes(callId));
}

export function nextExpiry({ shown }: Notices): number | null {
  const times = shown.flatMap(({ expiresAt }) => (expiresAt === null ? [] : [expiresAt]));
  return times.length === 0 ? null : Math.min(...times);
}

function keep(notices: Notices, wanted: (notice: Notice) => boolean): Notices {
  return notices.shown.every(wanted) ? notices : { ...notices, shown: notices.shown.filter(wanted) };
}
