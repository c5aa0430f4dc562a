import { isRecord } from '@parley/protocol';
import { z } from 'zod';
import type { Ratings } from '../store/archived-calls.ts';
import { ratingsOf } from './rating.ts';
import { redact } from './redact.ts';

/** What the gateway itself reads of a call report; everything else is kept as it came. */
const envelope = z.looseObject({ segment: z.int().min(0).max(1_000_000).optional() });

export interface ReadReport {
  segment: number | null;
  /** JSON, free of secrets. */
  body: string;
  /** When it was told, by the client's clock, in milliseconds of the epoch. */
  toldAt: number | null;
  /** Whether its client says how good the call is, and how. @param clockOffsetMs by how much its clock is ahead */
  ratings(clockOffsetMs: number): Ratings | null;
}

/**
 * @returns undefined where it is no report
 * @throws TooDeepError
 */
export function readCallReport(body: unknown): ReadReport | undefined {
  const { success, data } = envelope.safeParse(body);
  if (!success) return undefined;
  const report = redact(body);
  return {
    segment: data.segment ?? null,
    body: JSON.stringify(report),
    toldAt: toldAt(report),
    ratings: (clockOffsetMs) => ratingsOf(report, (at) => Math.round(at - clockOffsetMs)),
  };
}

function toldAt(report: unknown): number | null {
  const summary = isRecord(report) ? report['summary'] : undefined;
  const at = isRecord(summary) ? Date.parse(String(summary['endTimestamp'])) : NaN;
  return Number.isFinite(at) ? at : null;
}
