import { type Category, type Occurrence, CATEGORIES } from './occurrence.ts';

/** What of the timeline is shown. */
export interface TimelineFilter {
  categories: ReadonlySet<Category>;
  /** Index of a leg; null: both sides. */
  leg: number | null;
  /** Words that the row must have, in any case. */
  words: string;
  /** Warnings and errors only. */
  troubles: boolean;
}

export const EVERYTHING: TimelineFilter = {
  categories: new Set(CATEGORIES),
  leg: null,
  words: '',
  troubles: false,
};

export function filtered(happened: readonly Occurrence[], filter: TimelineFilter): readonly Occurrence[] {
  const words = filter.words.trim().toLowerCase();
  return happened.filter(
    ({ category, leg, level, text, record }) =>
      filter.categories.has(category) &&
      (filter.leg === null || filter.leg === leg) &&
      (!filter.troubles || level === 'warn' || level === 'error') &&
      (words === '' || `${text} ${JSON.stringify(record.context ?? '')}`.toLowerCase().includes(words)),
  );
}

/** A page of the timeline: a browser draws some hundred rows at once, not ten thousand. */
export interface Page {
  from: number;
  to: number;
}

export const PAGE_ROWS = 150;

/** The page that has the row with this index near its top. */
export function pageAround(index: number, rows: number): Page {
  const from = Math.max(0, Math.min(index - 20, rows - PAGE_ROWS));
  return { from, to: Math.min(rows, from + PAGE_ROWS) };
}

/** Index of the first row at the moment or after it; of the last one where there is none. */
export function rowAt(rows: readonly Occurrence[], at: number): number {
  const index = rows.findIndex((row) => row.at >= at - 0.0005);
  return index === -1 ? Math.max(0, rows.length - 1) : index;
}

/** `01:03.412` */
export function preciseMoment(seconds: number): string {
  const ms = Math.round(Math.abs(seconds) * 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(ms / 3_600_000);
  const text = `${two(Math.floor(ms / 60_000) % 60)}:${two(Math.floor(ms / 1000) % 60)}.${String(ms % 1000).padStart(3, '0')}`;
  return `${seconds < -0.0005 ? '−' : ''}${hours > 0 ? `${hours}:` : ''}${text}`;
}
