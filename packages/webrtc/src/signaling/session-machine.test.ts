import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  IDLE,
  sessionMachine,
  type SessionEffect,
  type SessionEvent,
  type SessionPolicy,
  type SessionState,
} from './session-machine.ts';

const ALWAYS: SessionPolicy = { autoReconnect: true, maxReconnectAttempts: 0 };

function run(policy: SessionPolicy, ...events: readonly SessionEvent[]) {
  const machine = sessionMachine;
  let state: SessionState = IDLE;
  let effects: readonly SessionEffect[] = [];
  const everything: SessionEffect[] = [];
  for (const each of events) {
    const event = each.type === 'closed' ? { ...each, policy } : each;
    ({ state, effects } = machine.transition(state, event));
    everything.push(...effects);
  }
  return { state, effects: effects.map(toText), everything: everything.map(toText), machine };
}

function toText(effect: SessionEffect): string {
  return effect.type === 'report' ? `report ${effect.failure}` : effect.type;
}

const CONNECT: SessionEvent = { type: 'connect' };
const OPENED: SessionEvent = { type: 'opened' };
const ACCEPTED: SessionEvent = { type: 'loginAccepted' };
const ELAPSED: SessionEvent = { type: 'elapsed' };
const word = (state: string | undefined, random = 0.5): SessionEvent => ({
  type: 'registration',
  word: state,
  random,
});
const REGED = word('REGED');
const closed = (closeCode = 1006, random = 0.5): SessionEvent => ({
  type: 'closed',
  closeCode,
  random,
  policy: ALWAYS,
});
const READY = [CONNECT, OPENED, ACCEPTED, REGED];

