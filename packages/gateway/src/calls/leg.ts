import type { CustomHeader } from '@parley/protocol';
import type { Visit } from '../assistants/visit.ts';
import type { Session } from '../sessions/session.ts';
import type { LegId, Route } from './call-state.ts';

/** One party's half of a call: which session it belongs to, and by what id that session knows it. */
export interface Leg {
  id: LegId;
  session: Session;
  /** Chosen by the client for a call that it makes; means something within its session only. */
  callId: string;
}

/** Where a call goes. */
export type CallTarget =
  { kind: 'echo' } | { kind: 'assistant'; visit: Visit } | { kind: 'callees'; legs: readonly Leg[] };

/** What a caller says of the call beside whom it is for. */
export interface CallRequest {
  destination: string;
  callerName: string | undefined;
  callerNumber: string | undefined;
  clientState: string | undefined;
  customHeaders: readonly CustomHeader[];
}

export function routeOf(target: CallTarget): Route {
  switch (target.kind) {
    case 'echo':
      return target;
    case 'assistant':
      return { kind: 'engine' };
    case 'callees':
      return { kind: 'callees', legs: target.legs.map(({ id }) => id) };
  }
}
