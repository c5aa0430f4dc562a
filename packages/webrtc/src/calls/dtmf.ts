/**
 * The tones of RFC 4733 §3.2, upper case.
 * @throws TypeError where there is anything else
 */
export function tonesOf(digits: string): string {
  const tones = digits.toUpperCase();
  if (/^[\dA-D*#]+$/.test(tones)) return tones;
  throw new TypeError('dtmf takes 0-9, A-D, * and #');
}
