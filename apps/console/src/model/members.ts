/** Reads what others wrote, by own members, without trusting its shape. */

export function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return new Map(Object.entries(value)).get(name);
}

/** Empty where there is no text. */
export function textOf(value: unknown, name: string): string {
  const text = memberOf(value, name);
  return typeof text === 'string' ? text : '';
}

/** Null where there is no finite number. */
export function numberOf(value: unknown, name: string): number | null {
  const number = memberOf(value, name);
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

export function listOf(value: unknown, name: string): readonly unknown[] {
  const list = memberOf(value, name);
  return Array.isArray(list) ? list : [];
}
