import type { HangupCause } from '@parley/protocol';
import type { Session } from '../sessions/session.ts';
import type { ArchivedChunk, ArchivedLeg, ChunkKind } from '../store/archived-calls.ts';
import type { CallNews } from './call-news.ts';

/** How much of each kind is kept of a leg, in items and in characters of JSON. */
const most: Readonly<Record<ChunkKind, { items: number; characters: number }>> = {
  events: { items: 2_000, characters: 1_048_576 },
  media: { items: 5_000, characters: 2_097_152 },
  debug: { items: 5_000, characters: 2_097_152 },
  debugRows: { items: 5_000, characters: 8_388_608 },
};

interface CallOfLeg {
  readonly id: string;
  tell(news: CallNews): void;
}

interface Kept {
  items: number;
  characters: number;
  unwritten: string[];
}

/** What is kept of one leg of a call that goes on. What of it was written is not in memory any more. */
export class LegRecord {
  readonly leg: ArchivedLeg;
  readonly call: CallOfLeg;
  /** In the call; the caller's is 0. */
  readonly place: number;
  session: Session | null = null;
  /** Of its client's clock, by what that reported. */
  leastClockOffsetMs = -Infinity;
  readonly #kept: Readonly<Record<ChunkKind, Kept>> = {
    events: { items: 0, characters: 0, unwritten: [] },
    media: { items: 0, characters: 0, unwritten: [] },
    debug: { items: 0, characters: 0, unwritten: [] },
    debugRows: { items: 0, characters: 0, unwritten: [] },
  };

  constructor(call: CallOfLeg, place: number, leg: ArchivedLeg) {
    this.call = call;
    this.place = place;
    this.leg = leg;
  }

  countOf(kind: ChunkKind): number {
    return this.#kept[kind].items;
  }

  /** It was written by a former process. */
  recall({ kind, body }: ArchivedChunk): void {
    this.#kept[kind].items += itemsOf(body).length;
    this.#kept[kind].characters += body.length;
  }

  /** Keeps it, where there is room. @param isLast room is always left for it */
  add(kind: ChunkKind, json: string, isLast = false): void {
    const kept = this.#kept[kind];
    const { items, characters } = most[kind];
    if (!isLast && (kept.items >= items || kept.characters + json.length > characters)) return;
    kept.unwritten.push(json);
    kept.characters += json.length;
    this.call.tell({ type: 'item', place: this.place, kind, index: kept.items, json });
    kept.items += 1;
  }

  ended(endedAt: number, { cause, causeCode }: HangupCause): void {
    Object.assign(this.leg, { endedAt, cause, causeCode });
    this.call.tell({ type: 'legEnded', place: this.place, leg: this.leg });
  }

  /** @returns what was not written yet, for the archive */
  takeUnwritten(): ArchivedChunk[] {
    return (['events', 'media', 'debug', 'debugRows'] as const).flatMap((kind) => {
      const { unwritten } = this.#kept[kind];
      if (unwritten.length === 0) return [];
      this.#kept[kind].unwritten = [];
      return [{ leg: this.leg.id, kind, body: unwritten.join() }];
    });
  }
}

/** What of a chunk's body is one item each, parsed. */
export function itemsOf(body: string): unknown[] {
  const items: unknown = JSON.parse(`[${body}]`);
  return Array.isArray(items) ? items : [];
}
