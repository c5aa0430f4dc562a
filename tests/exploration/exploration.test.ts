/**
 * Every world of one call between two people is visited that a bounded number of faults leads to. The machines are the
 * real ones; each promise is also shown to be broken by machines that were broken on purpose.
 */
import { describe, expect, it } from 'vitest';
import { exploring, expectKept, type Case } from './exploration.fixture.ts';
import { MACHINES, type Machines } from './turn.ts';

const kept: readonly [string, Case][] = [
  ['nothing fails, and every step of media takes its time', { setting: { isQuick: false } }],
  [
    'the gateway plays the ringback, and the callee describes itself with the answer',
    { setting: { early: 'ringback', preAnswers: false } },
  ],
  ['the caller is told nothing ahead of the answer', { setting: { early: 'withheld' } }],
  ['messages overtake each other', { setting: { reorders: true } }],
  ['a message comes twice', { faults: { repeats: 1 } }],
  ['a message is lost, and its socket with it', { faults: { losses: 1 } }],
  ['a socket closes, does not open, or seems dead', { faults: { cuts: 1 } }],
  ['a deadline comes while something is on its way', { faults: { delays: 1 } }],
  ['media fails', { faults: { failures: 1 } }],
  ['somebody goes for good, or is away for too long', { faults: { departures: 1 } }],
  ['a page is loaded again', { faults: { reloads: 1 } }],
  ['the gateway starts again', { faults: { restarts: 1 } }],
];

describe('a call', () => {
  it.each(kept)('keeps every promise where %s [PROG-4, INV-3, RESUME-6]', (_, which) => {
    expectKept(which);
  });

  it('to somebody who is signed in twice has one owner [INV-6]', () => {
    expectKept({ present: ['alice', 'bob', 'bobby'], setting: { preAnswers: false, early: 'withheld' } });
  });

  it('ends in these ways where nothing fails, and for whoever did not end it as the gateway says [CAUSE-1, BYE-2]', () => {
    expect(exploring({ setting: { tellsCauses: true } }).endings).toEqual([
      'bob: NORMAL_CLEARING, alice NORMAL_CLEARING, bob NORMAL_CLEARING',
      'bob: NORMAL_CLEARING, alice ORIGINATOR_CANCEL, bob NORMAL_CLEARING',
      'bob: ORIGINATOR_CANCEL, alice ORIGINATOR_CANCEL, bob NORMAL_CLEARING',
      'bob: ORIGINATOR_CANCEL, alice ORIGINATOR_CANCEL, bob ORIGINATOR_CANCEL',
      'nobody: NO_ANSWER, alice NO_ANSWER, bob NORMAL_CLEARING',
      'nobody: NO_ANSWER, alice NO_ANSWER, bob NO_ANSWER',
      'nobody: NO_ANSWER, alice NO_ANSWER, bob USER_BUSY',
      'nobody: NO_ANSWER, alice ORIGINATOR_CANCEL, bob NORMAL_CLEARING',
      'nobody: NO_ANSWER, alice ORIGINATOR_CANCEL, bob NO_ANSWER',
      'nobody: NO_ANSWER, alice ORIGINATOR_CANCEL, bob USER_BUSY',
      'nobody: ORIGINATOR_CANCEL, alice ORIGINATOR_CANCEL, bob NORMAL_CLEARING',
      'nobody: ORIGINATOR_CANCEL, alice ORIGINATOR_CANCEL, bob ORIGINATOR_CANCEL',
      'nobody: ORIGINATOR_CANCEL, alice ORIGINATOR_CANCEL, bob USER_BUSY',
      'nobody: USER_BUSY, alice ORIGINATOR_CANCEL, bob USER_BUSY',
      'nobody: USER_BUSY, alice USER_BUSY, bob USER_BUSY',
    ]);
  });
});

type Break = Partial<Machines>;

const { clientCall, gatewayCall, session } = MACHINES;

