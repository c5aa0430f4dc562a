import type { ArchivedCall, ArchivedLeg, ChunkKind } from '../store/archived-calls.ts';

/** What of a call is new. `place` is that of the leg. */
export type CallNews =
  | { type: 'call'; call: ArchivedCall }
  | { type: 'legEnded'; place: number; leg: ArchivedLeg }
  | { type: 'item'; place: number; kind: ChunkKind; index: number; json: string }
  | { type: 'report'; place: number; id: string; json: string }
  /** Nothing comes any more. */
  | { type: 'over' };
