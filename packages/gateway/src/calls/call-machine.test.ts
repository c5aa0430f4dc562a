import { causes } from '@parley/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callDeadlines } from './call-deadlines.ts';
import type { CallEffect, CallEvent } from './call-events.ts';
import { callTransition } from './call-machine.ts';
import { type CallState, type EarlyDescription, startedCall } from './call-state.ts';

const twoPlaces = (early: EarlyDescription = 'ringback'): CallState =>
  startedCall('alice', early, { kind: 'callees', legs: ['bob-desk', 'bob-mobile'] });

function run(start: CallState, ...events: CallEvent[]): { state: CallState; effects: CallEffect[] } {
  let state = start;
  const effects: CallEffect[] = [];
  for (const event of events) {
    const step = callTransition(state, event);
    state = step.state;
    effects.push(...step.effects);
  }
  return { state, effects };
}

const accepted: CallEvent = { type: 'accepted', sdp: 'to-alice' };
const offered = (leg: string): CallEvent => ({ type: 'offered', leg, sdp: `to-${leg}` });
const ringing = (leg: string): CallEvent => ({ type: 'ringing', leg });
const answer = (leg: string): CallEvent => ({ type: 'answer', leg, sdp: `from-${leg}` });

describe('a call that rings in two places', () => {
  it('tells the caller once that it rings, and plays ringback from then on', () => {
    const { effects } = run(
      twoPlaces(),
      accepted,
      offered('bob-desk'),
      offered('bob-mobile'),
      ringing('bob-desk'),
      ringing('bob-mobile'),
    );
    expect(effects).toEqual([
      { do: 'tellMedia', sdp: 'to-alice', audible: true },
      { do: 'invite', leg: 'bob-desk', sdp: 'to-bob-desk' },
      { do: 'invite', leg: 'bob-mobile', sdp: 'to-bob-mobile' },
      { do: 'tellRinging' },
      { do: 'playRingback' },
    ]);
  });

  it('answered in one place, is established there and lost in the other', () => {
    const { state, effects } = run(twoPlaces(), accepted, answer('bob-mobile'), answer('bob-desk'));
    expect(state).toMatchObject({ name: 'established', far: { kind: 'callee', leg: 'bob-mobile' } });
    expect(effects.slice(1)).toEqual([
      { do: 'applyAnswer', leg: 'bob-mobile', sdp: 'from-bob-mobile' },
      { do: 'bridge', legs: ['alice', 'bob-mobile'] },
      { do: 'tellAnswer', sdp: null },
      { do: 'endLeg', leg: 'bob-desk', cause: causes.loseRace, tell: true },
    ]);
  });

  it('rejected in one place, goes on ringing in the other; rejected in both, ends', () => {
    const rejected = (leg: string): CallEvent => ({ type: 'bye', leg, cause: causes.userBusy });
    const once = run(twoPlaces(), rejected('bob-desk'));
    expect(once.state.name).toBe('inviting');
    const twice = run(once.state, rejected('bob-mobile'));
    expect(twice.state).toEqual({ name: 'ended', cause: causes.userBusy });
    expect(twice.effects).toContainEqual({ do: 'endLeg', leg: 'alice', cause: causes.userBusy, tell: true });
  });

  it('cancelled by the caller, ends as cancelled whatever cause the client gives', () => {
    const { state, effects } = run(twoPlaces(), { type: 'bye', leg: 'alice', cause: causes.userBusy });
    expect(state).toEqual({ name: 'ended', cause: causes.originatorCancel });
    expect(effects).toEqual([
      { do: 'endLeg', leg: 'alice', cause: causes.originatorCancel, tell: false },
      { do: 'endLeg', leg: 'bob-desk', cause: causes.originatorCancel, tell: true },
      { do: 'endLeg', leg: 'bob-mobile', cause: causes.originatorCancel, tell: true },
    ]);
  });

  it('answered by nobody in time, ends unanswered', () => {
    expect(run(twoPlaces(), accepted, { type: 'ringTimeout' }).state).toEqual({
      name: 'ended',
      cause: causes.noAnswer,
    });
  });
});

describe('the caller gets its description', () => {
  const answerTold = (early: EarlyDescription, ...events: CallEvent[]) =>
    run(twoPlaces(early), ...events).effects.filter(
      ({ do: what }) => what === 'tellMedia' || what === 'tellAnswer',
    );

  it('before the answer, silently, where its client can take it so', () => {
    expect(answerTold('warm', accepted, answer('bob-desk'))).toEqual([
      { do: 'tellMedia', sdp: 'to-alice', audible: false },
      { do: 'tellAnswer', sdp: null },
    ]);
  });

  it('with the answer, where neither ringback nor its client allows it before', () => {
    expect(answerTold('withheld', accepted, answer('bob-desk'))).toEqual([
      { do: 'tellAnswer', sdp: 'to-alice' },
    ]);
  });

  it('as soon as it is there, where the callee was faster', () => {
    expect(answerTold('withheld', answer('bob-desk'), accepted)).toEqual([
      { do: 'tellAnswer', sdp: 'to-alice' },
    ]);
  });
});

