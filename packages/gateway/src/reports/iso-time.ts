/** ISO 8601 has four digits for a year, unless both sides agreed on more. */
const latest = Date.parse('9999-12-31T23:59:59.999Z');

/** @returns ISO 8601, UTC, whatever is asked: a time that is none is that of the epoch, one too far off the nearest */
export const isoTime = (at: number): string =>
  new Date(Math.min(Math.max(Number.isNaN(at) ? 0 : at, 0), latest)).toISOString();
