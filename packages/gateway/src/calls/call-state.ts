import type { HangupCause } from '@parley/protocol';

/** What is known of a call: its legs, how far each of them is, and what its client may not know. */

export type LegId = string;

export type EarlyDescription = 'ringback' | 'warm' | 'withheld';

export interface CallerLeg {
  id: LegId;
  early: EarlyDescription;
  description: { sdp: string; told: boolean } | null;
}

export interface CalleeLeg {
  id: LegId;
  /** The gateway's offer; null until it is there. */
  offer: string | null;
  /** Its client has taken the invite. */
  ringing: boolean;
  /** The callee's description came before its answer; its media path is warm. */
  warm: boolean;
}

/**
 * A leg whose media is made anew, until its client has answered.
 *
 *   asked ──────────▶ offered
 *    │  ▲
 *    ▼  │ after a while
 *   failed
 */
export type RemadeLeg =
  /** The media plane makes it. */
  | { id: LegId; name: 'asked'; tries: number }
  /** The worker that made it died as well. */
  | { id: LegId; name: 'failed'; tries: number }
  /** The gateway's offer is there, for the client to answer. */
  | { id: LegId; name: 'offered'; offer: string; epoch: number };

/** `answered`: the caller's client may not know yet that the call is established. */
export type LegPhase = 'offered' | 'calling' | 'answered' | 'established';

/** Where a call goes. */
export type Route = { kind: 'echo' } | { kind: 'engine' } | { kind: 'callees'; legs: readonly LegId[] };

/** What is at the other end of an established call. */
export type FarEnd = { kind: 'callee'; leg: LegId } | { kind: 'echo' } | { kind: 'engine' };

export type CallState = Inviting | Established | { name: 'ended'; cause: HangupCause };

export interface Inviting {
  name: 'inviting';
  caller: CallerLeg;
  callees: readonly CalleeLeg[];
  refusal: HangupCause | null;
  /** Legs whose clients are between two sockets. */
  away: readonly LegId[];
  /**
   * The media of a former process is gone. The callees are offered anew: by an invite, or, where their clients still
   * ring, by an attach of this epoch. So is the caller, once somebody has answered. null in the process in which the
   * call began.
   */
  renewed: number | null;
}

export interface Established {
  name: 'established';
  caller: CallerLeg;
  /** The caller's client has taken the answer. */
  answerTaken: boolean;
  far: FarEnd;
  held: readonly LegId[];
  remaking: readonly RemadeLeg[];
  /** How often each leg was offered another media path. */
  epochs: Readonly<Record<LegId, number>>;
  /** Legs from whose clients no media comes, and how often that was told, one time after another. */
  silent: Readonly<Record<LegId, number>>;
  /** Legs whose clients came back and cannot say whether they still have the media, as after a reload of the page. */
  doubted: readonly LegId[];
  away: readonly LegId[];
}

export function startedCall(caller: LegId, early: EarlyDescription, target: Route): CallState {
  const callerLeg: CallerLeg = { id: caller, early, description: null };
  if (target.kind !== 'callees')
    return {
      name: 'established',
      caller: callerLeg,
      answerTaken: false,
      far: target,
      held: [],
      remaking: [],
      epochs: {},
      silent: {},
      doubted: [],
      away: [],
    };
  const callees = target.legs.map((id): CalleeLeg => ({ id, offer: null, ringing: false, warm: false }));
  return { name: 'inviting', caller: callerLeg, callees, refusal: null, away: [], renewed: null };
}

/**
 * A call of a former process: both clients are away, and all media is asked for anew.
 *
 * @param epoch no less than that of any offer which the former process may have made
 * @param alone what is at the other end where no callee is
 */
export function restoredCall(
  caller: { id: LegId; held: boolean },
  callee: { id: LegId; held: boolean } | null,
  epoch: number,
  alone: 'echo' | 'engine' = 'echo',
): Established {
  const legs = callee === null ? [caller] : [caller, callee];
  return {
    name: 'established',
    // What the caller was told of the former media is of no use to anybody.
    caller: { id: caller.id, early: 'withheld', description: { sdp: '', told: true } },
    answerTaken: true,
    far: callee === null ? { kind: alone } : { kind: 'callee', leg: callee.id },
    held: legs.filter(({ held }) => held).map(({ id }) => id),
    remaking: legs.map(({ id }) => ({ id, name: 'asked', tries: 1 })),
    epochs: Object.fromEntries(legs.map(({ id }) => [id, epoch])),
    silent: {},
    doubted: [],
    away: legs.map(({ id }) => id),
  };
}