describe('a callee that answered its media while it rang', () => {
  it('is established by an answer without a description, and its media is applied once', () => {
    const { state, effects } = run(
      twoPlaces(),
      accepted,
      { type: 'preAnswer', leg: 'bob-desk', sdp: 'early' },
      { type: 'answer', leg: 'bob-desk', sdp: null },
    );
    expect(state.name).toBe('established');
    expect(effects.filter((effect) => effect.do === 'applyAnswer')).toEqual([
      { do: 'applyAnswer', leg: 'bob-desk', sdp: 'early' },
    ]);
  });

  it('is not established by an answer without a description where none came before', () => {
    expect(run(twoPlaces(), accepted, { type: 'answer', leg: 'bob-desk', sdp: null }).state.name).toBe(
      'inviting',
    );
  });
});

describe('an established call', () => {
  const talking = run(twoPlaces(), accepted, answer('bob-desk')).state;

  it('is held by either leg, and by both', () => {
    const { state } = run(
      talking,
      { type: 'hold', leg: 'alice', held: true },
      { type: 'hold', leg: 'bob-desk', held: true },
      { type: 'hold', leg: 'alice', held: false },
    );
    expect(state).toMatchObject({ held: ['bob-desk'] });
  });

  it('with lost media, offers that leg a new path and joins it to the other again, held as it was', () => {
    const { effects } = run(
      talking,
      { type: 'hold', leg: 'alice', held: true },
      { type: 'mediaLost', leg: 'alice' },
      { type: 'remade', leg: 'alice', sdp: 'again' },
      { type: 'reattached', leg: 'alice', sdp: 'taken', epoch: undefined },
    );
    expect(effects).toEqual([
      { do: 'holdMedia', leg: 'alice', held: true },
      { do: 'remake', leg: 'alice' },
      { do: 'tellAttach', leg: 'alice', sdp: 'again', epoch: 1 },
      { do: 'bridge', legs: ['alice', 'bob-desk'] },
      { do: 'holdMedia', leg: 'alice', held: true },
      { do: 'applyAnswer', leg: 'alice', sdp: 'taken' },
    ]);
  });
});

describe('a leg whose media is lost again while it is made anew', () => {
  const talking = run(twoPlaces(), accepted, answer('bob-desk')).state;
  const lost: CallEvent = { type: 'mediaLost', leg: 'alice' };
  const failed: CallEvent = { type: 'remakeFailed', leg: 'alice', failure: 'worker-lost' };
  const due: CallEvent = { type: 'remakeDue', leg: 'alice' };
  const remake = { do: 'remake', leg: 'alice' };

  it('is made anew once more a while later, whichever is told first, its loss or the failure', () => {
    for (const order of [
      [lost, failed],
      [failed, lost],
    ]) {
      const again = run(talking, lost, ...order);
      expect(again.effects).toEqual([remake]);
      expect(callDeadlines(again.state, 60_000)).toEqual([
        { name: 'remake alice', afterMs: 500, event: due },
      ]);
      const { effects } = run(again.state, due, { type: 'remade', leg: 'alice', sdp: 'again' });
      expect(effects.slice(0, 2)).toEqual([
        remake,
        { do: 'tellAttach', leg: 'alice', sdp: 'again', epoch: 1 },
      ]);
    }
  });

  it('with the answer to the first offer under way, is made anew once more', () => {
    const answered: CallEvent[] = [
      lost,
      { type: 'remade', leg: 'alice', sdp: 'again' },
      { type: 'reattached', leg: 'alice', sdp: 'taken', epoch: undefined },
    ];
    const mediaFailed: CallEvent = { type: 'mediaFailed', leg: 'alice', failure: 'worker-lost' };
    const { state, effects } = run(talking, ...answered, lost, mediaFailed);
    expect(state.name).toBe('established');
    expect(effects.at(-1)).toEqual(remake);
    const undescribed = run(startedCall('alice', 'warm', { kind: 'echo' }), lost, mediaFailed);
    expect(undescribed.state.name).toBe('ended');
  });

  it('is given up after four times, and at once where it fails for another reason', () => {
    const thrice = run(talking, lost, failed, due, failed, due, failed, due);
    expect(thrice.effects).toEqual([remake, remake, remake, remake]);
    expect(run(thrice.state, failed).state).toEqual({ name: 'ended', cause: causes.temporaryFailure });
    const full = run(talking, lost, { type: 'remakeFailed', leg: 'alice', failure: 'full' });
    expect(full.state).toEqual({ name: 'ended', cause: causes.noCapacity });
  });
});

