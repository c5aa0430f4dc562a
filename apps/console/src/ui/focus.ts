import { useEffect, useLayoutEffect, useRef } from 'react';
import { callInFront, incomingCalls } from '../model/calls.ts';
import { usePhoneState } from './console-context.ts';

/**
 * Keeps a keyboard where the call is. A call that this person began or answered takes the focus to its name; an
 * incoming call takes it to its Answer button, unless the person is busy elsewhere; when what had the focus goes
 * away, the call in front gets it, or the dial field.
 */
export function useCallFocus(): void {
  const { calls } = usePhoneState();
  const front = callInFront(calls);
  const incoming = incomingCalls(calls)[0]?.id;
  const seen = useRef<{ front: string | undefined }>({ front: undefined });

  useLayoutEffect(() => {
    const isNew = front !== undefined && front.id !== seen.current.front;
    seen.current = { front: front?.id };
    if (isNew && (front.phase === 'calling' || front.phase === 'answering' || front.phase === 'ringing')) {
      focusCall(front.id);
    } else if (incoming !== undefined && isFree()) {
      focusOn(`[data-answers="${CSS.escape(incoming)}"]`);
    } else if (document.activeElement === document.body) {
      if (front === undefined) focusDialer();
      else focusCall(front.id);
    }
  }, [front, incoming]);

  useEffect(focusDialer, []);
}

/** On a touch screen a focused field opens the keyboard over the page, so the heading stands in for it. */
export function focusDialer(): void {
  const touch = matchMedia('(pointer: coarse)').matches;
  focusOn(touch ? '#dialer-heading' : '[data-dial-field]');
}

function focusCall(id: string): void {
  focusOn(`#${CSS.escape(`call-${id}`)}`);
}

/** Nothing has the focus, or only a dial field into which nothing was typed. */
function isFree(): boolean {
  const active = document.activeElement;
  if (active === null || active === document.body || active.id === 'dialer-heading') return true;
  return active instanceof HTMLInputElement && active.matches('[data-dial-field]') && active.value === '';
}

function focusOn(selector: string): void {
  document.querySelector<HTMLElement>(selector)?.focus();
}
