import { describe, expect, it } from 'vitest';
import { causes, fromName, fromQ850, fromSip } from './index.ts';

const table = Object.entries(causes);

describe('causes', () => {
  it.each(table)('%s is found by its number and by its word', (_name, cause) => {
    expect(fromQ850(cause.causeCode)).toBe(cause);
    expect(fromName(cause.cause)).toBe(cause);
  });

  it.each(table.filter(([, { sipCode }]) => sipCode !== undefined))(
    '%s has a SIP status that leads back to a cause with the same status and reason phrase',
    (_name, { sipCode, sipReason }) => {
      expect(fromSip(sipCode ?? 0)).toMatchObject({ sipCode, sipReason });
    },
  );

  it('each carry a number and a word of their own', () => {
    expect(new Set(table.map(([, { causeCode }]) => causeCode)).size).toBe(table.length);
    expect(new Set(table.map(([, { cause }]) => cause)).size).toBe(table.length);
  });

  it.each([
    [causes.unallocatedNumber, 1, 404],
    [causes.subscriberAbsent, 20, 480],
    [causes.userBusy, 17, 486],
    [causes.noAnswer, 19, 480],
    [causes.originatorCancel, 487, 487],
    [causes.noCapacity, 42, 503],
    [causes.incompatibleDestination, 88, 488],
    [causes.recoveryOnTimerExpire, 102, 408],
  ])('$cause carries the number and the status that Telnyx documents', (cause, causeCode, sipCode) => {
    expect(cause).toMatchObject({ causeCode, sipCode });
  });
});

describe('fromSip', () => {
  it.each(Array.from({ length: 300 }, (_, index) => 400 + index))(
    'given the final status %i, keeps it and names a cause of the table',
    (status) => {
      const cause = fromSip(status);
      expect(cause.sipCode).toBe(status);
      expect(fromName(cause.cause)?.causeCode).toBe(cause.causeCode);
    },
  );

  it.each([
    [404, 'UNALLOCATED_NUMBER'],
    [486, 'USER_BUSY'],
    [600, 'USER_BUSY'],
    [487, 'ORIGINATOR_CANCEL'],
    [603, 'CALL_REJECTED'],
    [408, 'RECOVERY_ON_TIMER_EXPIRE'],
    [488, 'INCOMPATIBLE_DESTINATION'],
    [606, 'INCOMPATIBLE_DESTINATION'],
    [699, 'INTERWORKING'],
  ])('given %i, says %s', (status, cause) => {
    expect(fromSip(status).cause).toBe(cause);
  });

  it('given a status that is no failure, says a normal end', () => {
    expect([0, 100, 200, 302, 700].map((status) => fromSip(status))).toEqual(
      Array.from({ length: 5 }, () => causes.normalClearing),
    );
  });
});

describe('fromQ850', () => {
  it.each([
    [30, 'NORMAL_UNSPECIFIED'],
    [46, 'RESOURCE_UNAVAILABLE'],
    [50, 'SERVICE_UNAVAILABLE'],
    [70, 'SERVICE_NOT_IMPLEMENTED'],
    [91, 'INVALID_MSG_UNSPECIFIED'],
    [100, 'PROTOCOL_ERROR'],
    [126, 'INTERWORKING'],
    [4242, 'NORMAL_UNSPECIFIED'],
  ])('given %i, which is not in the table, says the unspecified cause of its class', (code, cause) => {
    expect(fromQ850(code)).toMatchObject({ cause, causeCode: code });
  });
});

describe('fromName', () => {
  it.each(['', '__proto__', 'constructor', 'user_busy'])(
    'given %j, which is no cause, says nothing',
    (name) => {
      expect(fromName(name)).toBeUndefined();
    },
  );
});
