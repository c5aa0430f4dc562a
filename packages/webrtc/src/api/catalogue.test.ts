import { describe, expect, it } from 'vitest';

import {
  isMediaRecoveryErrorEvent,
  SDK_ERRORS,
  TELNYX_ERROR_CODES,
  TelnyxError,
  type TelnyxErrorCode,
} from './errors.ts';
import { SDK_WARNINGS, TELNYX_WARNING_CODES, toWarning } from './warnings.ts';

describe.each([
  ['errors', SDK_ERRORS, TELNYX_ERROR_CODES],
  ['warnings', SDK_WARNINGS, TELNYX_WARNING_CODES],
] as const)('the catalogue of %s', (_name, catalogue, codes) => {
  it('says of each code what happened and what to do, and finds each by its name', () => {
    const entries = Object.entries(catalogue);
    for (const [code, { name, message, description, solutions }] of entries) {
      expect(name).toMatch(/^[A-Z][A-Z_]+$/);
      expect(message).toMatch(/^[A-Z].*[^.]$/);
      expect(description).toBe(`${message}.`);
      expect(solutions).toHaveLength(1);
      expect(Object.entries(codes)).toContainEqual([name, Number(code)]);
    }
    expect(Object.keys(codes)).toHaveLength(entries.length);
  });
});

describe('an error of the catalogue', () => {
  it('is an error that says what it knows, and keeps to itself what caused it when it is written', () => {
    const cause = new Error('Login Incorrect');
    const error = new TelnyxError(46001, cause);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ code: 46001, name: 'LOGIN_FAILED', fatal: true, originalError: cause });
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      code: 46001,
      name: 'LOGIN_FAILED',
      message: 'The login was refused',
      description: 'The login was refused.',
      causes: [],
      solutions: ['Give login and password, or login_token.'],
      fatal: true,
    });
  });

  it('is fatal where the vendor says so', () => {
    const passing = Object.entries(SDK_ERRORS).filter(([, { fatal }]) => !fatal);
    expect(passing.map(([code]) => Number(code))).toEqual([
      44001, 44003, 44004, 45002, 45004, 46003, 47001, 48001,
    ] satisfies TelnyxErrorCode[]);
  });
});

describe('a warning of the catalogue', () => {
  it('carries its code', () => {
    expect(toWarning(33101)).toMatchObject({ code: 33101, name: 'AUDIO_PLAYBACK_BLOCKED' });
  });
});

describe('isMediaRecoveryErrorEvent', () => {
  it.each([
    [{ recoverable: true }, true],
    [{ recoverable: false }, false],
    [{}, false],
    [null, false],
    ['text', false],
  ])('of %j is %s', (event, expected) => {
    expect(isMediaRecoveryErrorEvent(event)).toBe(expected);
  });
});
