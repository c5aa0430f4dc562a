import { z } from 'zod';
import { redact } from './redact.ts';

/** What the gateway itself reads of a call report; everything else is kept as it came. */
const envelope = z.looseObject({ segment: z.int().min(0).max(1_000_000).optional() });

export interface ReadReport {
  segment: number | null;
  /** JSON, free of secrets. */
  body: string;
}

/**
 * @returns undefined where it is no report
 * @throws TooDeepError
 */
export function readCallReport(body: unknown): ReadReport | undefined {
  const { success, data } = envelope.safeParse(body);
  if (!success) return undefined;
  return { segment: data.segment ?? null, body: JSON.stringify(redact(body)) };
}
