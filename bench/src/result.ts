import type { Machine } from './machine.ts';

/** What a benchmark found, in the form in which it is kept. */
export interface Result {
  tables: readonly Table[];
  goals: readonly Goal[];
  /** Every single value behind the tables. */
  samples: unknown;
}

export interface KeptResult extends Result {
  name: string;
  /** Such as `2026-11-22`. */
  date: string;
  machine: Machine;
}

export interface Table {
  title: string;
  /** The first column names the row; the others are numbers. */
  columns: readonly string[];
  rows: readonly (readonly string[])[];
  /** What one must know to read it. */
  note?: string;
}

export interface Goal {
  figure: string;
  goal: string;
  measured: string;
  reached: boolean;
}

export interface BenchOptions {
  /** Small counts: to see that it works, not to measure. */
  quick: boolean;
  /** Says what goes on. */
  tell: (line: string) => void;
}

export type Bench = (options: BenchOptions) => Promise<Result>;

/** `12.3 (11.0–14.2)` */
export function withRange({ median, min, max }: { median: number; min: number; max: number }): string {
  return Number.isFinite(median) ? `${short(median)} (${short(min)}–${short(max)})` : '–';
}

/** Three significant digits, or all digits of a whole number. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-GB');
  return String(Number(value.toPrecision(value >= 10 ? 3 : 2)));
}

export function ratio(ours: number, theirs: number): string {
  const quotient = ours / theirs;
  return Number.isFinite(quotient) ? `${quotient.toFixed(2)} ×` : '–';
}
