import { TELNYX_ERROR_CODES, TELNYX_WARNING_CODES } from '@parley/webrtc';
import { expect, it } from 'vitest';
import { errorTrouble, isKnownCode, warningTrouble } from './troubles.ts';

const errors = Object.entries(TELNYX_ERROR_CODES);
const warnings = Object.entries(TELNYX_WARNING_CODES);

it.each([...errors, ...warnings])('%s has a sentence of its own', (_name, code) => {
  expect(isKnownCode(code)).toBe(true);
});

it.each([
  ...errors.map(([name, code]) => ({ name, trouble: errorTrouble(code) })),
  ...warnings.map(([name, code]) => ({ name, trouble: warningTrouble(code) })),
])('$name is told in whole sentences', ({ trouble }) => {
  expect(trouble.what).toMatch(/^(\p{Lu}|\{who\}).*\.$/u);
  expect(trouble.todo).toMatch(/^$|\.$|^\{remedy\}$/);
});

it('a code that this console does not know still has words, with the code in them', () => {
  expect(errorTrouble(49999)).toMatchObject({ place: 'page', what: expect.stringContaining('49999') });
  expect(warningTrouble(39999).place).toBe('log');
});
