import type { CallView } from './call-view.ts';

/** What a key on the keyboard means on this page. */
export type Shortcut =
  | { type: 'answer' | 'decline' | 'mute' | 'hold' | 'hang-up' | 'keypad'; id: string }
  | { type: 'digit'; id: string; digit: string }
  | { type: 'dial' | 'help' };

export interface KeyPress {
  key: string;
  /** Ctrl, Alt or Meta is down: the key belongs to the browser. */
  withModifier: boolean;
  /** The person is typing into a field or has a dialog open. */
  elsewhere: boolean;
}

export interface Situation {
  /** Single letters, digits and signs may act. */
  enabled: boolean;
  incoming: CallView | undefined;
  front: CallView | undefined;
  /** Whose keypad is open. */
  keypad: string | null;
}

/** Shown to the person, in this order. */
export const SHORTCUT_KEYS: readonly { keys: string; meaning: string }[] = [
  { keys: 'A', meaning: 'Answer' },
  { keys: 'D', meaning: 'Decline' },
  { keys: 'M', meaning: 'Microphone off or on' },
  { keys: 'H', meaning: 'Hold or resume' },
  { keys: 'K', meaning: 'Keypad of the call' },
  { keys: '0–9 * #', meaning: 'Send a tone while the keypad is open' },
  { keys: 'Esc', meaning: 'Close the keypad' },
  { keys: 'Shift + E', meaning: 'End the call' },
  { keys: '/', meaning: 'Go to the dial field' },
  { keys: '?', meaning: 'This list' },
];

export function shortcutOf(press: KeyPress, situation: Situation): Shortcut | null {
  if (press.withModifier || press.elsewhere) return null;
  const { enabled, incoming, front, keypad } = situation;
  if (keypad !== null && press.key === 'Escape') return { type: 'keypad', id: keypad };
  if (!enabled) return null;
  if (keypad !== null && /^[0-9*#]$/.test(press.key)) {
    return { type: 'digit', id: keypad, digit: press.key };
  }
  switch (press.key) {
    case 'a':
      return incoming === undefined ? null : { type: 'answer', id: incoming.id };
    case 'd':
      return incoming === undefined ? null : { type: 'decline', id: incoming.id };
    case 'm':
      return front === undefined ? null : { type: 'mute', id: front.id };
    case 'h':
      return canHold(front) ? { type: 'hold', id: front.id } : null;
    case 'k':
      return front?.phase === 'talking' ? { type: 'keypad', id: front.id } : null;
    case 'E':
      return front === undefined ? null : { type: 'hang-up', id: front.id };
    case '/':
      return { type: 'dial' };
    case '?':
      return { type: 'help' };
    default:
      return null;
  }
}

function canHold(call: CallView | undefined): call is CallView {
  return call?.phase === 'talking' || call?.phase === 'held';
}
