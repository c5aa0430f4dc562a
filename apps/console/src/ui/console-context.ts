import { createContext, use, useEffect, useState, useSyncExternalStore } from 'react';
import type { AskGateway } from '../model/answer.ts';
import type { FollowGateway } from '../model/event-stream.ts';
import type { Phone } from '../model/phone.ts';
import type { PhoneState } from '../model/phone-state.ts';
import type { LevelWatch } from '../platform/level-watch.ts';

/** What every component may use. */
export interface ConsoleParts {
  phone: Phone;
  watchLevel: LevelWatch;
  now: () => number;
  /** Where the page came from: the gateway's address unless the person gives another one. */
  gateway: string;
  pageOrigin: string;
  /** A developer is here, who breaks things on purpose: the page was opened with `?faults`. */
  faults: boolean;
  askGateway: AskGateway;
  followGateway: FollowGateway;
  saveFile: (name: string, text: string) => void;
}

export const ConsoleContext = createContext<ConsoleParts | null>(null);

export function useConsole(): ConsoleParts {
  const parts = use(ConsoleContext);
  if (parts === null) throw new Error('A component of the console is used outside of its context.');
  return parts;
}

export function usePhoneState(): PhoneState {
  const { phone } = useConsole();
  return useSyncExternalStore(phone.subscribe, () => phone.state);
}

/** The time, renewed at every interval. */
export function useNow(everyMs: number): number {
  const { now } = useConsole();
  const [time, setTime] = useState(now);
  useEffect(() => {
    const timer = setInterval(() => setTime(now()), everyMs);
    return () => clearInterval(timer);
  }, [now, everyMs]);
  return time;
}
