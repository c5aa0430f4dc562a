import { isRecord } from '@parley/protocol';

/** Reading the members of a result: one that is missing or of the wrong type reads as missing. */
export type Fields = Readonly<Record<string, unknown>>;

export function readText(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** @returns an empty object where the member is missing or no object */
export function readFields(fields: Fields, name: string): Fields {
  const value = fields[name];
  return isRecord(value) ? value : {};
}

/** @returns undefined where the text is no JSON object */
export function parseFields(text: unknown): Fields | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return isRecord(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
