import type { ConnectionEvent } from './sdk.ts';
import type { Sentence } from './sentence.ts';

/** The connection to the gateway. */
export type Connection =
  | { state: 'connected' }
  | Trying
  /** Nothing happens until the person does something. */
  | { state: 'disconnected'; reason: string };

export interface Trying {
  state: 'connecting' | 'reconnecting' | 'offline';
  /** Attempts that have failed since the connection was last there. */
  failures: number;
  /** Milliseconds of the epoch; null while an attempt is under way. */
  nextAttemptAt: number | null;
}

export function connectionOf(event: ConnectionEvent): Connection {
  const { state, reason, attempt, nextAttemptAt } = event;
  switch (state) {
    case 'connected':
      return { state };
    case 'disconnected':
      return { state, reason };
    case 'connecting':
    case 'reconnecting':
    case 'offline':
      return { state, failures: attempt, nextAttemptAt: nextAttemptAt ?? null };
  }
}

/** The gateway does not take this sign-in, now or any more: to connect again needs another one. */
export function needsSignIn(connection: Connection): boolean {
  return connection.state === 'disconnected' && UNUSABLE.has(connection.reason);
}

const UNUSABLE: ReadonlySet<string> = new Set(['login-refused', 'registration', 'revoked', 'unopenable']);

/** Why the person is disconnected, and what they can do about it. */
export function endOfConnection(reason: string): Sentence {
  return ENDS.get(reason) ?? { what: 'You are not connected to the gateway any more.', todo: '' };
}

const ENDS: ReadonlyMap<string, Sentence> = new Map([
  [
    'displaced',
    {
      what: 'This session goes on in another tab.',
      todo: 'Calls are made and received there. To call from this tab, connect again.',
    },
  ],
  [
    'revoked',
    {
      what: 'Your sign-in was revoked.',
      todo: 'Sign in with another one, or ask whoever runs this gateway.',
    },
  ],
  [
    'exhausted',
    {
      what: 'The gateway cannot be reached, and the console has stopped trying.',
      todo: 'Connect again when the network is back.',
    },
  ],
  ['ended-by-server', { what: 'The gateway has ended this session.', todo: '' }],
  [
    'login-refused',
    {
      what: 'The gateway did not accept this sign-in.',
      todo: 'Check the user name and the password, or use a new token.',
    },
  ],
  [
    'registration',
    { what: 'The gateway did not register you.', todo: 'If it lasts, tell whoever runs this gateway.' },
  ],
  ['unopenable', { what: 'The browser cannot open the address of the gateway.', todo: 'Check the address.' }],
]);

/** What a person in the softphone is told; null where all is well. */
export function connectionSentence(connection: Connection, callsGoingOn: number): Sentence | null {
  switch (connection.state) {
    case 'connected':
      return null;
    case 'connecting':
      return { what: 'You are not connected to the gateway yet.', todo: meanwhile(callsGoingOn) };
    case 'reconnecting':
      return { what: 'The connection to the gateway is lost.', todo: meanwhile(callsGoingOn) };
    case 'offline':
      return { what: 'This computer is offline.', todo: meanwhile(callsGoingOn) };
    case 'disconnected': {
      const { what, todo } = endOfConnection(connection.reason);
      return { what, todo: callsGoingOn > 0 ? `${goOn(callsGoingOn)} until you hang up.` : todo };
    }
  }
}

function meanwhile(callsGoingOn: number): string {
  return callsGoingOn === 0
    ? 'Nobody can reach you until it is back.'
    : `${goOn(callsGoingOn)}: sound does not need this connection.`;
}

function goOn(calls: number): string {
  return calls === 1 ? 'Your call goes on' : 'Your calls go on';
}

/** What a person who is signing in is told; null while there is nothing to tell. */
export function troubleConnecting(connection: Connection): Sentence | null {
  if (connection.state === 'offline') {
    return { what: 'This computer is offline.', todo: 'Check your network.' };
  }
  if (!isTrying(connection) || connection.failures === 0) return null;
  return { what: 'The connection to the gateway failed.', todo: 'Check the address and your network.' };
}

export function isTrying(connection: Connection): connection is Trying {
  return connection.state !== 'connected' && connection.state !== 'disconnected';
}

/** An attempt begins now. */
export function hurried(connection: Connection): Connection {
  return isTrying(connection) ? { ...connection, nextAttemptAt: null } : connection;
}

/** Whole seconds until the next attempt; 0 while one is under way. */
export function secondsToWait({ nextAttemptAt }: Trying, now: number): number {
  return nextAttemptAt === null ? 0 : Math.max(0, Math.ceil((nextAttemptAt - now) / 1000));
}
