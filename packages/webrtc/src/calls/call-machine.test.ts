import { describe, expect, it } from 'vitest';

import {
  callMachine,
  INBOUND,
  OUTBOUND,
  type CallEffect,
  type CallEvent,
  type CallState,
} from './call-machine.ts';
import { HUNG_UP, REJECTED } from './ending.ts';

/** What the server may say while a call is set up, besides the response to the invite. */
const RINGING: CallEvent = { type: 'alerting' };
const MEDIA: CallEvent = { type: 'media', sdp: 'answer', audible: true };
const ANSWER: CallEvent = { type: 'answered', sdp: 'answer' };
const BARE_ANSWER: CallEvent = { type: 'answered', sdp: undefined };
const RESPONSE: CallEvent = { type: 'accepted' };
const BYE: CallEvent = { type: 'bye', ending: REJECTED };
const MESSAGES = { RESPONSE, RINGING, MEDIA, ANSWER, BARE_ANSWER, BYE };
type Name = keyof typeof MESSAGES;

const RANK = ['inviting', 'ringing', 'answering', 'established', 'ending', 'ended'];

interface Run {
  state: CallState;
  readonly effects: CallEffect[];
}

/** Applies an event, and what this side does of itself about the effects. */
function apply(run: Run, event: CallEvent): void {
  const { state, effects } = callMachine.transition(run.state, event);
  if (RANK.indexOf(state.name) < RANK.indexOf(run.state.name)) {
    throw new Error(`${event.type} moved ${run.state.name} back to ${state.name}`);
  }
  run.state = state;
  run.effects.push(...effects);
}

function effectsOf(run: Run, type: CallEffect['type']): CallEffect[] {
  return run.effects.filter((effect) => effect.type === type);
}

/** Every sequence of the given length. */
function* sequences(length: number): Generator<Name[]> {
  if (length === 0) {
    yield [];
    return;
  }
  for (const rest of sequences(length - 1)) {
    for (const name of ['RESPONSE', 'RINGING', 'MEDIA', 'ANSWER', 'BARE_ANSWER', 'BYE'] as const) {
      yield [name, ...rest];
    }
  }
}

/** The browser applies a description `delay` messages after it came. */
function play(names: readonly Name[], delay: number): Run {
  const run: Run = { state: OUTBOUND, effects: [] };
  apply(run, { type: 'offerReady' });
  let dueAt = Infinity;
  names.forEach((name, at) => {
    if (at >= dueAt) {
      dueAt = Infinity;
      apply(run, { type: 'described' });
    }
    const before = effectsOf(run, 'acceptAnswer').length;
    apply(run, MESSAGES[name]);
    if (effectsOf(run, 'acceptAnswer').length > before) dueAt = at + delay;
  });
  if (dueAt !== Infinity) apply(run, { type: 'described' });
  return run;
}

describe('a call that goes out, given every order and repetition of up to five messages [PROG-4]', () => {
  const everything = [1, 2, 3, 4, 5].flatMap((length) => [...sequences(length)]);

  function demanded(names: readonly Name[]): object {
    const has = (...wanted: Name[]): boolean => wanted.some((name) => names.includes(name));
    const ends = has('BYE');
    const isEstablished = has('ANSWER', 'BARE_ANSWER') && has('MEDIA', 'ANSWER');
    const state = ends ? 'ending' : isEstablished ? 'established' : 'inviting';
    return { state, released: ends ? 1 : 0, told: 0, reported: 0, appliedTwice: false };
  }

  function found({ state, effects }: Run): object {
    const count = (type: CallEffect['type']): number =>
      effects.filter((effect) => effect.type === type).length;
    return {
      state: state.name === 'ended' ? 'ending' : state.name,
      released: count('release'),
      told: count('sendBye'),
      reported: count('report'),
      appliedTwice: count('acceptAnswer') > 1,
    };
  }

  it.each([1, 2, 99])('ends in the state that its facts demand (description applied after %i)', (delay) => {
    const wrong = everything.filter(
      (names) => JSON.stringify(found(play(names, delay))) !== JSON.stringify(demanded(names)),
    );
    expect(everything).toHaveLength(9_330);
    expect(wrong.map((names) => names.join(' '))).toEqual([]);
  });

  it('is indifferent to the order of the response, ringing, media and answer', () => {
    const orders = everything.filter(
      (names) => names.length === 4 && new Set(names).size === 4 && !names.includes('BYE'),
    );
    const complete = orders.filter((names) => names.includes('RESPONSE') && names.includes('ANSWER'));
    expect(complete.length).toBeGreaterThan(24);
    for (const names of complete) {
      expect(play(names, 1).state).toEqual({ name: 'established', held: false, remaking: 0 });
    }
  });
});