/** A call of a former process that nobody has answered yet. */
export function restoredInvitation(caller: LegId, callees: readonly LegId[], epoch: number): Inviting {
  return {
    name: 'inviting',
    caller: { id: caller, early: 'withheld', description: null },
    callees: callees.map((id) => ({ id, offer: null, ringing: false, warm: false })),
    refusal: null,
    away: [caller, ...callees],
    renewed: epoch + 1,
  };
}

/** The leg at the other end, once there is one. */
export function otherLeg(state: CallState, leg: LegId): LegId | null {
  if (state.name !== 'established') return null;
  const callee = calleeLegOf(state);
  if (leg === state.caller.id) return callee;
  return leg === callee ? state.caller.id : null;
}

export function isHeld(state: CallState, leg: LegId): boolean {
  return state.name === 'established' && state.held.includes(leg);
}

/** Its media is made anew; until that is done, nothing else can be negotiated. */
export function isRemaking(state: CallState, leg: LegId): boolean {
  return state.name === 'established' && state.remaking.some(({ id }) => id === leg);
}

export function remadeLegOf({ remaking }: Established, leg: LegId): RemadeLeg | undefined {
  return remaking.find(({ id }) => id === leg);
}

/** How far a leg is, as far as its client must know of it. */
export function phaseOf(state: CallState, leg: LegId): LegPhase | null {
  switch (state.name) {
    case 'inviting':
      return leg === state.caller.id ? 'calling' : 'offered';
    case 'established':
      return leg === state.caller.id && !state.answerTaken ? 'answered' : 'established';
    case 'ended':
      return null;
  }
}

/** The latest offer of another media path that its client has not answered. */
export function openEpoch(state: CallState, leg: LegId): number | null {
  const remade = state.name === 'established' ? remadeLegOf(state, leg) : undefined;
  return remade?.name === 'offered' ? remade.epoch : null;
}

/** Its client has yet to describe its media, which a repeated answer need not do. */
export function isUndescribed(state: CallState, leg: LegId): boolean {
  return state.name === 'inviting' && calleeOf(state, leg)?.warm === false;
}

export function legsOf(state: Inviting | Established): LegId[] {
  if (state.name === 'inviting') return [state.caller.id, ...state.callees.map((callee) => callee.id)];
  const callee = calleeLegOf(state);
  return callee === null ? [state.caller.id] : [state.caller.id, callee];
}

export const calleeOf = (state: Inviting, leg: LegId): CalleeLeg | undefined =>
  state.callees.find((callee) => callee.id === leg);

export const anyRinging = (state: Inviting): boolean => state.callees.some(({ ringing: rings }) => rings);

export function withCallee(state: Inviting, leg: LegId, change: Partial<Omit<CalleeLeg, 'id'>>): Inviting {
  const callees = state.callees.map((callee) => (callee.id === leg ? { ...callee, ...change } : callee));
  return { ...state, callees };
}

export const withAway = <State extends Inviting | Established>(state: State, leg: LegId): State => ({
  ...state,
  away: [...state.away.filter((id) => id !== leg), leg],
});

export const withoutAway = <State extends Inviting | Established>(state: State, leg: LegId): State => ({
  ...state,
  away: state.away.filter((id) => id !== leg),
});

export function withRemaking(state: Established, leg: RemadeLeg): Established {
  const others = state.remaking.filter(({ id }) => id !== leg.id);
  return { ...state, remaking: [...others, leg] };
}

export const withDoubt = (state: Established, leg: LegId, isDoubted: boolean): Established => ({
  ...state,
  doubted: [...state.doubted.filter((id) => id !== leg), ...(isDoubted ? [leg] : [])],
});

export const withSilence = (state: Established, leg: LegId, times: number): Established => ({
  ...state,
  silent: { ...state.silent, [leg]: times },
});

const calleeLegOf = ({ far }: Established): LegId | null => (far.kind === 'callee' ? far.leg : null);
