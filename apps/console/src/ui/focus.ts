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
  const seen = useRef<{ front?: string | undefined; incoming?: string | undefined }>({});
  const focused = useFocused();

  useLayoutEffect(() => {
    const isNew = front?.id !== seen.current.front;
    const rings = incoming !== undefined && incoming !== seen.current.incoming;
    seen.current = { front: front?.id, incoming };
    if (front !== undefined && isNew && BEGUN_HERE.has(front.phase)) focusCall(front.id);
    else if (rings && isFree()) focusOn(`[data-answers="${CSS.escape(incoming)}"]`);
    else if (focused.current !== null && !focused.current.isConnected) focusInstead(front?.id);
  });

  useEffect(focusDialer, []);
}

/** How a call in front of the others begins that this person dialled or answered. */
const BEGUN_HERE: ReadonlySet<string> = new Set(['calling', 'ringing', 'answering', 'talking']);

/** What has the focus, or had it when it was taken out of the page. */
function useFocused() {
  const focused = useRef<Element | null>(null);
  useEffect(() => {
    const note = () => {
      focused.current = document.activeElement;
    };
    document.addEventListener('focusin', note);
    return () => document.removeEventListener('focusin', note);
  }, []);
  return focused;
}

function focusInstead(call: string | undefined): void {
  if (call === undefined) focusDialer();
  else focusCall(call);
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
