import type { CallReportRecord, HangupCause, RecordContext } from '@parley/protocol';
import {
  type CallState,
  type Established,
  type Inviting,
  isHeld,
  type LegId,
  legsOf,
  remadeLegOf,
} from '../calls/call-state.ts';
import type { WatchedMessage } from '../calls/call-watch.ts';
import type { MediaEvent } from '../media/media-plane.ts';

/** What the gateway sees of a leg, apart from when. */
export interface Observation {
  level: CallReportRecord['level'];
  message: string;
  context: RecordContext;
}

export interface LegObservation extends Observation {
  leg: LegId;
}

type Live = Inviting | Established;

/** What of a change of a call is worth telling. The end of a leg is told apart, as its cause may be one of its own. */
export function observationsOf(before: CallState, after: CallState): LegObservation[] {
  if (before.name === 'ended' || after.name === 'ended') return [];
  return legsOf(after).flatMap((leg) =>
    [
      ...progress(before, after, leg),
      ...presence(before, after, leg),
      ...hold(before, after, leg),
      ...remaking(before, after, leg),
    ].map((seen) => ({ leg, ...seen })),
  );
}

export function beginningOf(state: CallState): Observation {
  return stateOf(state.name, undefined);
}

function progress(before: Live, after: Live, leg: LegId): Observation[] {
  const [was, is] = [phaseOf(before, leg), phaseOf(after, leg)];
  return was === is ? [] : [stateOf(is, was)];
}

function phaseOf(state: Live, leg: LegId): 'inviting' | 'ringing' | 'established' {
  if (state.name === 'established') return 'established';
  const ringing = state.callees.filter((callee) => callee.ringing);
  const rings = leg === state.caller.id ? ringing.length > 0 : ringing.some(({ id }) => id === leg);
  return rings ? 'ringing' : 'inviting';
}

function stateOf(state: string, previous: string | undefined): Observation {
  const sentences: Readonly<Record<string, string>> = {
    inviting: 'The call is set up.',
    ringing: 'The callee rings.',
    established: 'The call is answered.',
  };
  return {
    level: 'info',
    message: sentences[state] ?? state,
    context: { category: 'call', event: 'state', state, ...(previous !== undefined && { previous }) },
  };
}

function presence(before: Live, after: Live, leg: LegId): Observation[] {
  const [was, is] = [before.away.includes(leg), after.away.includes(leg)];
  if (was === is) return [];
  return is
    ? [
        {
          level: 'warn',
          message: 'The client has lost its socket; its calls are held.',
          context: { category: 'connection', event: 'closed' },
        },
      ]
    : [
        {
          level: 'info',
          message: 'The client is back on another socket.',
          context: { category: 'connection', event: 'opened' },
        },
      ];
}

function hold(before: Live, after: Live, leg: LegId): Observation[] {
  const held = isHeld(after, leg);
  if (held === isHeld(before, leg)) return [];
  return [
    {
      level: 'info',
      message: held ? 'The client holds the call.' : 'The client has taken the call off hold.',
      context: { category: 'call', event: held ? 'held' : 'unheld' },
    },
  ];
}

function remaking(before: Live, after: Live, leg: LegId): Observation[] {
  const [was, is] = [remadeOf(before, leg), remadeOf(after, leg)];
  if (was?.name === is?.name && epochOf(was) === epochOf(is)) return [];
  switch (is?.name) {
    case undefined:
      return [
        {
          level: 'info',
          message: 'The client has taken the new media path.',
          context: { category: 'media', event: 'remade' },
        },
      ];
    case 'asked':
      return [recovery('warn', 'The media path is lost; another one is made.', 'remake')];
    case 'offered':
      return [recovery('info', 'Another media path is offered to the client.', 'offer')];
    case 'failed':
      return [recovery('error', 'Another media path could not be made; it is tried again.', 'retry')];
  }
}

const remadeOf = (state: Live, leg: LegId) =>
  state.name === 'established' ? remadeLegOf(state, leg) : undefined;

const epochOf = (leg: ReturnType<typeof remadeOf>): number | undefined =>
  leg?.name === 'offered' ? leg.epoch : undefined;

function recovery(level: Observation['level'], message: string, action: string): Observation {
  return { level, message, context: { category: 'media', event: 'recovery', action } };
}

/** @returns null for what is no news of the path. Which key was pressed may be a secret. */
export function observationOfMedia(event: MediaEvent): Observation | null {
  switch (event.type) {
    case 'connected':
      return {
        level: 'info',
        message: 'ICE and DTLS are up.',
        context: { category: 'ice', event: 'connection', state: 'connected' },
      };
    case 'flowing':
      return {
        level: 'info',
        message: 'The first audio of the client has come.',
        context: { category: 'media', event: 'heard' },
      };
    case 'lost':
      return event.reason === 'worker'
        ? {
            level: 'error',
            message: 'The media process of the leg has ended.',
            context: { category: 'media', event: 'lost', reason: 'worker' },
          }
        : {
            level: 'warn',
            message: 'Nothing comes from the client any more.',
            context: { category: 'media', event: 'silent' },
          };
    case 'dtmf':
      return {
        level: 'info',
        message: 'A key was pressed.',
        context: { category: 'call', event: 'dtmf' },
      };
    case 'counted':
    case 'engine':
      return null;
  }
}

/** Its name alone: what it says may be a secret. */
export function observationOfMessage(
  event: 'sent' | 'received' | 'refused',
  { callId, method, requestId, action }: WatchedMessage,
  code?: number,
): Observation {
  const words = { sent: 'Sent', received: 'Received', refused: 'Refused' };
  return {
    level: event === 'refused' ? 'warn' : 'info',
    message: `${words[event]} ${method}.`,
    context: {
      category: 'signaling',
      event,
      method,
      callID: callId,
      ...(requestId !== undefined && { requestId }),
      ...(action !== undefined && { action }),
      ...(code !== undefined && { code }),
    },
  };
}

export function observationOfEnd({ cause, causeCode }: HangupCause): Observation {
  return {
    level: 'info',
    message: `The leg has ended: ${cause}.`,
    context: { category: 'call', event: 'ended', cause, causeCode },
  };
}

export const restoration: Observation = {
  level: 'warn',
  message: 'The gateway has started again, and goes on with the call.',
  context: { category: 'call', event: 'restored' },
};
