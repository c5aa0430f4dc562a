import { describe, expect, it } from 'vitest';
import type { Identity } from '../registrar/authenticator.ts';
import { callerIdentity, parseDestination } from './routing.ts';

const alice: Identity = {
  credentialId: 'c1',
  sipUsername: 'alice',
  displayName: 'Alice',
  callerNumbers: ['+15550100'],
  generateRingback: true,
  maxCalls: null,
};

describe('a dialled string', () => {
  it.each([
    ['bob', 'bob'],
    [' bob ', 'bob'],
    ['sip:bob@example.com', 'bob'],
    ['SIPS:bob@example.com;transport=tls', 'bob'],
    ['+15550100', '+15550100'],
  ])('%s is for user %s', (dialled, sipUsername) => {
    expect(parseDestination(dialled)).toEqual({ kind: 'user', sipUsername });
  });

  it.each(['echo', 'Echo', 'sip:echo@example.com'])('%s is the echo', (dialled) => {
    expect(parseDestination(dialled)).toEqual({ kind: 'echo' });
  });
});

describe('what a callee is shown', () => {
  it('is the user and its display name, where the caller claims nothing', () => {
    expect(callerIdentity(alice, { name: undefined, number: undefined })).toEqual({
      name: 'Alice',
      number: 'alice',
    });
  });

  it('is the number that the credential owns, and the name as claimed', () => {
    expect(callerIdentity(alice, { name: 'Sales', number: '+15550100' })).toEqual({
      name: 'Sales',
      number: '+15550100',
    });
  });

  it('is the user in place of a number that the credential does not own', () => {
    expect(callerIdentity(alice, { name: '', number: '+15559999' })).toEqual({
      name: 'Alice',
      number: 'alice',
    });
  });
});