describe('a session', () => {
  it('asks for its registration right behind the login, and is ready with both answers', () => {
    expect(run(ALWAYS, CONNECT, OPENED).effects).toEqual(['login', 'askRegistration']);
    expect(run(ALWAYS, ...READY).everything).toEqual(['open', 'login', 'askRegistration', 'announceReady']);
  });

  it('is ready also where the registration is told before the login', () => {
    expect(run(ALWAYS, CONNECT, OPENED, REGED, ACCEPTED).effects).toEqual(['announceReady']);
  });

  it('asks again on clientReady only while it is not registered [REG-3]', () => {
    const asked: SessionEvent = { type: 'clientReady' };
    expect(run(ALWAYS, CONNECT, OPENED, ACCEPTED, asked).effects).toEqual(['askRegistration']);
    expect(run(ALWAYS, ...READY, asked).effects).toEqual([]);
  });

  it('whose login is refused, says so once and tries nothing', () => {
    const refused: SessionEvent = { type: 'loginRefused', error: 'wrong' };
    const { state, effects } = run(ALWAYS, CONNECT, OPENED, refused);
    expect(effects).toEqual(['report login-refused']);
    expect(sessionMachine.deadline(state)).toMatchObject({ afterMs: 190_000 });
    expect(run(ALWAYS, CONNECT, OPENED, refused, ELAPSED)).toMatchObject({ state: IDLE, effects: ['close'] });
    expect(run(ALWAYS, CONNECT, OPENED, refused, closed()).state).toEqual({ name: 'stranded' });
    expect(run(ALWAYS, CONNECT, OPENED, refused, { type: 'login' }).effects).toEqual([
      'login',
      'askRegistration',
    ]);
  });

  it.each(['NOREG', 'UNREGED', 'TRYING', 'EXPIRED', 'DOWN', undefined])(
    'that is told %s, asks five times and gives up',
    (state) => {
      const poll = [word(state), ELAPSED];
      const polled = run(ALWAYS, CONNECT, OPENED, ACCEPTED, ...poll, ...poll, ...poll, ...poll);
      expect(polled.everything.filter((effect) => effect === 'askRegistration')).toHaveLength(5);
      expect(polled.machine.deadline(polled.state)?.afterMs).toBe(10_000);
      const given = run(ALWAYS, CONNECT, OPENED, ACCEPTED, ...poll, ...poll, ...poll, ...poll, word(state));
      expect(given.state.name).toBe('refused');
      expect(given.effects).toEqual(['report unregistered']);
    },
  );

  it('waits 2 to 6 seconds between two questions', () => {
    for (const [random, pauseMs] of [
      [0, 2_000],
      [0.999_99, 6_000],
    ] as const) {
      const { state, machine } = run(ALWAYS, CONNECT, OPENED, ACCEPTED, word('NOREG', random));
      expect(machine.deadline(state)?.afterMs).toBe(pauseMs);
    }
  });

  it('whose server has lost its upstream, reconnects, and gives up after five times in a row', () => {
    const failed = word('FAILED');
    const again = [ELAPSED, OPENED, ACCEPTED, failed];
    const first = run(ALWAYS, CONNECT, OPENED, ACCEPTED, failed);
    expect(first.effects).toEqual(['close', 'report upstream-failed']);
    expect(first.state.name).toBe('waiting');
    const last = run(ALWAYS, CONNECT, OPENED, ACCEPTED, failed, ...again, ...again, ...again, ...again);
    expect(last.effects).toEqual(['close', 'report exhausted']);
    const saved = run(ALWAYS, CONNECT, OPENED, ACCEPTED, failed, ELAPSED, OPENED, ACCEPTED, REGED);
    expect(saved.state).toMatchObject({ name: 'ready', upstreamFailures: 0 });
  });

  it('reconnects for ever by default', () => {
    const outage = Array.from({ length: 200 }, () => [closed(), ELAPSED]).flat();
    expect(run(ALWAYS, ...READY, ...outage).state.name).toBe('connecting');
  });

  it('gives up after the attempts that the application allows', () => {
    const policy = { autoReconnect: true, maxReconnectAttempts: 2 };
    const outage = [closed(), ELAPSED, closed(), ELAPSED];
    expect(run(policy, ...READY, ...outage).state.name).toBe('connecting');
    expect(run(policy, ...READY, ...outage, closed()).effects).toEqual(['report exhausted']);
  });

  it('comes back within seconds to a call, unless its attempts are counted', () => {
    const inCall: SessionEvent = {
      type: 'closed',
      closeCode: 1006,
      random: 0.999,
      policy: ALWAYS,
      inCall: true,
    };
    const outage = Array.from({ length: 8 }, () => [inCall, ELAPSED]).flat();
    const delayMs = (policy: SessionPolicy): unknown => {
      const { state } = run(policy, ...READY, ...outage, inCall);
      return sessionMachine.deadline(state)?.afterMs;
    };
    expect(delayMs(ALWAYS)).toBe(1_998);
    expect(delayMs({ ...ALWAYS, maxReconnectAttempts: 10 })).toBe(19_980);
  });

  it('stays closed where the application wants that, or the server does', () => {
    expect(run({ ...ALWAYS, autoReconnect: false }, ...READY, closed()).effects).toEqual([
      'report not-reconnecting',
    ]);
    expect(run(ALWAYS, ...READY, closed(4409)).effects).toEqual(['report displaced']);
    expect(run(ALWAYS, ...READY, closed(4403)).effects).toEqual(['report dismissed']);
    expect(run(ALWAYS, ...READY, { type: 'punted' }).effects).toEqual(['close', 'report dismissed']);
  });

  it('that a server cuts again and again right after login, backs off nevertheless', () => {
    const cut = [closed(1006, 1), ELAPSED, OPENED, ACCEPTED, REGED];
    const { state, machine } = run(ALWAYS, ...READY, ...cut, ...cut, ...cut, ...cut, closed(1006, 1));
    expect(machine.deadline(state)?.afterMs).toBe(8_000);
  });

  it('counts no failed attempts any more once it was ready for 5 seconds', () => {
    const again = [closed(), ELAPSED, OPENED, ACCEPTED, REGED];
    const { state, machine } = run(ALWAYS, ...READY, ...again);
    expect(machine.deadline(state)).toMatchObject({ afterMs: 5_000 });
    expect(run(ALWAYS, ...READY, ...again, ELAPSED).state).toMatchObject({ name: 'ready', attempt: 0 });
  });

  it('drops a socket that does not open in 5 seconds, and one that does not answer in 10', () => {
    const opening = run(ALWAYS, CONNECT);
    expect(opening.machine.deadline(opening.state)?.afterMs).toBe(5_000);
    for (const events of [[CONNECT], [CONNECT, OPENED], [CONNECT, OPENED, ACCEPTED]]) {
      const { effects } = run(ALWAYS, ...events, ELAPSED);
      expect(effects).toEqual(['report unanswered', 'drop']);
    }
    const silent = run(ALWAYS, CONNECT, OPENED);
    expect(silent.machine.deadline(silent.state)?.afterMs).toBe(10_000);
  });

  it('disconnected, is idle from any state', () => {
    for (const events of [[], [CONNECT], [CONNECT, OPENED], READY, [...READY, closed()]]) {
      expect(run(ALWAYS, ...events, { type: 'disconnect' }).state).toEqual(IDLE);
    }
  });
});

describe('a session, given any events in any order', () => {
  const event: fc.Arbitrary<SessionEvent> = fc.oneof(
    fc.constantFrom<SessionEvent>(
      CONNECT,
      OPENED,
      ACCEPTED,
      ELAPSED,
      { type: 'disconnect' },
      { type: 'clientReady' },
      { type: 'login' },
      { type: 'punted' },
      { type: 'loginRefused', error: undefined },
      { type: 'unopenable', error: undefined },
    ),
    fc.constantFrom('REGED', 'REGISTER', 'NOREG', 'FAILED', 'TRYING', undefined).map((state) => word(state)),
    fc.constantFrom(1000, 1006, 1012, 4403, 4409).map((code) => closed(code)),
  );

  it('waits for nothing without a deadline, and opens one socket at a time', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 50 }), (events) => {
        const machine = sessionMachine;
        let state: SessionState = IDLE;
        for (const each of events) {
          const step: ReturnType<typeof machine.transition> = machine.transition(state, each);
          const opens = step.effects.filter(({ type }) => type === 'open').length;
          const begins = step.state.name === 'connecting' && state.name !== 'connecting';
          state = step.state;
          const rests = ['idle', 'ready'].includes(state.name);
          if (opens !== (begins ? 1 : 0) || (!rests && !machine.deadline(state))) return false;
        }
        return true;
      }),
      { numRuns: 2_000 },
    );
  });
});