describe('the deadlines of a call', () => {
  const names = (state: CallState) => callDeadlines(state, 60_000).map(({ name }) => name);
  const talking = run(twoPlaces(), accepted, answer('bob-desk')).state;
  const remade = run(
    talking,
    { type: 'mediaLost', leg: 'alice' },
    { type: 'remade', leg: 'alice', sdp: 'again' },
  ).state;

  it('are the ring time until the answer, and none after it', () => {
    expect(callDeadlines(twoPlaces(), 60_000)).toEqual([
      { name: 'ring', afterMs: 60_000, event: { type: 'ringTimeout' } },
    ]);
    expect(callDeadlines(talking, 60_000)).toEqual([]);
  });

  it('are one for each leg whose client owes an answer to an attach; that passed, the call ends', () => {
    const both = run(
      remade,
      { type: 'mediaLost', leg: 'bob-desk' },
      { type: 'remade', leg: 'bob-desk', sdp: 'again' },
    ).state;
    expect(names(both)).toEqual(['attach alice', 'attach bob-desk']);
    expect(
      names(run(both, { type: 'reattached', leg: 'alice', sdp: 'taken', epoch: undefined }).state),
    ).toEqual(['attach bob-desk']);
    expect(run(both, { type: 'attachTimeout', leg: 'bob-desk' }).state).toEqual({
      name: 'ended',
      cause: causes.recoveryOnTimerExpire,
    });
  });

  it('do not run against a client that is between two sockets', () => {
    const away = run(remade, { type: 'detached', leg: 'alice' }).state;
    expect(names(away)).toEqual([]);
    expect(names(run(away, { type: 'resumed', leg: 'alice' }).state)).toEqual(['attach alice']);
  });

  it('leave a call alone whose client answered the attach at the last moment', () => {
    const { state } = run(
      remade,
      { type: 'reattached', leg: 'alice', sdp: 'taken', epoch: undefined },
      { type: 'attachTimeout', leg: 'alice' },
    );
    expect(state.name).toBe('established');
  });
});

describe('a callee whose client cannot take the invite', () => {
  it('is out, and the call rings on elsewhere; the last one ends it as out of order', () => {
    const refused = (leg: string): CallEvent => ({ type: 'refused', leg });
    const once = run(twoPlaces(), offered('bob-desk'), refused('bob-desk'));
    expect(once.state).toMatchObject({ name: 'inviting', callees: [{ id: 'bob-mobile' }] });
    expect(run(once.state, refused('bob-mobile')).state).toEqual({
      name: 'ended',
      cause: causes.destinationOutOfOrder,
    });
  });
});

describe('a leg that lost the race', () => {
  it('does not end the call that others have by a late bye', () => {
    const { state } = run(
      twoPlaces(),
      accepted,
      answer('bob-desk'),
      { type: 'bye', leg: 'bob-mobile', cause: causes.normalClearing },
      { type: 'mediaFailed', leg: 'bob-mobile', failure: 'bad-sdp' },
    );
    expect(state.name).toBe('established');
  });
});

describe('an echo', () => {
  it('is answered with the description, bridged to itself', () => {
    const { effects } = run(startedCall('alice', 'ringback', { kind: 'echo' }), accepted);
    expect(effects).toEqual([
      { do: 'bridge', legs: ['alice', 'alice'] },
      { do: 'tellAnswer', sdp: 'to-alice' },
    ]);
  });
});

describe('a call to an engine', () => {
  const call = startedCall('alice', 'ringback', { kind: 'engine' });

  it('is answered with the description, greeted by the engine', () => {
    expect(run(call, accepted).effects).toEqual([
      { do: 'converse', leg: 'alice', greets: true },
      { do: 'tellAnswer', sdp: 'to-alice' },
    ]);
  });

  it('whose media was made anew, goes on without another greeting', () => {
    const { effects } = run(
      call,
      accepted,
      { type: 'mediaLost', leg: 'alice' },
      { type: 'remade', leg: 'alice', sdp: 'again' },
    );
    expect(effects.slice(2)).toEqual([
      { do: 'remake', leg: 'alice' },
      { do: 'tellAttach', leg: 'alice', sdp: 'again', epoch: 1 },
      { do: 'converse', leg: 'alice', greets: false },
    ]);
  });
});

