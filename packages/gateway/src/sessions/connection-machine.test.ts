import { CloseCode } from '@parley/protocol';
import { describe, expect, it } from 'vitest';
import {
  connectionDeadline,
  connectionTransition,
  loginDeadlineMs,
  openedConnection,
  patience,
  type ConnectionEffect,
  type ConnectionState,
} from './connection-machine.ts';

const signedIn = connectionTransition(openedConnection(0), { type: 'authenticated', at: 0 }).state;

/** Lets every deadline pass, as the runner does, until the connection closes. */
function leaveAlone(start: ConnectionState): { at: number; effect: ConnectionEffect }[] {
  const seen: { at: number; effect: ConnectionEffect }[] = [];
  let state = start;
  for (let at = connectionDeadline(state); at !== null; at = connectionDeadline(state)) {
    const step = connectionTransition(state, { type: 'deadline', at });
    state = step.state;
    for (const effect of step.effects) seen.push({ at, effect });
  }
  return seen;
}

describe('a connection', () => {
  it('that never logs in is closed with 4401', () => {
    expect(leaveAlone(openedConnection(0))).toEqual([
      { at: loginDeadlineMs, effect: expect.objectContaining({ do: 'close', code: CloseCode.loginTimeout }) },
    ]);
  });

  it.each([
    ['without legs', signedIn, patience.idle, 5],
    [
      'with legs',
      connectionTransition(signedIn, { type: 'paced', at: 0, pace: 'inCall' }).state,
      patience.inCall,
      2,
    ],
  ] as const)(
    '%s that says nothing is pinged, and closed when the silence has lasted too long [PING-1]',
    (_, state, { pingIntervalMs, silenceLimitMs }, pings) => {
      expect(leaveAlone(state).map(({ at, effect }) => [at, effect.do])).toEqual([
        ...Array.from({ length: pings }, (__, n) => [(n + 1) * pingIntervalMs, 'ping']),
        [silenceLimitMs, 'close'],
      ]);
    },
  );

  it('that was silent for long when it gets a leg, is asked before it is closed', () => {
    const rung = connectionTransition(signedIn, { type: 'paced', at: 50_000, pace: 'inCall' }).state;
    const [first, ...rest] = leaveAlone(rung);
    expect(first?.effect).toEqual({ do: 'ping' });
    expect(rest.at(-1)).toMatchObject({ at: 65_000, effect: { do: 'close' } });
  });

  it('that is heard from is pinged all the same, and goes on', () => {
    let state = signedIn;
    const pings: number[] = [];
    for (let at = 0; at <= 120_000; at += 1_000) {
      state = connectionTransition(state, { type: 'received', at }).state;
      const step = connectionTransition(state, { type: 'deadline', at });
      state = step.state;
      if (step.effects.length > 0) pings.push(at);
    }
    expect(pings).toHaveLength(12);
    expect(state.name).toBe('authenticated');
  });

  it('that floods is closed with 1008, and one that sends steadily is not', () => {
    const sendEvery = (milliseconds: number): ConnectionState => {
      let state = signedIn;
      for (let n = 0; n < 2_000; n += 1) {
        state = connectionTransition(state, { type: 'received', at: n * milliseconds }).state;
      }
      return state;
    };
    expect(sendEvery(1).name).toBe('closed');
    expect(sendEvery(25).name).toBe('authenticated');
  });

  it('that sends five frames of junk within ten seconds is closed, and not where they are spread', () => {
    const junkEvery = (milliseconds: number): ConnectionState => {
      let state = signedIn;
      for (let n = 0; n < 5; n += 1) {
        state = connectionTransition(state, { type: 'junk', at: n * milliseconds }).state;
      }
      return state;
    };
    expect(junkEvery(1_000).name).toBe('closed');
    expect(junkEvery(3_000).name).toBe('authenticated');
  });
});