describe('a call that goes out', () => {
  const calling = (...events: CallEvent[]): Run => {
    const run: Run = { state: OUTBOUND, effects: [] };
    for (const event of events) apply(run, event);
    return run;
  };
  const OFFERED: CallEvent = { type: 'offerReady' };

  it('hung up before the invite is sent, ends without telling the server', () => {
    const run = calling({ type: 'hangup' });
    expect(run.effects).toEqual([{ type: 'release' }, { type: 'finish' }]);
  });

  it('hung up before the answer, is cancelled', () => {
    for (const events of [[OFFERED], [OFFERED, RESPONSE], [OFFERED, RESPONSE, MEDIA]]) {
      const { state, effects } = calling(...events, { type: 'hangup' });
      expect(state).toMatchObject({ ending: { cause: 'ORIGINATOR_CANCEL', causeCode: 487 } });
      expect(effects.at(-1)).toMatchObject({ type: 'sendBye' });
    }
  });

  it('refused by the server, ends without a bye', () => {
    const { state, effects } = calling(OFFERED, { type: 'refused', error: 'no' });
    expect(state).toMatchObject({ name: 'ending', ending: { cause: 'CALL_REJECTED', causeCode: 21 } });
    expect(effects.map(({ type }) => type)).toEqual(['sendInvite', 'report', 'release', 'finish']);
  });

  it('refused after an answer came, goes on', () => {
    const { state } = calling(OFFERED, ANSWER, { type: 'described' }, { type: 'refused', error: 'no' });
    expect(state.name).toBe('established');
  });

  it('without a response in time, ends and tells the server, which may know of it', () => {
    const run = calling(OFFERED);
    expect(callMachine.deadline(run.state)).toMatchObject({ afterMs: 10_000 });
    apply(run, { type: 'elapsed' });
    expect(run.state).toMatchObject({ name: 'ending', ending: { causeCode: 102 } });
    expect(effectsOf(run, 'sendBye')).toHaveLength(1);
  });

  it('answered without any description, waits 10 seconds for one', () => {
    const run = calling(OFFERED, BARE_ANSWER);
    expect(callMachine.deadline(run.state)).toMatchObject({ afterMs: 10_000 });
    apply(run, MEDIA);
    expect(callMachine.deadline(run.state)).toBeUndefined();
  });

  it('with early media that is not to be heard, plays ringback until the answer', () => {
    const silent: CallEvent = { type: 'media', sdp: 'answer', audible: false };
    const run = calling(OFFERED, RESPONSE, silent, { type: 'described' }, RINGING);
    expect(run.effects.map(({ type }) => type)).toEqual(['sendInvite', 'acceptAnswer', 'ringBack']);
    apply(run, BARE_ANSWER);
    expect(run.effects.at(-1)).toEqual({ type: 'play' });
  });

  it('with early media that was heard, plays no ringback afterwards', () => {
    const run = calling(OFFERED, RESPONSE, MEDIA, { type: 'described' }, RINGING);
    expect(effectsOf(run, 'ringBack')).toEqual([]);
  });

  describe('whose invite was lost with the socket', () => {
    const lost = (): Run => calling(OFFERED, { type: 'requestLost' });

    it('sends it again where the server does not hold the call', () => {
      for (const survived of [false, undefined]) {
        const run = lost();
        apply(run, { type: 'resumed', survived });
        expect(effectsOf(run, 'sendInvite')).toHaveLength(2);
        expect(run.state).toMatchObject({ request: 'sent' });
      }
    });

    it('goes on where the server holds the call', () => {
      const run = lost();
      apply(run, { type: 'resumed', survived: true });
      expect(effectsOf(run, 'sendInvite')).toHaveLength(1);
      expect(run.state).toMatchObject({ request: 'accepted' });
    });
  });

  it('not held by the server after a reconnection, ends without a bye', () => {
    for (const events of [
      [OFFERED, RESPONSE],
      [OFFERED, RESPONSE, ANSWER, { type: 'described' } as const],
    ]) {
      const run = calling(...events, { type: 'resumed', survived: false });
      expect(run.effects).toContainEqual({ type: 'report', failure: 'not-reattached', error: undefined });
      expect(effectsOf(run, 'sendBye')).toEqual([]);
    }
  });
});

