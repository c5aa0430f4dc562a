import type { HangupCause } from '@parley/protocol';
import type { MediaFailure } from '../media/media-plane.ts';
import type { CallState, LegId } from './call-state.ts';

/** What happens to a call, and what is to be done about it. */

export type CallEvent =
  /** The gateway's answer to the caller's offer is there. */
  | { type: 'accepted'; sdp: string }
  /** The gateway's offer to a callee is there. */
  | { type: 'offered'; leg: LegId; sdp: string }
  | { type: 'mediaFailed'; leg: LegId; failure: MediaFailure }
  /** The callee's client has taken the invite. */
  | { type: 'ringing'; leg: LegId }
  /** The callee's client cannot take the invite. */
  | { type: 'refused'; leg: LegId }
  | { type: 'preAnswer'; leg: LegId; sdp: string }
  | { type: 'answer'; leg: LegId; sdp: string | null }
  /** The caller's client has taken the answer. */
  | { type: 'answerTaken' }
  | { type: 'hold'; leg: LegId; held: boolean }
  /** The media path of a leg is gone, and cannot be mended in place. */
  | { type: 'mediaLost'; leg: LegId }
  /** Nothing has come from the leg's client for a while. It is told again and again, as long as that is so. */
  | { type: 'mediaSilent'; leg: LegId }
  /** Something comes. */
  | { type: 'mediaHeard'; leg: LegId }
  /** A new media path could not be made. */
  | { type: 'remakeFailed'; leg: LegId; failure: MediaFailure }
  /** It is time to try again. */
  | { type: 'remakeDue'; leg: LegId }
  /** The gateway's offer for a new media path is there. */
  | { type: 'remade'; leg: LegId; sdp: string }
  /** The client's answer to it, or to an earlier one: a client that knows of epochs says which. */
  | { type: 'reattached'; leg: LegId; sdp: string; epoch: number | undefined }
  /** The client has not answered the gateway's offer for a new media path in time. */
  | { type: 'attachTimeout'; leg: LegId }
  /** The leg's client has lost its socket. */
  | { type: 'detached'; leg: LegId }
  /**
   * The leg's client is back on another socket, and may have missed what was told it. `mute`: it cannot say whether it
   * still has its media.
   */
  | { type: 'resumed'; leg: LegId; mute?: boolean }
  /** The callee's client is back on another socket, and knows nothing of the call. */
  | { type: 'inviteLost'; leg: LegId }
  | { type: 'bye'; leg: LegId; cause: HangupCause }
  | { type: 'ringTimeout' }
  /** The whole call is to end, by the gateway's own will. */
  | { type: 'terminate'; cause: HangupCause };

export type CallEffect =
  | { do: 'invite'; leg: LegId; sdp: string }
  | { do: 'tellRinging' }
  /** Gives the caller its description before the answer. */
  | { do: 'tellMedia'; sdp: string; audible: boolean }
  /** Tells the caller of the answer; `sdp` is null where the description was told before. */
  | { do: 'tellAnswer'; sdp: string | null }
  | { do: 'tellAttach'; leg: LegId; sdp: string; epoch: number }
  /** The leg is over: its media is closed, and its client is told unless it said so itself. */
  | { do: 'endLeg'; leg: LegId; cause: HangupCause; tell: boolean }
  | { do: 'applyAnswer'; leg: LegId; sdp: string }
  | { do: 'playRingback' }
  | { do: 'bridge'; legs: readonly [LegId, LegId] }
  /** Puts an engine at the other end, which says its greeting only where nobody has heard it yet. */
  | { do: 'converse'; leg: LegId; greets: boolean }
  | { do: 'holdMedia'; leg: LegId; held: boolean }
  | { do: 'remake'; leg: LegId };

export interface CallStep {
  state: CallState;
  effects: readonly CallEffect[];
}
