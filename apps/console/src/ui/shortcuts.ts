import { useEffect } from 'react';
import { callInFront, incomingCalls } from '../model/calls.ts';
import type { Phone } from '../model/phone.ts';
import { type Shortcut, shortcutOf } from '../model/shortcut.ts';
import { useConsole, usePhoneState } from './console-context.ts';
import { focusDialer } from './focus.ts';

export interface ShortcutTargets {
  /** Whose keypad is open. */
  keypad: string | null;
  setKeypad: (id: string | null) => void;
  showHelp: () => void;
}

export function useShortcuts({ keypad, setKeypad, showHelp }: ShortcutTargets): void {
  const { phone } = useConsole();
  const { calls, settings } = usePhoneState();
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const shortcut = shortcutOf(keyPress(event), {
        enabled: settings.shortcuts,
        incoming: incomingCalls(calls)[0],
        front: callInFront(calls),
        keypad,
      });
      if (shortcut === null) return;
      event.preventDefault();
      act(shortcut, phone, { keypad, setKeypad, showHelp });
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [phone, calls, settings.shortcuts, keypad, setKeypad, showHelp]);
}

function keyPress(event: KeyboardEvent) {
  const { key, target } = event;
  const inField = target instanceof Element && target.closest('input, select, textarea, dialog') !== null;
  return {
    key,
    withModifier: event.ctrlKey || event.altKey || event.metaKey,
    elsewhere: inField || event.repeat,
  };
}

function act(shortcut: Shortcut, phone: Phone, { keypad, setKeypad, showHelp }: ShortcutTargets): void {
  switch (shortcut.type) {
    case 'answer':
      return phone.answer(shortcut.id);
    case 'decline':
    case 'hang-up':
      return phone.hangUp(shortcut.id);
    case 'mute':
      return phone.toggleMute(shortcut.id);
    case 'hold':
      return phone.toggleHold(shortcut.id);
    case 'keypad':
      return setKeypad(keypad === shortcut.id ? null : shortcut.id);
    case 'digit':
      return phone.sendDigit(shortcut.id, shortcut.digit);
    case 'dial':
      return focusDialer();
    case 'help':
      return showHelp();
  }
}
