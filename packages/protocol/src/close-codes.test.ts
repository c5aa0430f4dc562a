import { describe, expect, it } from 'vitest';
import { CloseCode, redialAfter } from './index.ts';

describe('redialAfter [CLOSE-1]', () => {
  it('leaves only the ends that the application must decide about without a redial', () => {
    const final = Object.values(CloseCode).filter((code) => redialAfter(code) === 'never');
    expect(final).toEqual([CloseCode.revoked, CloseCode.displaced]);
  });

  it.each([CloseCode.goingAway, CloseCode.noStatus, CloseCode.abnormal])(
    'treats %i alike: dial again at once',
    (code) => {
      expect(redialAfter(code)).toBe('atOnce');
    },
  );

  it('waits before it dials a gateway that restarts, is full or was misused', () => {
    const { serviceRestart, tryAgainLater, policyViolation } = CloseCode;
    expect([serviceRestart, tryAgainLater, policyViolation].map(redialAfter)).toEqual(
      Array.from({ length: 3 }, () => 'withBackoff'),
    );
  });

  it('takes an unknown code for the network’s doing', () => {
    expect([3000, 4999, Number.NaN].map(redialAfter)).toEqual(['atOnce', 'atOnce', 'atOnce']);
  });
});
