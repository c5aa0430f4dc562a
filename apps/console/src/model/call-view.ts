import type { PhoneCall } from './sdk.ts';

/**
 * What a person sees of a call.
 *
 *   outbound: calling ─▶ ringing ─┐
 *                                 ├─▶ talking ⇄ held ─▶ (gone: it is a past call)
 *   inbound: incoming ─▶ answering┘
 */
export type CallPhase = 'incoming' | 'answering' | 'calling' | 'ringing' | 'talking' | 'held';

export interface CallView {
  id: string;
  /** The far end's name, or its number where it has none. */
  who: string;
  /** What to dial to call again. */
  number: string;
  direction: 'inbound' | 'outbound';
  phase: CallPhase;
  startedAt: number;
  /** When people could first talk. */
  answeredAt: number | null;
  /** No sound gets through, and the SDK sees to it that it does again. */
  interrupted: boolean;
  muted: boolean;
  /** The far end's sound is switched off in this tab. */
  silenced: boolean;
  /** Whether the microphone was muted before the tab was silenced, and is to stay so afterwards. */
  mutedBefore: boolean;
  /** Keypad digits sent so far. */
  digits: string;
  /** What both ends of one call have in common. */
  session: string;
  /** This person hung up, cancelled or declined. */
  endedHere: boolean;
  /** The local trouble that ends the call, which the far end's cause knows nothing of. */
  failure: string | null;
}

/** The SDK's `Call`, as it is now. Calls change in place; this is a copy. */
export interface CallSnapshot {
  id: string;
  who: string;
  number: string;
  direction: 'inbound' | 'outbound';
  phase: CallPhase | 'ended' | null;
  interrupted: boolean;
  muted: boolean;
  session: string;
  cause: string | undefined;
  causeCode: number | undefined;
  sipCode: number | undefined;
}

export function snapshot(call: PhoneCall): CallSnapshot {
  const direction = call.direction === 'inbound' ? 'inbound' : 'outbound';
  return {
    id: call.id,
    ...farEnd(call, direction),
    direction,
    phase: phaseOf(call.state, direction),
    interrupted: call.mediaState === 'interrupted' || call.mediaState === 'recovering',
    muted: call.isAudioMuted,
    session: call.telnyxIDs.telnyxSessionId ?? '',
    cause: call.cause,
    causeCode: call.causeCode,
    sipCode: call.sipCode,
  };
}

/** What Telnyx's clients call the far end of an outbound call whose name nobody gave. */
const NAMELESS = 'Outbound Call';

function farEnd({ options }: PhoneCall, direction: 'inbound' | 'outbound') {
  if (direction === 'outbound') {
    const number = options.destinationNumber ?? '';
    return { number, who: number };
  }
  const number = options.remoteCallerNumber ?? '';
  const name = options.remoteCallerName ?? '';
  const who = name === '' || name === NAMELESS ? number : name;
  return { number: number === '' ? name : number, who: who === '' ? 'Unknown caller' : who };
}

/** Null for a state that a person does not see. */
function phaseOf(state: string, direction: 'inbound' | 'outbound'): CallSnapshot['phase'] {
  switch (state) {
    case 'new':
    case 'requesting':
    case 'trying':
      return direction === 'inbound' ? null : 'calling';
    case 'ringing':
      return direction === 'inbound' ? 'incoming' : 'ringing';
    case 'early':
      return direction === 'inbound' ? 'incoming' : 'ringing';
    case 'answering':
      return 'answering';
    case 'active':
      return 'talking';
    case 'held':
      return 'held';
    case 'hangup':
    case 'destroy':
    case 'purge':
      return 'ended';
    default:
      return null;
  }
}
