import fc from 'fast-check';
import { describe, it } from 'vitest';

import { toPublicState } from '../api/call-state.ts';
import {
  callMachine,
  INBOUND,
  OUTBOUND,
  type CallEffect,
  type CallEvent,
  type CallState,
} from './call-machine.ts';
import { REJECTED } from './ending.ts';

/** The graph of public states; an edge to itself is no change. */
const NEXT: Readonly<Record<string, readonly string[]>> = {
  new: ['requesting', 'hangup'],
  requesting: ['trying', 'early', 'active', 'recovering', 'hangup'],
  trying: ['early', 'active', 'recovering', 'hangup'],
  early: ['active', 'recovering', 'hangup'],
  ringing: ['answering', 'hangup'],
  answering: ['active', 'recovering', 'hangup'],
  active: ['held', 'recovering', 'hangup'],
  held: ['active', 'recovering', 'hangup'],
  recovering: ['active', 'held', 'hangup'],
  hangup: ['destroy'],
  destroy: [],
};

const sdp = fc.constantFrom('one', 'two', undefined);
const event: fc.Arbitrary<CallEvent> = fc.oneof(
  fc.constantFrom<CallEvent>(
    { type: 'answer' },
    { type: 'hangup' },
    { type: 'offerReady' },
    { type: 'answerReady' },
    { type: 'described' },
    { type: 'remade' },
    { type: 'remakeFailed' },
    { type: 'failed', failure: 'media-lost', error: undefined },
    { type: 'failed', failure: 'microphone-denied', error: undefined },
    { type: 'failed', failure: 'remote-description', error: undefined },
    { type: 'accepted' },
    { type: 'requestLost' },
    { type: 'refused', error: undefined },
    { type: 'unanswered', error: undefined },
    { type: 'alerting' },
    { type: 'bye', ending: REJECTED },
    { type: 'offered', sdp: 'offer' },
    { type: 'holdChanged', held: true },
    { type: 'holdChanged', held: false },
    { type: 'resumed', survived: true },
    { type: 'resumed', survived: false },
    { type: 'resumed', survived: undefined },
    { type: 'abandoned' },
    { type: 'byeDone' },
    { type: 'elapsed' },
  ),
  fc.record({ type: fc.constant('media' as const), sdp, audible: fc.boolean() }),
  fc.record({ type: fc.constant('answered' as const), sdp }),
);

interface Step {
  readonly from: CallState;
  readonly event: CallEvent;
  readonly to: CallState;
  readonly effects: readonly CallEffect[];
}

function run(initial: CallState, events: readonly CallEvent[]): readonly Step[] {
  const steps: Step[] = [];
  let from = initial;
  for (const each of events) {
    const { state: to, effects } = callMachine.transition(from, each);
    steps.push({ from, event: each, to, effects });
    from = to;
  }
  return steps;
}

const calls = fc
  .tuple(fc.constantFrom(OUTBOUND, INBOUND), fc.array(event, { maxLength: 40 }))
  .map(([initial, events]) => run(initial, events));

function count(steps: readonly Step[], type: CallEffect['type']): number {
  return steps.flatMap(({ effects }) => effects).filter((effect) => effect.type === type).length;
}

const options = { numRuns: 3_000 };

describe('a call, given any events in any order [PROG-4]', () => {
  it('moves along the graph of public states only', () => {
    fc.assert(
      fc.property(calls, (steps) =>
        steps.every(({ from, to }) => {
          const [before, after] = [toPublicState(from), toPublicState(to)];
          return before === after || NEXT[before]?.includes(after);
        }),
      ),
      options,
    );
  });

  it('ends at most once, never comes back, and asks for nothing afterwards', () => {
    fc.assert(
      fc.property(calls, (steps) => {
        const live = ({ name }: CallState): boolean => name !== 'ending' && name !== 'ended';
        const ends = steps.filter(({ from, to }) => live(from) && !live(to));
        const after = steps.filter(({ from }) => !live(from));
        return (
          ends.length <= 1 &&
          count(steps, 'release') === ends.length &&
          count(steps, 'sendBye') + count(steps, 'finish') === ends.length &&
          after.every(({ to, effects }) => !live(to) && effects.length === 0)
        );
      }),
      options,
    );
  });

  it('asks the browser to apply at most one answer', () => {
    fc.assert(
      fc.property(calls, (steps) => count(steps, 'acceptAnswer') <= 1),
      options,
    );
  });

  it('never sounds before the person has answered it', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const unanswered = events.filter(({ type }) => type !== 'answer');
        return count(run(INBOUND, unanswered), 'play') === 0;
      }),
      options,
    );
  });

  it('waits for nothing without a deadline, people excepted', () => {
    fc.assert(
      fc.property(calls, (steps) =>
        steps.every(({ to }) => {
          const waitsForServer =
            to.name === 'ending' ||
            to.name === 'answering' ||
            (to.name === 'inviting' && to.request !== 'accepted') ||
            (to.name === 'established' && to.remaking > 0);
          return !waitsForServer || callMachine.deadline(to) !== undefined;
        }),
      ),
      options,
    );
  });
});
