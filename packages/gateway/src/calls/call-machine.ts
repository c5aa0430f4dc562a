/**
 * A call of two legs, as the gateway sees it. The caller's leg exists from the start; one callee's leg is tried for
 * each place where the callee is signed in, and the first that answers stays.
 *
 *              answer              bye, media refused, new media not taken in time
 *   inviting ──────────▶ established ─────────────▶ ended
 *      └───────────────────────────────────────────▶ ended
 *             bye, last reject, ring time-out, media refused
 *
 * A call to `echo` or to an assistant has no callee: it is established at once, and the caller told when its media is
 * there, bridged to itself or to an engine.
 *
 * The caller's description is the gateway's answer to the caller's offer. It is made at once, whatever the callee
 * does, so that the caller's media path is warm when the callee answers. Three things decide when the caller is told:
 * ringback by the gateway (at once, media flows), a client that can take it early without playing (at once), or
 * neither (with the answer).
 *
 * What is told to a client that is between two sockets does not reach it. When it is back, it is told again what it
 * may not know; what it has taken before, it recognises.
 */
import { causes, type HangupCause } from '@parley/protocol';
import type { MediaFailure } from '../media/media-plane.ts';

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

/** A leg whose media is made anew, until its client has answered. */
export interface RemadeLeg {
  id: LegId;
  /** The gateway's offer; null until it is there. */
  offer: string | null;
}

/** Where a call goes. */
export type Route = { kind: 'echo' } | { kind: 'engine' } | { kind: 'callees'; legs: readonly LegId[] };

/** What is at the other end of an established call. */
export type FarEnd = { kind: 'callee'; leg: LegId } | { kind: 'echo' } | { kind: 'engine' };

export type CallState =
  | {
      name: 'inviting';
      caller: CallerLeg;
      callees: readonly CalleeLeg[];
      refusal: HangupCause | null;
      /** Legs whose clients are between two sockets. */
      away: readonly LegId[];
    }
  | {
      name: 'established';
      caller: CallerLeg;
      /** The caller's client has taken the answer. */
      answerTaken: boolean;
      far: FarEnd;
      held: readonly LegId[];
      remaking: readonly RemadeLeg[];
      away: readonly LegId[];
    }
  | { name: 'ended'; cause: HangupCause };

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
  /** The gateway's offer for a new media path is there. */
  | { type: 'remade'; leg: LegId; sdp: string }
  /** The client's answer to it. */
  | { type: 'reattached'; leg: LegId; sdp: string }
  /** The client has not answered the gateway's offer for a new media path in time. */
  | { type: 'attachTimeout'; leg: LegId }
  /** The leg's client has lost its socket. */
  | { type: 'detached'; leg: LegId }
  /** The leg's client is back on another socket, and may have missed what was told it. */
  | { type: 'resumed'; leg: LegId }
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
  | { do: 'tellAttach'; leg: LegId; sdp: string }
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
      away: [],
    };
  const callees = target.legs.map((id): CalleeLeg => ({ id, offer: null, ringing: false, warm: false }));
  return { name: 'inviting', caller: callerLeg, callees, refusal: null, away: [] };
}

/** Something that happens to a state if nothing else does. It lives as long as the state has one of its name. */
export interface CallDeadline {
  name: string;
  afterMs: number;
  event: CallEvent;
}

/** A client must negotiate and perhaps gather candidates; longer than this, a person waits in silence for nothing. */
const attachMs = 20_000;

/** The caller of an engine may be anybody, and an engine never tires. */
const visitDeadline: CallDeadline = {
  name: 'visit',
  afterMs: 3_600_000,
  event: { type: 'terminate', cause: { ...causes.normalUnspecified, sipReason: 'Longest call reached' } },
};

