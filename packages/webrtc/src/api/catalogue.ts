/** What the catalogues of errors and warnings say of one code. */
export interface ICatalogueEntry<N extends string = string> {
  readonly name: N;
  readonly message: string;
  /** What happened, in a sentence. */
  readonly description: string;
  readonly causes: readonly string[];
  /** What to do about it. */
  readonly solutions: readonly string[];
}

/** Name, what happened, and what to do about it. */
export type Row<N extends string = string> = readonly [name: N, message: string, solution: string];

export function toEntry<N extends string>([name, message, solution]: Row<N>): ICatalogueEntry<N> {
  return { name, message, description: `${message}.`, causes: [], solutions: [solution] };
}

/* @__NO_SIDE_EFFECTS__ */
export function joinTables<A extends object, B extends object>(a: A, b: B): A & B {
  return { ...a, ...b };
}

/* @__NO_SIDE_EFFECTS__ */
export function mapRows<C extends number, R extends readonly [...Row, ...unknown[]], T>(
  table: Readonly<Record<C, R>>,
  map: (row: R) => T,
): Readonly<Record<C, T>>;
export function mapRows(table: Record<number, Row>, map: (row: Row) => unknown): Record<number, unknown> {
  return Object.fromEntries(Object.entries(table).map(([code, row]) => [code, map(row)]));
}

/* @__NO_SIDE_EFFECTS__ */
export function codesByName<C extends number, T extends Readonly<Record<C, readonly [string, ...unknown[]]>>>(
  table: T,
): { readonly [K in keyof T & C as T[K][0]]: K };
export function codesByName(table: Record<number, readonly [string, ...unknown[]]>): Record<string, number> {
  return Object.fromEntries(Object.entries(table).map(([code, [name]]) => [name, Number(code)]));
}
