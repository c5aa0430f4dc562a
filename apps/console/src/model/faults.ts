import type { Fault } from '@parley/webrtc/simulate';

/** What the gateway can be asked to break, by an API key. */
export type GatewayFault =
  'drop' | 'half-open' | 'server-leaves' | 'punt' | 'media-lost' | 'media-worker-dies';

/** Something that a developer can break on purpose. */
export interface FaultChoice<Name extends string> {
  name: Name;
  sentence: string;
  /** How long it lasts unless the developer says otherwise; null for what cannot last. */
  seconds: number | null;
  breaks: 'connection' | 'calls';
}

const choice = <Name extends string>(
  breaks: 'connection' | 'calls',
  name: Name,
  sentence: string,
  seconds: number | null = null,
): FaultChoice<Name> => ({ name, sentence, seconds, breaks });

/** Long enough for a client to find out, in a call or without one. */
const NOTICED_SECONDS = 20;

export const PAGE_FAULTS: readonly FaultChoice<Fault>[] = [
  choice('connection', 'drop', 'The socket closes.'),
  choice('connection', 'half-open', 'The socket stays open, and nothing passes.', NOTICED_SECONDS),
  choice(
    'connection',
    'server-leaves',
    'The socket closes as before a restart of the gateway, which asks to be left alone for the time.',
    10,
  ),
  choice(
    'connection',
    'offline',
    'No socket can be opened, nothing passes on the open one, and the browser says that it is offline.',
    15,
  ),
  choice('connection', 'sleep', 'The page does nothing at all, and its socket does not survive.', 10),
  choice('calls', 'media-fails', 'The network path of every call breaks.'),
  choice('calls', 'microphone-lost', 'The microphone of every call ends, as if it were unplugged.'),
];

export const GATEWAY_FAULTS: readonly FaultChoice<GatewayFault>[] = [
  choice('connection', 'drop', 'The socket is gone, without a closing handshake.'),
  choice(
    'connection',
    'half-open',
    'The socket stays open, and nothing passes in either direction.',
    NOTICED_SECONDS,
  ),
  choice(
    'connection',
    'server-leaves',
    'The gateway closes the socket as before a restart, and asks to be left alone for the time.',
    10,
  ),
  choice('connection', 'punt', 'The gateway ends the session, and its calls with it.'),
  choice('calls', 'media-lost', 'The gateway gives up the network path of every call and offers another.'),
  choice(
    'calls',
    'media-worker-dies',
    'The media process of every call is killed; calls of others that live in it are hit, too.',
  ),
];

/** A fault that lasts. */
export interface GoingFault {
  name: string;
  /** Milliseconds of the epoch. */
  until: number;
}

export interface Breakable {
  isConnected: boolean;
  /** Calls that were answered. */
  calls: number;
  going: GoingFault | null;
}

/** Why it cannot be made now; empty where it can. */
export function whyNot({ breaks, seconds }: FaultChoice<string>, what: Breakable): string {
  if (breaks === 'calls') return what.calls > 0 ? '' : 'There is no call to break: make one first.';
  if (!what.isConnected) return 'There is no connection to break now.';
  return seconds !== null && what.going !== null ? `Wait until ${what.going.name} is over.` : '';
}

const LONGEST_SECONDS = 300;

/** Undefined for what is not a time that a fault can last. */
export function parseSeconds(typed: string): number | undefined {
  const seconds = /^\s*\d{1,3}\s*$/.test(typed) ? Number(typed) : 0;
  return seconds >= 1 && seconds <= LONGEST_SECONDS ? seconds : undefined;
}

export const SECONDS_HINT = `Give whole seconds from 1 to ${LONGEST_SECONDS}.`;
