import { z } from 'zod';
import type { Page } from '../store/listing.ts';

const defaultPageSize = 20;

export const pageQuerySchema = z
  .strictObject({
    'page[number]': count(1_000_000).meta({ description: 'Counted from 1.' }),
    'page[size]': count(250).meta({ description: 'Default: 20.' }),
  })
  .partial();

export const pageMetaSchema = z.object({
  page_number: z.number(),
  page_size: z.number(),
  total_pages: z.number(),
  total_results: z.number(),
});

export function pageOf(query: {
  'page[number]'?: number | undefined;
  'page[size]'?: number | undefined;
}): Page {
  return { number: query['page[number]'] ?? 1, size: query['page[size]'] ?? defaultPageSize };
}

export function pageMetaOf({ number, size }: Page, total: number) {
  return {
    page_number: number,
    page_size: size,
    total_pages: Math.ceil(total / size),
    total_results: total,
  };
}

function count(most: number) {
  const error = `must be a whole number from 1 to ${String(most)}`;
  return z
    .string({ error })
    .regex(/^[1-9]\d{0,6}$/, { error })
    .transform(Number)
    .refine((value) => value <= most, { error });
}
