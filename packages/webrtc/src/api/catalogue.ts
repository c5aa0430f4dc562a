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

export type CodesByName<T extends Record<number, ICatalogueEntry>> = {
  readonly [C in keyof T as T[C] extends ICatalogueEntry<infer N> ? N : never]: C;
};

/* @__NO_SIDE_EFFECTS__ */
export function codesByName<T extends Record<number, ICatalogueEntry>>(catalogue: T): CodesByName<T> {
  const codes = Object.entries(catalogue).map(([code, { name }]) => [name, Number(code)]);
  return Object.fromEntries(codes) as CodesByName<T>;
}