/** Each with what is found, and the faults that it takes. */
const broken: readonly [string, Break, RegExp, Case?][] = [
  [
    'a client whose call an answer brings back',
    {
      clientCall: {
        ...clientCall,
        transition: (state, event) =>
          state.name === 'ending' && event.type === 'answered'
            ? { state: { name: 'established', held: false, remaking: 0 }, effects: [] }
            : clientCall.transition(state, event),
      },
    },
    /^alice's call had ended, and is established/,
  ],
  [
    'a client that keeps its microphone',
    {
      clientCall: {
        ...clientCall,
        transition: (state, event) => {
          const step = clientCall.transition(state, event);
          return { ...step, effects: step.effects.filter(({ type }) => type !== 'release') };
        },
      },
    },
    /^alice's call goes from inviting to ending/,
  ],
  [
    'a client whose deadline changes nothing',
    {
      clientCall: {
        ...clientCall,
        deadline: ({ name }) =>
          name === 'ringing' ? { name, afterMs: 1_000, event: { type: 'elapsed' } } : undefined,
      },
    },
    /^What follows never ends/,
  ],
  [
    'a client that does not connect again',
    {
      session: {
        ...session,
        transition: (state, event) =>
          event.type === 'closed' ? { state, effects: [] } : session.transition(state, event),
      },
    },
    /^It goes no further, and (alice|bob) is neither there nor away/,
    { faults: { cuts: 1 } },
  ],
  [
    'a gateway that lets the phone ring for ever',
    { gatewayDeadlines: () => [] },
    /^It goes no further, and the gateway waits for alice/,
  ],
  [
    'a gateway whose call outlives a bye',
    {
      gatewayCall: (state, event) => {
        const step = gatewayCall(state, event);
        return event.type === 'bye' ? { ...step, state } : step;
      },
    },
    /which has ended|at the client alone|goes no further/,
  ],
  [
    'a gateway that forgets which calls have ended',
    { remembersEnds: false },
    /^one call was made twice/,
    { faults: { repeats: 1 }, setting: { reorders: true } },
  ],
  [
    'a gateway that lets everybody answer',
    {
      gatewayCall: (state, event) => {
        if (state.name === 'established' && event.type === 'bye') return { state, effects: [] };
        if (state.name === 'established' && event.type === 'answer') {
          return { state: { ...state, far: { kind: 'callee', leg: event.leg } }, effects: [] };
        }
        const { state: next, effects } = gatewayCall(state, event);
        return { state: next, effects: event.type === 'answer' ? [] : effects };
      },
    },
    /^the call was bob's, and is bobby's/,
    { present: ['alice', 'bob', 'bobby'] },
  ],
  [
    'a gateway that tells of an answer when it rings',
    {
      gatewayCall: (state, event) => {
        const step = gatewayCall(state, event);
        const isRinging = event.type === 'ringing' && state.name === 'inviting';
        return isRinging ? { ...step, effects: [...step.effects, { do: 'tellAnswer', sdp: '0' }] } : step;
      },
    },
    /^alice talks, and nobody has answered/,
  ],
];

describe('of machines that are broken on purpose, the exploration finds', () => {
  it.each(broken)('%s', (_, machines, what, more = {}) => {
    expect(exploring({ machines, ...more }).finding).toMatch(what);
  });

  it('a gateway that says why in words of its own', () => {
    const told: Break = {
      gatewayCall: (state, event) => {
        const step = gatewayCall(state, event);
        const effects = step.effects.map((effect) =>
          effect.do === 'endLeg' ? { ...effect, cause: { cause: 'OTHER', causeCode: 31 } } : effect,
        );
        return { ...step, effects };
      },
    };
    const { endings } = exploring({ machines: told, setting: { tellsCauses: true } });
    expect(endings).toContain('bob: NORMAL_CLEARING, alice OTHER, bob NORMAL_CLEARING');
  });
});
