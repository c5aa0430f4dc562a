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

/* @__NO_SIDE_EFFECTS__ */
export function entry<N extends string>(name: N, message: string, solution: string): ICatalogueEntry<N> {
  return { name, message, description: `${message}.`, causes: [], solutions: [solution] };
}

/* @__NO_SIDE_EFFECTS__ */
export function codesByName<C extends number, T extends Record<C, ICatalogueEntry>>(
  catalogue: T,
): { readonly [K in keyof T & C as T[K]['name']]: K };
export function codesByName(catalogue: Record<number, ICatalogueEntry>): Record<string, number> {
  return Object.fromEntries(Object.entries(catalogue).map(([code, { name }]) => [name, Number(code)]));
}
