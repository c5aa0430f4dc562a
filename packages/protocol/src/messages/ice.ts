/** Trickle ICE (RFC 8838), and the servers that candidates come from. */
import type { DialogParams } from './call.ts';
import type { IceServer } from './session.ts';

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

/** Extension: takes the place of what the login granted. */
export interface IceServersPush {
  iceServers: readonly IceServer[];
}
