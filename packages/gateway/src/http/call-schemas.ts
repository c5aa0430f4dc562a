import type { CallFileSummary } from '@parley/protocol';
import { z } from 'zod';
import type { CallFilter } from '../store/archived-calls.ts';
import { pageMetaSchema, pageQuerySchema } from './pages.ts';

const time = z.iso
  .datetime({ offset: true, error: 'must be a time of ISO 8601, such as 2026-01-31T12:00:00Z' })
  .transform((text) => Date.parse(text));
const score = z.coerce
  .number({ error: 'must be a number from 1 to 5' })
  .min(1, { error: 'must be a number from 1 to 5' })
  .max(5, { error: 'must be a number from 1 to 5' });
const words = z
  .string()
  .min(1, { error: 'must not be empty' })
  .max(256, { error: 'must have at most 256 characters' });

export const callQuerySchema = pageQuerySchema.extend({
  'filter[user]': words.optional().meta({ description: 'The user name of one of its parties.' }),
  'filter[number]': words
    .optional()
    .meta({ description: 'A part of the number that called, or of what was dialled.' }),
  'filter[call_id]': words
    .optional()
    .meta({ description: 'The id of the call, or that of one of its legs at its client.' }),
  'filter[from]': time.optional().meta({ description: 'It began then or later.' }),
  'filter[to]': time.optional().meta({ description: 'It began before.' }),
  'filter[cause]': words.optional().meta({ description: 'The name of its cause, such as `USER_BUSY`.' }),
  'filter[min_mos]': score.optional().meta({ description: 'Its mean score is so high or higher.' }),
  'filter[max_mos]': score.optional().meta({ description: 'Its mean score is so low or lower.' }),
});

const filterOf = {
  'filter[user]': 'user',
  'filter[number]': 'number',
  'filter[call_id]': 'callId',
  'filter[from]': 'from',
  'filter[to]': 'to',
  'filter[cause]': 'cause',
  'filter[min_mos]': 'minMos',
  'filter[max_mos]': 'maxMos',
} as const satisfies Record<string, keyof CallFilter>;

export function toFilter(query: z.output<typeof callQuerySchema>): CallFilter {
  const given = Object.entries(filterOf).flatMap(([name, member]) => {
    const value: unknown = Reflect.get(query, name);
    return value === undefined ? [] : [[member, value]];
  });
  return Object.fromEntries(given) as CallFilter;
}

const isoTime = z.string().meta({ description: 'ISO 8601, UTC.' });

const callSummarySchema: z.ZodType<CallFileSummary> = z.object({
  id: z.string(),
  callerName: z.string(),
  callerNumber: z.string(),
  destination: z.string().meta({ description: 'What the caller dialled.' }),
  caller: z.string().meta({ description: 'The user name.' }),
  callee: z.string().exactOptional(),
  startedAt: isoTime,
  answeredAt: isoTime.exactOptional(),
  endedAt: isoTime.exactOptional(),
  durationSeconds: z.number().meta({ description: 'From the answer to the end, or until now.' }),
  cause: z.string().exactOptional(),
  causeCode: z.number().exactOptional().meta({ description: 'ITU-T Q.850.' }),
  mos: z
    .number()
    .exactOptional()
    .meta({ description: 'Mean opinion score by ITU-T G.107, from 1 to 4.5, as reported by its clients.' }),
  worst: z
    .object({ at: isoTime, mos: z.number() })
    .exactOptional()
    .meta({ description: 'Its worst second.' }),
});

export const callListSchema = z.object({ data: z.array(callSummarySchema), meta: pageMetaSchema });

const record = z.object({
  timestamp: isoTime,
  level: z.enum(['debug', 'info', 'warn', 'error']),
  message: z.string(),
  context: z.record(z.string(), z.unknown()).exactOptional(),
});

/** For the document; the file itself is made as text. */
export const callFileSchema: z.ZodType = z
  .object({
    format: z.literal('parley-call'),
    version: z.literal(1),
    exportedAt: isoTime,
    nodeId: z.string(),
    call: callSummarySchema,
    legs: z.array(
      z.object({
        callId: z.string().optional(),
        callReportId: z.string().optional(),
        role: z.enum(['caller', 'callee']),
        user: z.string().optional(),
        startedAt: isoTime,
        endedAt: isoTime.optional(),
        cause: z.string().optional(),
        causeCode: z.number().optional(),
        clockOffsetMs: z.number().optional(),
        events: z.array(record),
        media: z.array(z.looseObject({ at: isoTime })),
        reports: z.array(z.looseObject({})),
        debug: z.array(record),
        debugRows: z.array(z.looseObject({})),
      }),
    ),
  })
  .meta({
    description: 'All that is known of a call. Its members are those of `CallFile` of @parley/protocol.',
  });
