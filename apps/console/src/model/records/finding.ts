import type { LegView } from './leg-view.ts';
import type { Occurrence } from './occurrence.ts';
import type { Span } from './span.ts';

/** What a person is told of a call, and by what it is known. */
export interface Finding {
  kind: FindingKind;
  /** `problem`: somebody could not hear or speak. `warning`: it was worse than it could be. */
  weight: 'problem' | 'warning' | 'hint' | 'good';
  sentence: string;
  evidence: Evidence;
}

export type FindingKind =
  | 'silence'
  | 'muted'
  | 'held'
  | 'no-sound'
  | 'one-way'
  | 'network-change'
  | 'connection-lost'
  | 'loss'
  | 'delay'
  | 'jitter'
  | 'device'
  | 'relay'
  | 'no-report'
  | 'end'
  | 'nothing';

export interface Evidence extends Span {
  /** Index of the leg; null: of the whole call. */
  leg: number | null;
  figures: readonly Figure[];
  /** Ids of the occurrences that tell of it. */
  records: readonly string[];
}

export interface Figure {
  label: string;
  value: string;
}

/** Occurrences of the span, and a moment around it. */
export function recordsIn(
  leg: LegView,
  { from, to }: Span,
  isOne: (occurrence: Occurrence) => boolean,
  around = 1.5,
): readonly string[] {
  return leg.happened
    .filter((one) => one.at >= from - around && one.at <= to + around && isOne(one))
    .map(({ id }) => id);
}

/** `00:12`, `1:02:03`: a moment of the call. */
export function momentOf(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return `${hours > 0 ? `${hours}:` : ''}${two(minutes)}:${two(whole % 60)}`;
}

/** `from 00:12 to 00:30`, or `from 00:12 on` where it lasted to the end. */
export function stretchOf({ from, to }: Span, end: number): string {
  return to >= end - 1.5 ? `from ${momentOf(from)} on` : `from ${momentOf(from)} to ${momentOf(to)}`;
}

/** `1.4 s`, `48 s`, `3 min 5 s`. */
export function lengthOf(seconds: number): string {
  if (seconds < 9.95) return `${Math.round(seconds * 10) / 10} s`;
  const whole = Math.round(seconds);
  return whole < 120 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

export function percent(share: number): string {
  const value = share * 100;
  return `${value > 0 && value < 9.95 ? value.toFixed(1).replace(/\.0$/, '') : Math.round(value)} %`;
}

export function milliseconds(seconds: number): string {
  return `${Math.round(seconds * 1000)} ms`;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

const two = (value: number) => String(value).padStart(2, '0');