describe('a call that comes in', () => {
  const ringing = (...events: CallEvent[]): Run => {
    const run: Run = { state: INBOUND, effects: [] };
    for (const event of events) apply(run, event);
    return run;
  };
  const ANSWERED: CallEvent[] = [{ type: 'answer' }, { type: 'answerReady' }];

  it('hung up while it rings, is rejected as busy', () => {
    expect(ringing({ type: 'hangup' }).state).toMatchObject({
      ending: { cause: 'USER_BUSY', causeCode: 17 },
    });
  });

  it('hung up while the microphone is opened, is rejected; once answered, is cleared', () => {
    expect(ringing({ type: 'answer' }, { type: 'hangup' }).state).toMatchObject({ ending: REJECTED });
    expect(ringing(...ANSWERED, { type: 'hangup' }).state).toMatchObject({ ending: HUNG_UP });
  });

  it('ended by the caller, is not answered any more', () => {
    const run = ringing(BYE, { type: 'byeDone' }, { type: 'answer' });
    expect(run.state.name).toBe('ended');
    expect(effectsOf(run, 'prepareAnswer')).toEqual([]);
  });

  it('offered anew while it rings, keeps ringing', () => {
    const run = ringing({ type: 'offered', sdp: 'offer 2' });
    expect(run.state.name).toBe('ringing');
    expect(run.effects).toEqual([{ type: 'replaceOffer', sdp: 'offer 2' }]);
  });

  it('waits a minute for the microphone, and 10 seconds for the server', () => {
    const run = ringing({ type: 'answer' });
    expect(callMachine.deadline(run.state)).toMatchObject({ afterMs: 60_000 });
    apply(run, { type: 'answerReady' });
    expect(callMachine.deadline(run.state)).toMatchObject({ afterMs: 10_000 });
  });

  it('sends a lost answer again unless the server has dropped the call', () => {
    for (const survived of [true, undefined]) {
      const run = ringing(...ANSWERED, { type: 'requestLost' }, { type: 'resumed', survived });
      expect(effectsOf(run, 'sendAnswer')).toHaveLength(2);
    }
    const dropped = ringing(...ANSWERED, { type: 'requestLost' }, { type: 'resumed', survived: false });
    expect(dropped.state.name).toBe('ending');
  });
});

describe('an established call', () => {
  const talking: CallState = { name: 'established', held: true, remaking: 0 };

  it('is remade by an offer and stays held', () => {
    const run: Run = { state: talking, effects: [] };
    apply(run, { type: 'offered', sdp: 'offer' });
    expect(run.state).toEqual({ name: 'established', held: true, remaking: 1 });
    expect(callMachine.deadline(run.state)).toMatchObject({ afterMs: 15_000 });
    apply(run, { type: 'remade' });
    expect(run.state).toEqual(talking);
  });

  it('ends where the microphone fails after all', () => {
    const run: Run = { state: talking, effects: [] };
    apply(run, { type: 'failed', failure: 'microphone-denied', error: 'no' });
    expect(run.effects.map(({ type }) => type)).toEqual(['report', 'release', 'sendBye']);
  });

  it('ends after 5 seconds where the server does not confirm', () => {
    const run: Run = { state: talking, effects: [] };
    apply(run, { type: 'hangup' });
    expect(callMachine.deadline(run.state)).toMatchObject({ afterMs: 5_000 });
    apply(run, { type: 'elapsed' });
    expect(run.state.name).toBe('ended');
  });
});
