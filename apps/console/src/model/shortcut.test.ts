import { describe, expect, it } from 'vitest';
import type { CallView } from './call-view.ts';
import { type KeyPress, type Situation, shortcutOf } from './shortcut.ts';

const call = (id: string, phase: CallView['phase']): CallView => ({
  id,
  who: id,
  number: id,
  direction: 'outbound',
  phase,
  startedAt: 0,
  answeredAt: 0,
  interrupted: false,
  muted: false,
  silenced: false,
  mutedBefore: false,
  digits: '',
  session: '',
  endedHere: false,
  failure: null,
});

const press = (key: string, change: Partial<KeyPress> = {}): KeyPress => ({
  key,
  withModifier: false,
  elsewhere: false,
  ...change,
});
const talking: Situation = {
  enabled: true,
  incoming: undefined,
  front: call('bob', 'talking'),
  keypad: null,
};
const ringing: Situation = { ...talking, incoming: call('carol', 'incoming') };

describe('a key', () => {
  it.each([
    ['a', ringing, { type: 'answer', id: 'carol' }],
    ['d', ringing, { type: 'decline', id: 'carol' }],
    ['a', talking, null],
    ['m', talking, { type: 'mute', id: 'bob' }],
    ['h', talking, { type: 'hold', id: 'bob' }],
    ['h', { ...talking, front: call('bob', 'calling') }, null],
    ['k', talking, { type: 'keypad', id: 'bob' }],
    ['E', talking, { type: 'hang-up', id: 'bob' }],
    ['e', talking, null],
    ['5', talking, null],
    ['5', { ...talking, keypad: 'bob' }, { type: 'digit', id: 'bob', digit: '5' }],
    ['/', { ...talking, front: undefined }, { type: 'dial' }],
    ['?', talking, { type: 'help' }],
    ['Escape', talking, null],
    ['Escape', { ...talking, keypad: 'bob' }, { type: 'keypad', id: 'bob' }],
    ['Escape', { ...talking, keypad: 'bob', enabled: false }, { type: 'keypad', id: 'bob' }],
    ['m', { ...talking, enabled: false }, null],
  ] satisfies [string, Situation, unknown][])('%s', (key, situation, shortcut) => {
    expect(shortcutOf(press(key), situation)).toEqual(shortcut);
  });

  it('belongs to the field that the person types into', () => {
    expect(shortcutOf(press('a', { elsewhere: true }), ringing)).toBeNull();
  });

  it('belongs to the browser with Ctrl, Alt or Meta', () => {
    expect(shortcutOf(press('a', { withModifier: true }), ringing)).toBeNull();
  });
});
