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
import type { CallEffect, CallEvent, CallStep } from './call-events.ts';
import {
  anyRinging,
  type CallState,
  calleeOf,
  type EarlyDescription,
  type Established,
  type Inviting,
  isRemaking,
  type LegId,
  legsOf,
  openEpoch,
  otherLeg,
  remadeLegOf,
  withAway,
  withCallee,
  withDoubt,
  withRemaking,
  withSilence,
  withoutAway,
} from './call-state.ts';

/** A call is over after some seconds of silence. */
const mostRemakes = 4;

/** A minute: whoever is there restarts ICE or asks for another path sooner. */
const mostSilences = 4;

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

const stay = (state: CallState, ...effects: CallEffect[]): CallStep => ({ state, effects });

function inviting(state: Inviting, event: CallEvent): CallStep {
  switch (event.type) {
    case 'accepted':
      return describeCaller(state, event.sdp);
    case 'offered':
    case 'remade':
      return offered(state, event.leg, event.sdp);
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
      const back = withoutAway(state, event.leg);
      if (event.leg === state.caller.id) return stay(back, ...progressOf(state));
      return state.renewed === null || event.mute === true
        ? stay(back, ...inviteAgain(state, event.leg))
        : ringsStill(back, event.leg);
    }
    case 'inviteLost':
      return inviteLost(state, event.leg);
    case 'remakeFailed':
      return dropCallee(state, event.leg, causeOfMediaFailure(event.failure), true);
    case 'reattached':
      // Its person had answered while there was no gateway.
      return state.renewed === null ? stay(state) : answer(state, event.leg, event.sdp);
    case 'answerTaken':
    case 'hold':
    case 'mediaSilent':
    case 'mediaHeard':
    case 'remakeDue':
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
      return mediaLost(state, event.leg);
    case 'mediaSilent':
      return mediaSilent(state, event.leg);
    case 'mediaHeard':
      return stay(withSilence(state, event.leg, 0));
    case 'remakeFailed':
      return remakeFailed(state, event.leg, event.failure);
    case 'remakeDue': {
      const leg = remadeLegOf(state, event.leg);
      return leg?.name === 'failed' ? remake(state, leg.id, leg.tries + 1) : stay(state);
    }
    case 'remade':
      return remade(state, event.leg, event.sdp);
    case 'reattached': {
      const open = openEpoch(state, event.leg);
      // What it answered before was the offer of a former process.
      const isMisled = open === null && event.epoch === state.epochs[event.leg];
      if (isMisled && state.doubted.includes(event.leg)) return remake(state, event.leg, 1);
      if (open === null || (event.epoch !== undefined && event.epoch !== open)) return stay(state);
      const remaking = state.remaking.filter(({ id }) => id !== event.leg);
      const known = withDoubt(state, event.leg, false);
      return stay({ ...known, remaking }, { do: 'applyAnswer', leg: event.leg, sdp: event.sdp });
    }
    case 'answerTaken':
      return stay({ ...state, answerTaken: true });
    case 'resumed':
      return stay(
        withDoubt(withoutAway(state, event.leg), event.leg, event.mute === true),
        ...answerAgain(state, event.leg),
        ...attachAgain(state, event.leg),
      );
    case 'detached':
      return stay(withSilence(withAway(state, event.leg), event.leg, 0));
    case 'attachTimeout':
      return isRemaking(state, event.leg) ? end(state, causes.recoveryOnTimerExpire) : stay(state);
    case 'bye':
      return end(state, event.cause, event.leg);
    case 'mediaFailed':
      return isBeingMended(state, event.leg, event.failure)
        ? stay(state)
        : end(state, causeOfMediaFailure(event.failure));
    case 'terminate':
      return end(state, event.cause);
    case 'offered':
    case 'ringing':
    case 'refused':
    case 'preAnswer':
    case 'answer':
    case 'inviteLost':
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

function offered(state: Inviting, leg: LegId, sdp: string): CallStep {
  const callee = calleeOf(state, leg);
  if (callee === undefined) return stay(state);
  const next = withCallee(state, leg, { offer: sdp });
  const isKnown = callee.ringing && state.renewed !== null;
  return stay(next, ...(isKnown ? offerAgain(next, leg) : [{ do: 'invite', leg, sdp } as const]));
}

/** The gateway was gone meanwhile, and the client has the offer of the former one. */
function ringsStill(state: Inviting, leg: LegId): CallStep {
  const { state: next, effects } = ringing(state, leg);
  return { state: next, effects: [...effects, ...offerAgain(state, leg)] };
}

function offerAgain({ callees, renewed }: Inviting, leg: LegId): CallEffect[] {
  const offer = callees.find(({ id }) => id === leg)?.offer;
  if (typeof offer !== 'string' || renewed === null) return [];
  return [{ do: 'tellAttach', leg, sdp: offer, epoch: renewed }];
}

function inviteAgain(state: Inviting, leg: LegId): CallEffect[] {
  const callee = calleeOf(state, leg);
  if (callee === undefined || callee.offer === null || callee.ringing) return [];
  return [{ do: 'invite', leg, sdp: callee.offer }];
}

/** What its client said before it lost the call was about a peer connection that is gone. */
function inviteLost(state: Inviting, leg: LegId): CallStep {
  const back = withoutAway(state, leg);
  const callee = calleeOf(state, leg);
  if (callee === undefined || callee.offer === null) return stay(back);
  if (!callee.warm) return stay(back, { do: 'invite', leg, sdp: callee.offer });
  // An offer that takes the place of the one that rings would be of a call that its client does not have.
  const ringing = state.renewed === null && callee.ringing;
  return stay(withCallee(back, leg, { offer: null, warm: false, ringing }), { do: 'remake', leg });
}

/** With the description: the message that brought it before the answer may be lost as well. */
function answerAgain({ caller, answerTaken }: Established, leg: LegId): CallEffect[] {
  if (leg !== caller.id || answerTaken || caller.description === null) return [];
  return [{ do: 'tellAnswer', sdp: caller.description.sdp }];
}

function attachAgain(state: Established, leg: LegId): CallEffect[] {
  const remade = remadeLegOf(state, leg);
  if (remade?.name !== 'offered') return [];
  return [{ do: 'tellAttach', leg, sdp: remade.offer, epoch: remade.epoch }];
}

function remake(state: Established, leg: LegId, tries: number): CallStep {
  return stay(withRemaking(state, { id: leg, name: 'asked', tries }), { do: 'remake', leg });
}

/** Each offer has a number of its own, so that the answer to an older one is known. */
function remade(state: Established, leg: LegId, offer: string): CallStep {
  const epoch = (state.epochs[leg] ?? 0) + 1;
  const offered = withRemaking(state, { id: leg, name: 'offered', offer, epoch });
  return stay(
    { ...offered, epochs: { ...state.epochs, [leg]: epoch } },
    { do: 'tellAttach', leg, sdp: offer, epoch },
    ...rejoin(state, leg),
  );
}

/** Where it is being made anew already, the outcome of that is awaited: a second offer would undo the first. */
function mediaLost(state: Established, leg: LegId): CallStep {
  const remade = remadeLegOf(state, leg);
  return remade === undefined || remade.name === 'offered' ? remake(state, leg, 1) : stay(state);
}

/**
 * Other deadlines are for a client that is away, or that has an offer to answer. One that cannot say that its media is
 * lost is taken at the silence of it.
 */
function mediaSilent(state: Established, leg: LegId): CallStep {
  if (state.away.includes(leg) || isRemaking(state, leg)) return stay(state);
  if (state.doubted.includes(leg)) return remake(state, leg, 1);
  const times = (state.silent[leg] ?? 0) + 1;
  return times < mostSilences
    ? stay(withSilence(state, leg, times))
    : end(state, causes.recoveryOnTimerExpire);
}

/** A worker's death fails its commands too. A caller that was not described yet has nothing to attach to. */
function isBeingMended(state: Established, leg: LegId, failure: MediaFailure): boolean {
  const isDescribed = leg !== state.caller.id || state.caller.description !== null;
  return failure === 'worker-lost' && isDescribed && isRemaking(state, leg);
}

function remakeFailed(state: Established, leg: LegId, failure: MediaFailure): CallStep {
  const remade = remadeLegOf(state, leg);
  if (remade?.name !== 'asked') return stay(state);
  if (failure !== 'worker-lost' || remade.tries >= mostRemakes)
    return end(state, causeOfMediaFailure(failure));
  return stay(withRemaking(state, { ...remade, name: 'failed' }));
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
  const answered: Established = {
    name: 'established',
    caller,
    answerTaken: false,
    far: { kind: 'callee', leg },
    held: [],
    remaking: [],
    epochs: {},
    silent: {},
    doubted: [],
    away: state.away,
  };
  return state.renewed === null
    ? stay(answered, ...effects)
    : answerRenewed(answered, leg, state.renewed, effects);
}

/**
 * The caller is told of the answer by the offer of another path: it has none. Of the callee's client it is not known
 * which offer it has answered.
 */
function answerRenewed(state: Established, callee: LegId, epoch: number, told: CallEffect[]): CallStep {
  const caller = { ...state.caller, description: { sdp: '', told: true } };
  const epochs = { [caller.id]: epoch, [callee]: epoch };
  const { state: next, effects } = remake(
    { ...state, caller, answerTaken: true, epochs, doubted: [callee] },
    caller.id,
    1,
  );
  return { state: next, effects: [...told, ...effects] };
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
