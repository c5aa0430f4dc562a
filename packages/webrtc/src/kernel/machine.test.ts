import { describe, expect, it } from 'vitest';

import { Runner, type Machine } from './machine.ts';

type State = 'idle' | 'waiting' | 'waiting more' | 'done';
type Event = 'start' | 'more' | 'finish' | 'elapsed';
type Effect = 'greet' | 'restart';

const machine: Machine<State, Event, Effect> = {
  transition: (state, event) => {
    if (event === 'start') return { state: 'waiting', effects: ['greet'] };
    if (event === 'more') return { state: 'waiting more', effects: [] };
    if (event === 'finish') return { state: 'idle', effects: ['restart'] };
    return { state: state === 'idle' ? 'idle' : 'done', effects: [] };
  },
  deadline: (state) =>
    state.startsWith('waiting') ? { name: 'waiting', afterMs: 10, event: 'elapsed' } : undefined,
};

function run() {
  const timers = new Map<() => void, number>();
  const performed: string[] = [];
  const transitions: string[] = [];
  const runner = new Runner<State, Event, Effect>(machine, 'idle', {
    startTimer: (afterMs, elapsed) => {
      timers.set(elapsed, afterMs);
      return () => timers.delete(elapsed);
    },
    perform: (effect) => {
      performed.push(`${effect} in ${runner.state}`);
      if (effect === 'restart') {
        runner.send('start');
        performed.push('after restart');
      }
    },
    onTransition: (from, event, to) => transitions.push(`${from} + ${event} = ${to}`),
  });
  return { runner, timers, performed, transitions };
}

describe('a runner', () => {
  it('performs effects in the state that they belong to, one event after the other', () => {
    const { runner, performed, transitions } = run();
    runner.send('finish');
    runner.send('finish');
    expect(performed).toEqual([
      'restart in idle',
      'after restart',
      'greet in waiting',
      'restart in idle',
      'after restart',
      'greet in waiting',
    ]);
    expect(transitions).toEqual([
      'idle + start = waiting',
      'waiting + finish = idle',
      'idle + start = waiting',
    ]);
  });

  it('keeps the timer of a state that follows under the same name, and disarms it otherwise', () => {
    const { runner, timers } = run();
    runner.send('start');
    const [first] = timers.keys();
    runner.send('more');
    expect([...timers.keys()]).toEqual([first]);
    if (first) timers.delete(first);
    first?.();
    expect(runner.state).toBe('done');
    runner.send('start');
    runner.send('finish');
    runner.send('elapsed');
    expect(timers.size).toBe(0);
  });

  it('goes on after an effect that throws', () => {
    const runner = new Runner<State, Event, Effect>(machine, 'idle', {
      startTimer: () => () => undefined,
      perform: () => {
        throw new Error('broken');
      },
      onTransition: () => undefined,
    });
    expect(() => {
      runner.send('start');
    }).toThrow('broken');
    runner.send('more');
    expect(runner.state).toBe('waiting more');
  });
});
