/** Trickle ICE (RFC 8838). */
import type { DialogParams } from './call.ts';

export interface CandidateParams {
  sessid?: string;
  candidate: string;
  sdpMid?: string | null;
  sdpMLineIndex?: number | null;
  dialogParams: DialogParams;
}

export interface EndOfCandidatesParams {
  sessid?: string;
  endOfCandidates?: boolean;
  dialogParams: DialogParams;
}

export interface CandidatePush {
  callID: string;
  candidate: string;
  sdpMid?: string | null;
  sdpMLineIndex?: number | null;
}
