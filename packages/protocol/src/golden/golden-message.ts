/** A frame as it travels, and what a decoder must make of it. */
export interface GoldenMessage<Decoded> {
  /** Who sends it, and when. */
  name: string;
  frame: { readonly id?: string | number; readonly [member: string]: unknown };
  decoded: Decoded;
}
