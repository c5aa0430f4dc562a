import { MicrophoneError } from '../media/microphone.ts';
import { NegotiationError, NoRelayError } from '../media/peer.ts';
import { RpcError } from '../signaling/rpc.ts';
import type { CallEvent, CallFailure } from './call-machine.ts';

/** What a request that has failed means for its call. */
export function requestEvent(error: unknown): CallEvent {
  if (!(error instanceof RpcError)) return { type: 'failed', failure: 'unexpected', error };
  if (error.failure === 'lost') return { type: 'requestLost' };
  return { type: error.failure === 'refused' ? 'refused' : 'unanswered', error };
}

export function failureOf(error: unknown): CallFailure {
  if (error instanceof MicrophoneError) return `microphone-${error.failure}`;
  if (error instanceof NoRelayError) return 'no-relay';
  return error instanceof NegotiationError ? error.step : 'unexpected';
}
