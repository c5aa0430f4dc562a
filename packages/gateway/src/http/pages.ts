import type { Page } from '../store/listing.ts';

const defaultPageSize = 20;

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
