import type { CustomHeader } from '@parley/protocol';
import type { Session } from '../sessions/session.ts';
import type { LegId } from './call-machine.ts';

/** One party's half of a call: which session it belongs to, and by what id that session knows it. */
export interface Leg {
  id: LegId;
  session: Session;
  /** Chosen by the client for a call that it makes; means something within its session only. */
  callId: string;
}

/** What a caller says of the call beside whom it is for. */
export interface CallRequest {
  destination: string;
  callerName: string | undefined;
  callerNumber: string | undefined;
  clientState: string | undefined;
  customHeaders: readonly CustomHeader[];
}
