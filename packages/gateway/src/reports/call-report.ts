import { isRecord } from '@parley/protocol';
import { z } from 'zod';
import type { Ratings } from '../store/archived-calls.ts';
import { ratingsOf } from './rating.ts';
import { redact } from './redact.ts';

/** What the gateway itself reads of a call report; everything else is kept as it came. */
const envelope = z.looseObject({ segment: z.int().min(0).max(1_000_000).optional() });

/** In milliseconds; what is told of another time is told by a clock that is wrong. */
export interface When {
  /** By how much the client's clock is ahead. */
  clockOffsetMs: number;
  /** When the call began, and when the report came, by the gateway's clock. */
  startedAt: number;
  receivedAt: number;
}

const hourMs = 60 * 60 * 1000;

export interface ReadReport {
  segment: number | null;
  /** JSON, free of secrets. */
  body: string;
  /** When it was told, by the client's clock, in milliseconds of the epoch. */
  toldAt: number | null;
  /** Whether its client says how good the call is, and how. */
  ratings(when: When): Ratings | null;
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
    ratings: ({ clockOffsetMs, startedAt, receivedAt }) =>
      ratingsOf(report, (toldAt) => {
        const at = Math.round(toldAt - clockOffsetMs);
        return at >= startedAt - hourMs && at <= receivedAt + 24 * hourMs ? at : null;
      }),
  };
}

function toldAt(report: unknown): number | null {
  const summary = isRecord(report) ? report['summary'] : undefined;
  const at = isRecord(summary) ? Date.parse(String(summary['endTimestamp'])) : NaN;
  return Number.isFinite(at) ? at : null;
}
