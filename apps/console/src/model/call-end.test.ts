import { expect, it } from 'vitest';
import { type Ending, endSentence } from './call-end.ts';

const end = (change: Partial<Ending>): string =>
  endSentence({
    who: 'bob',
    direction: 'outbound',
    answered: false,
    endedHere: false,
    cause: undefined,
    causeCode: undefined,
    sipCode: undefined,
    ...change,
  });

it.each([
  ['an unknown user', { causeCode: 1, sipCode: 404 }, 'There is nobody called “bob” here.'],
  ['a user without a session', { causeCode: 20, sipCode: 480 }, 'bob is not signed in.'],
  ['a rejection', { causeCode: 17, sipCode: 486 }, 'bob is busy or declined the call.'],
  ['no answer', { causeCode: 19, sipCode: 480 }, 'No answer from bob.'],
  ['a full gateway', { causeCode: 42, sipCode: 503 }, 'The gateway has no room for another call now.'],
  ['a cancelled call', { endedHere: true, causeCode: 16, sipCode: 487 }, 'You cancelled the call.'],
  ['a hangup here', { endedHere: true, answered: true, causeCode: 16 }, 'You hung up.'],
  ['a hangup there', { answered: true, causeCode: 16 }, 'bob hung up.'],
  ['a hangup there without a cause', { answered: true }, 'bob hung up.'],
  ['a lost network', { answered: true, causeCode: 38 }, 'The network between you and bob failed.'],
  ['a fault of the gateway', { causeCode: 41, sipCode: 503 }, 'The gateway could not connect the call.'],
  [
    'a gateway that stops',
    { answered: true, causeCode: 41, sipCode: 503 },
    'The gateway could not keep the call with bob.',
  ],
  [
    'a far end that is gone for good',
    { answered: true, causeCode: 27, sipCode: 502 },
    'The connection to bob was lost.',
  ],
  [
    'a call that nothing could bring back',
    { answered: true, causeCode: 102 },
    'The call with bob was lost, and could not be restored.',
  ],
  ['no answer to an invitation', { causeCode: 102 }, 'The other side did not respond in time.'],
  ['a cause without words', { cause: 'ODD', causeCode: 99 }, 'The call has ended (ODD, 99).'],
  ['nothing known', {}, 'The call has ended.'],
  ['a missed call', { direction: 'inbound', sipCode: 487 }, 'Missed call.'],
  ['a call that rang out', { direction: 'inbound', causeCode: 19, sipCode: 480 }, 'Missed call.'],
  ['a declined call', { direction: 'inbound', endedHere: true, causeCode: 17 }, 'You declined the call.'],
  ['a call taken elsewhere', { direction: 'inbound', cause: 'LOSE_RACE' }, 'Answered on another device.'],
  [
    'an incoming call that failed',
    { direction: 'inbound', causeCode: 41 },
    'The gateway could not connect the call.',
  ],
] satisfies [string, Partial<Ending>, string][])('%s', (_what, ending, sentence) => {
  expect(end(ending)).toBe(sentence);
});

it('a name with the characters of a replacement pattern stays as it is', () => {
  expect(end({ who: '$&$1', causeCode: 20 })).toBe('$&$1 is not signed in.');
});
