import type { Casting, ClientKind, Person, PersonCall, Stage } from '@parley/testkit';

import type { Line, Party, PartyCall } from './line.ts';

/** A user who exists and never signs in. */
export const ABSENT_USER = 'carol';

/** Two pages of which each has a client, and a gateway between them. */
export async function openBrowserLine(
  stage: Stage,
  near: ClientKind,
  far: ClientKind,
  options: NonNullable<Casting['options']> = {},
): Promise<Line> {
  const [alice, bob] = await Promise.all([
    stage.enter('alice', { client: near, options }),
    stage.enter('bob', { client: far, options }),
  ]);
  return {
    near: toParty(alice),
    far: toParty(bob),
    numbers: { near: 'alice', far: 'bob', unknown: 'nobody', absent: ABSENT_USER },
    close: () => stage.clear(),
  };
}

export function toParty(person: Person): Party {
  return {
    dial: async (destination) => toPartyCall(person, await person.dial(destination)),
    ringing: async () => toPartyCall(person, await person.ringing()),
  };
}

function toPartyCall({ events, frames }: Person, call: PersonCall): PartyCall {
  // A call may become active twice; only what came after the last request counts.
  let requestedAt = events.entries.length;
  const invoke = async (method: string, ...args: unknown[]) => {
    requestedAt = events.entries.length;
    await call.invoke(method, ...args);
  };
  const state = async (name: string) => {
    const reached = (event: (typeof events.entries)[number]) =>
      event.call?.id === call.id && event.call.state === name;
    await events.next(reached, `${name} of call ${call.id}`, { from: requestedAt });
  };
  return {
    answer: () => invoke('answer'),
    hangup: () => invoke('hangup'),
    hold: () => invoke('hold'),
    unhold: () => invoke('unhold'),
    dial: (digit) => invoke('dtmf', digit),
    active: () => state('active'),
    held: () => state('held'),
    digit: async (key) => {
      const told = ({ direction, json }: (typeof frames.entries)[number]) =>
        direction === 'received' && isDigit(json, call.id, key);
      await frames.next(told, `key ${key} of call ${call.id}`);
    },
    ended: async () => {
      const { cause = 'none', causeCode = Number.NaN } = (await call.until('destroy')).call;
      return { cause, causeCode };
    },
  };
}

function isDigit(frame: unknown, callId: string, key: string): boolean {
  if (typeof frame !== 'object' || frame === null || !('method' in frame) || !('params' in frame))
    return false;
  const { method, params } = frame;
  if (method !== 'telnyx_rtc.info' || typeof params !== 'object' || params === null) return false;
  return 'callID' in params && params.callID === callId && 'dtmf' in params && params.dtmf === key;
}
