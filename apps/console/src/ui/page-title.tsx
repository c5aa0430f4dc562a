import { useEffect } from 'react';
import { callInFront, incomingCalls } from '../model/calls.ts';
import { useNow, usePhoneState } from './console-context.ts';

const NAME = 'Parley';
const FLASH_MS = 1000;

/** The title of the tab: it flashes while somebody calls. */
export function PageTitle({ page }: { page: string }) {
  const { calls } = usePhoneState();
  const caller = incomingCalls(calls)[0]?.who;
  const other = callInFront(calls)?.who;
  if (caller !== undefined) return <Flash text={`☎ ${caller} is calling`} />;
  return <Title text={other === undefined ? page : `${other} – ${NAME}`} />;
}

function Flash({ text }: { text: string }) {
  const even = Math.floor(useNow(FLASH_MS) / FLASH_MS) % 2 === 0;
  return <Title text={even ? text : NAME} />;
}

function Title({ text }: { text: string }) {
  useEffect(() => {
    document.title = text;
  }, [text]);
  return null;
}