/** A client that is away is waited for as long as its session is held, whatever it owes. */
export function callDeadlines(state: CallState, ringMs: number): CallDeadline[] {
  switch (state.name) {
    case 'inviting':
      return [{ name: 'ring', afterMs: ringMs, event: { type: 'ringTimeout' } }];
    case 'established':
      return [
        ...state.remaking
          .filter(({ id, offer }) => offer !== null && !state.away.includes(id))
          .map(({ id }): CallDeadline => ({
            name: `attach ${id}`,
            afterMs: attachMs,
            event: { type: 'attachTimeout', leg: id },
          })),
        ...(state.far.kind === 'engine' ? [visitDeadline] : []),
      ];
    case 'ended':
      return [];
  }
}

export function callTransition(state: CallState, event: CallEvent): CallStep {
  const isOfNoLeg = state.name !== 'ended' && 'leg' in event && !legsOf(state).includes(event.leg);
  // A command that did not fit, such as a second answer of a client, has left the media as it was.
  const isOfNoConsequence = event.type === 'mediaFailed' && event.failure === 'wrong-state';
  if (isOfNoLeg || isOfNoConsequence) return stay(state);
  switch (state.name) {
    case 'inviting':
      return inviting(state, event);
    case 'established':
      return established(state, event);
    case 'ended':
      return stay(state);
  }
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

export function isWarm(state: CallState, leg: LegId): boolean {
  return state.name === 'inviting' && calleeOf(state, leg)?.warm === true;
}

type Inviting = Extract<CallState, { name: 'inviting' }>;
type Established = Extract<CallState, { name: 'established' }>;

const stay = (state: CallState, ...effects: CallEffect[]): CallStep => ({ state, effects });

function inviting(state: Inviting, event: CallEvent): CallStep {
  switch (event.type) {
    case 'accepted':
      return describeCaller(state, event.sdp);
    case 'offered':
      return stay(withCallee(state, event.leg, { offer: event.sdp }), {
        do: 'invite',
        leg: event.leg,
        sdp: event.sdp,
      });
    case 'ringing':
      return ringing(state, event.leg);
    case 'preAnswer': {
      const callee = calleeOf(state, event.leg);
      if (callee === undefined || callee.warm) return stay(state);
      return stay(withCallee(state, event.leg, { warm: true }), {
        do: 'applyAnswer',
        leg: event.leg,
        sdp: event.sdp,
      });
    }
    case 'answer':
      return answer(state, event.leg, event.sdp);
    case 'bye':
      return event.leg === state.caller.id
        ? end(state, causes.originatorCancel, event.leg)
        : dropCallee(state, event.leg, refusalOf(event.cause), false);
    case 'mediaFailed':
      return event.leg === state.caller.id
        ? end(state, causeOfMediaFailure(event.failure))
        : dropCallee(state, event.leg, causeOfMediaFailure(event.failure), true);
    case 'mediaLost':
      return event.leg === state.caller.id
        ? end(state, causes.temporaryFailure)
        : dropCallee(state, event.leg, causes.temporaryFailure, true);
    case 'ringTimeout':
      return end(state, causes.noAnswer);
    case 'terminate':
      return end(state, event.cause);
    case 'refused':
      return dropCallee(state, event.leg, causes.destinationOutOfOrder, true);
    case 'detached':
      return stay(withAway(state, event.leg));
    case 'resumed': {
      const missed = event.leg === state.caller.id ? progressOf(state) : inviteAgain(state, event.leg);
      return stay(withoutAway(state, event.leg), ...missed);
    }
    case 'answerTaken':
    case 'hold':
    case 'remade':
    case 'reattached':
    case 'attachTimeout':
      return stay(state);
  }
}

function established(state: Established, event: CallEvent): CallStep {
  switch (event.type) {
    case 'accepted': {
      const caller = { ...state.caller, description: { sdp: event.sdp, told: true } };
      return stay({ ...state, caller }, join(state, caller.id, true), { do: 'tellAnswer', sdp: event.sdp });
    }
    case 'hold': {
      const others = state.held.filter((leg) => leg !== event.leg);
      const held = event.held ? [...others, event.leg] : others;
      return stay({ ...state, held }, { do: 'holdMedia', leg: event.leg, held: event.held });
    }
    case 'mediaLost':
      return stay(withRemaking(state, event.leg, null), { do: 'remake', leg: event.leg });
    case 'remade':
      return stay(
        withRemaking(state, event.leg, event.sdp),
        { do: 'tellAttach', leg: event.leg, sdp: event.sdp },
        ...rejoin(state, event.leg),
      );
    case 'reattached': {
      if (!isRemaking(state, event.leg)) return stay(state);
      const remaking = state.remaking.filter(({ id }) => id !== event.leg);
      return stay({ ...state, remaking }, { do: 'applyAnswer', leg: event.leg, sdp: event.sdp });
    }
    case 'answerTaken':
      return stay({ ...state, answerTaken: true });
    case 'resumed':
      return stay(
        withoutAway(state, event.leg),
        ...answerAgain(state, event.leg),
        ...attachAgain(state, event.leg),
      );
    case 'detached':
      return stay(withAway(state, event.leg));
    case 'attachTimeout':
      return isRemaking(state, event.leg) ? end(state, causes.recoveryOnTimerExpire) : stay(state);
    case 'bye':
      return end(state, event.cause, event.leg);
    case 'mediaFailed':
      return end(state, causeOfMediaFailure(event.failure));
    case 'terminate':
      return end(state, event.cause);
    case 'offered':
    case 'ringing':
    case 'refused':
    case 'preAnswer':
    case 'answer':
    case 'ringTimeout':
      return stay(state);
  }
}

/** What a caller that waits is told of the call so far. */
function progressOf(state: Inviting): CallEffect[] {
  const { description, early } = state.caller;
  return [
    ...(anyRinging(state) ? [{ do: 'tellRinging' } as const] : []),
    ...(description?.told === true ? [tellMedia(description.sdp, early)] : []),
  ];
}

function inviteAgain(state: Inviting, leg: LegId): CallEffect[] {
  const callee = calleeOf(state, leg);
  if (callee === undefined || callee.offer === null || callee.ringing) return [];
  return [{ do: 'invite', leg, sdp: callee.offer }];
}

/** With the description: the message that brought it before the answer may be lost as well. */
function answerAgain({ caller, answerTaken }: Established, leg: LegId): CallEffect[] {
  if (leg !== caller.id || answerTaken || caller.description === null) return [];
  return [{ do: 'tellAnswer', sdp: caller.description.sdp }];
}

function attachAgain({ remaking }: Established, leg: LegId): CallEffect[] {
  const offer = remaking.find(({ id }) => id === leg)?.offer ?? null;
  return offer === null ? [] : [{ do: 'tellAttach', leg, sdp: offer }];
}

const tellMedia = (sdp: string, early: EarlyDescription): CallEffect => ({
  do: 'tellMedia',
  sdp,
  audible: early === 'ringback',
});

function describeCaller(state: Inviting, sdp: string): CallStep {
  const { caller } = state;
  const told = caller.early !== 'withheld';
  const next: Inviting = { ...state, caller: { ...caller, description: { sdp, told } } };
  if (!told) return stay(next);
  const effects = [tellMedia(sdp, caller.early)];
  if (caller.early === 'ringback' && anyRinging(state)) effects.push({ do: 'playRingback' });
  return stay(next, ...effects);
}

function ringing(state: Inviting, leg: LegId): CallStep {
  const next = withCallee(state, leg, { ringing: true });
  if (anyRinging(state) || !anyRinging(next)) return stay(next);
  const effects: CallEffect[] = [{ do: 'tellRinging' }];
  if (state.caller.early === 'ringback' && state.caller.description !== null)
    effects.push({ do: 'playRingback' });
  return stay(next, ...effects);
}

function answer(state: Inviting, leg: LegId, sdp: string | null): CallStep {
  const callee = calleeOf(state, leg);
  if (callee === undefined || (sdp === null && !callee.warm)) return stay(state);
  const effects: CallEffect[] = [];
  if (sdp !== null && !callee.warm) effects.push({ do: 'applyAnswer', leg, sdp });
  const { description } = state.caller;
  if (description !== null) {
    effects.push(
      { do: 'bridge', legs: [state.caller.id, leg] },
      { do: 'tellAnswer', sdp: description.told ? null : description.sdp },
    );
  }
  for (const other of state.callees) {
    if (other.id !== leg) effects.push({ do: 'endLeg', leg: other.id, cause: causes.loseRace, tell: true });
  }
  const caller =
    description === null ? state.caller : { ...state.caller, description: { ...description, told: true } };
  return stay(
    {
      name: 'established',
      caller,
      answerTaken: false,
      far: { kind: 'callee', leg },
      held: [],
      remaking: [],
      away: state.away,
    },
    ...effects,
  );
}

/** One of the places where the callee might have answered is out; the last one takes the call with it. */
function dropCallee(state: Inviting, leg: LegId, cause: HangupCause, tell: boolean): CallStep {
  if (calleeOf(state, leg) === undefined) return stay(state);
  const callees = state.callees.filter((callee) => callee.id !== leg);
  const next: Inviting = { ...state, callees, refusal: state.refusal ?? cause };
  const ended: CallEffect = { do: 'endLeg', leg, cause, tell };
  if (callees.length > 0 && cause.cause !== causes.callRejected.cause) return stay(next, ended);
  const last = end(next, next.refusal ?? cause);
  return { state: last.state, effects: [ended, ...last.effects] };
}

/** A callee who hangs up without having answered has refused, whatever its client calls it. */
const refusalOf = (cause: HangupCause): HangupCause =>
  cause.cause === causes.normalClearing.cause ? causes.userBusy : cause;

function end(state: Inviting | Established, cause: HangupCause, saidBy?: LegId): CallStep {
  const effects = legsOf(state).map((leg): CallEffect => ({
    do: 'endLeg',
    leg,
    cause,
    tell: leg !== saidBy,
  }));
  return { state: { name: 'ended', cause }, effects };
}

const withAway = <State extends Inviting | Established>(state: State, leg: LegId): State => ({
  ...state,
  away: [...state.away.filter((id) => id !== leg), leg],
});

const withoutAway = <State extends Inviting | Established>(state: State, leg: LegId): State => ({
  ...state,
  away: state.away.filter((id) => id !== leg),
});

function withRemaking(state: Established, id: LegId, offer: string | null): Established {
  const others = state.remaking.filter((leg) => leg.id !== id);
  return { ...state, remaking: [...others, { id, offer }] };
}

const calleeLegOf = ({ far }: Established): LegId | null => (far.kind === 'callee' ? far.leg : null);

/** Brings a leg together with whatever is at its other end. */
function join(state: Established, leg: LegId, greets: boolean): CallEffect {
  if (state.far.kind === 'engine') return { do: 'converse', leg, greets };
  return { do: 'bridge', legs: [leg, otherLeg(state, leg) ?? leg] };
}

/** A remade leg starts unbridged and unheld. */
function rejoin(state: Established, leg: LegId): CallEffect[] {
  const effects: CallEffect[] = [join(state, leg, false)];
  if (state.held.includes(leg)) effects.push({ do: 'holdMedia', leg, held: true });
  return effects;
}

function legsOf(state: Inviting | Established): LegId[] {
  if (state.name === 'inviting') return [state.caller.id, ...state.callees.map((callee) => callee.id)];
  const callee = calleeLegOf(state);
  return callee === null ? [state.caller.id] : [state.caller.id, callee];
}

const calleeOf = (state: Inviting, leg: LegId): CalleeLeg | undefined =>
  state.callees.find((callee) => callee.id === leg);

const anyRinging = (state: Inviting): boolean => state.callees.some(({ ringing: rings }) => rings);

function withCallee(state: Inviting, leg: LegId, change: Partial<Omit<CalleeLeg, 'id'>>): Inviting {
  const callees = state.callees.map((callee) => (callee.id === leg ? { ...callee, ...change } : callee));
  return { ...state, callees };
}

function causeOfMediaFailure(failure: MediaFailure): HangupCause {
  switch (failure) {
    case 'full':
      return causes.noCapacity;
    case 'bad-sdp':
      return causes.incompatibleDestination;
    case 'no-such-leg':
    case 'wrong-state':
    case 'worker-lost':
    case 'closed':
      return causes.temporaryFailure;
  }
}
