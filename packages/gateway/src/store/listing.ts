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
