import { CloseCode } from '@parley/protocol';
import { describe, expect, it } from 'vitest';
import {
  connectionDeadline,
  connectionTransition,
  loginDeadlineMs,
  openedConnection,
  pingIntervalMs,
  silenceLimitMs,
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

  it('that says nothing is pinged, and closed when the silence has lasted too long', () => {
    expect(leaveAlone(signedIn).map(({ at, effect }) => [at, effect.do])).toEqual([
      [pingIntervalMs, 'ping'],
      [2 * pingIntervalMs, 'ping'],
      [3 * pingIntervalMs, 'ping'],
      [silenceLimitMs, 'close'],
    ]);
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
