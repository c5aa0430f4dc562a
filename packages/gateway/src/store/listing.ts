/** Counted from 1. */
export interface Page {
  number: number;
  size: number;
}

export interface Listing<Item> {
  items: readonly Item[];
  /** On all pages. */
  total: number;
}

const pageSize = 250;

/** Everything that a listing has, page by page. */
export async function listAll<Item>(list: (page: Page) => Promise<Listing<Item>>): Promise<Item[]> {
  const all: Item[] = [];
  for (let number = 1; ; number += 1) {
    const { items } = await list({ number, size: pageSize });
    all.push(...items);
    if (items.length < pageSize) return all;
  }
}