describe('any order and repetition of events', () => {
  const leg = fc.constantFrom('alice', 'bob-desk', 'bob-mobile');
  const cause = fc.constantFrom(causes.normalClearing, causes.userBusy, causes.callRejected);
  const event: fc.Arbitrary<CallEvent> = fc.oneof(
    fc.constant(accepted),
    leg.map(offered),
    leg.map(ringing),
    leg.map(answer),
    leg.map((id): CallEvent => ({ type: 'preAnswer', leg: id, sdp: 'early' })),
    fc.record({ type: fc.constant('hold' as const), leg, held: fc.boolean() }),
    fc.record({ type: fc.constant('bye' as const), leg, cause }),
    fc.record({
      type: fc.constant('mediaFailed' as const),
      leg,
      failure: fc.constantFrom('full', 'bad-sdp'),
    }),
    leg.map((id): CallEvent => ({ type: 'mediaLost', leg: id })),
    leg.map((id): CallEvent => ({ type: 'remade', leg: id, sdp: 'again' })),
    leg.map((id): CallEvent => ({ type: 'remakeFailed', leg: id, failure: 'worker-lost' })),
    leg.map((id): CallEvent => ({ type: 'remakeDue', leg: id })),
    fc.record({
      type: fc.constantFrom('refused' as const, 'attachTimeout' as const, 'detached' as const),
      leg,
    }),
    fc.record({
      type: fc.constantFrom('inviteLost' as const, 'mediaSilent' as const, 'mediaHeard' as const),
      leg,
    }),
    fc.record({
      type: fc.constant('reattached' as const),
      leg,
      sdp: fc.constant('taken'),
      epoch: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
    }),
    fc.constant<CallEvent>({ type: 'ringTimeout' }),
    fc.constant<CallEvent>({ type: 'terminate', cause: causes.temporaryFailure }),
  );
  const early = fc.constantFrom<EarlyDescription>('ringback', 'warm', 'withheld');

  it('ends every leg at most once, and all of them where the call has ended', () => {
    fc.assert(
      fc.property(early, fc.array(event, { maxLength: 30 }), (kind, events) => {
        const { state, effects } = run(twoPlaces(kind), ...events);
        const ended = effects.flatMap((effect) => (effect.do === 'endLeg' ? [effect.leg] : []));
        expect(new Set(ended).size).toBe(ended.length);
        if (state.name === 'ended') expect([...ended].sort()).toEqual(['alice', 'bob-desk', 'bob-mobile']);
      }),
      { numRuns: 2_000 },
    );
  });

  it('gives the caller one description at most, and the answer once', () => {
    fc.assert(
      fc.property(early, fc.array(event, { maxLength: 30 }), (kind, events) => {
        const once = events.filter(({ type }, at) => type !== 'accepted' || events.indexOf(accepted) === at);
        const { effects } = run(twoPlaces(kind), ...once);
        const descriptions = effects.filter(
          (effect) => effect.do === 'tellMedia' || (effect.do === 'tellAnswer' && effect.sdp !== null),
        );
        expect(descriptions.length).toBeLessThanOrEqual(1);
        expect(effects.filter((effect) => effect.do === 'tellAnswer').length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 2_000 },
    );
  });

  it('counts the offers of another path of each leg, and applies one answer to each at most', () => {
    fc.assert(
      fc.property(early, fc.array(event, { maxLength: 40 }), (kind, events) => {
        const open = new Map<string, number>();
        const counted = new Map<string, number>();
        let state = run(twoPlaces(kind), accepted, answer('bob-desk')).state;
        for (const each of events) {
          const step = callTransition(state, each);
          state = step.state;
          for (const effect of step.effects) {
            if (effect.do === 'tellAttach') {
              expect(effect.epoch).toBe((counted.get(effect.leg) ?? 0) + 1);
              counted.set(effect.leg, effect.epoch);
              open.set(effect.leg, effect.epoch);
            }
            if (effect.do === 'applyAnswer') {
              const epoch = open.get(effect.leg);
              expect(epoch).toBeDefined();
              if (each.type === 'reattached' && each.epoch !== undefined) expect(each.epoch).toBe(epoch);
              open.delete(effect.leg);
            }
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('invites callees alone', () => {
    fc.assert(
      fc.property(early, fc.array(event, { maxLength: 20 }), (kind, events) => {
        const { effects } = run(twoPlaces(kind), ...events);
        expect(effects.filter((effect) => effect.do === 'invite' && effect.leg === 'alice')).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('has no effect once the call has ended', () => {
    fc.assert(
      fc.property(event, (any) => {
        const ended: CallState = { name: 'ended', cause: causes.normalClearing };
        expect(callTransition(ended, any)).toEqual({ state: ended, effects: [] });
      }),
    );
  });
});
