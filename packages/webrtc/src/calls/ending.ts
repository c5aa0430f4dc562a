import { causes, type HangupCause } from '@parley/protocol';

/** Why a call ended. */
export type Ending = { readonly [K in keyof HangupCause]: HangupCause[K] | undefined } & {
  readonly cause: string;
  readonly causeCode: number;
  readonly sipCallId?: string | undefined;
};

export const HUNG_UP: Ending = causes.normalClearing;
/** Also what a busy callee's client says. */
export const REJECTED: Ending = causes.userBusy;
export const CANCELLED: Ending = causes.originatorCancel;
/** The server refused the request, and gave no cause. */
export const REFUSED: Ending = causes.callRejected;
/** Something failed here, or the server lost the call. */
export const FAILED: Ending = causes.temporaryFailure;
export const INCOMPATIBLE: Ending = causes.incompatibleDestination;
export const NO_REPLY: Ending = causes.recoveryOnTimerExpire;
