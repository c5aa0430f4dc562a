import type { CallState } from '../calls/call-machine.ts';

/** States of a call as applications see them. */
export const State = {
  New: 'new',
  Requesting: 'requesting',
  Trying: 'trying',
  Recovering: 'recovering',
  Ringing: 'ringing',
  Answering: 'answering',
  Early: 'early',
  Active: 'active',
  Held: 'held',
  Hangup: 'hangup',
  Destroy: 'destroy',
  Purge: 'purge',
} as const;
export type State = (typeof State)[keyof typeof State];

export type Direction = 'inbound' | 'outbound';

/** The public word for a state. */
export function toPublicState(state: CallState): State {
  switch (state.name) {
    case 'inviting':
      if (state.request === 'preparing') return 'new';
      if (state.request !== 'accepted') return 'requesting';
      return state.remote === 'applied' && state.audible ? 'early' : 'trying';
    case 'ringing':
    case 'answering':
      return state.name;
    case 'established':
      if (state.remaking > 0) return 'recovering';
      return state.held ? 'held' : 'active';
    case 'ending':
      return 'hangup';
    case 'ended':
      return 'destroy';
  }
}
