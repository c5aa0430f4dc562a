/**
 * One call, from the first step to the last.
 *
 *   outbound ──▶ inviting ───── answered and described ─────▶ established ◀─┐ hold, unhold, another leg
 *                   │                                          │   ▲   └────┘
 *   inbound ───▶ ringing ── answer ──▶ answering ── accepted ──┼───┘
 *                   │                      │                   │
 *                   └─── hangup, bye, failure, timeout ────────┴──▶ ending ── bye answered, 5 s ──▶ ended
 *
 * The server's messages may come in any order and any number: while `inviting`, each one only adds a fact
 * (accepted, described, answered), and the call is established when the facts suffice. Nothing moves back.
 */
import type { Deadline, Machine, Step } from '../kernel/machine.ts';
import {
  CANCELLED,
  FAILED,
  HUNG_UP,
  INCOMPATIBLE,
  NO_REPLY,
  REFUSED,
  REJECTED,
  type Ending,
} from './ending.ts';

/** `lost`: sent on a socket that closed before the answer; the server may or may not know of it. */
type RequestProgress = 'preparing' | 'sent' | 'lost';

export type CallState =
  | {
      readonly name: 'inviting';
      readonly request: RequestProgress | 'accepted';
      /** The remote description: the server's answer to our offer. */
      readonly remote: 'none' | 'applying' | 'applied';
      /** The description came with media that is to be heard before the answer. */
      readonly audible: boolean;
      readonly answered: boolean;
    }
  | { readonly name: 'ringing' }
  | { readonly name: 'answering'; readonly request: RequestProgress }
  /** `remaking`: the server has offered another leg in place of the one in use; 0 where it has not. */
  | { readonly name: 'established'; readonly held: boolean; readonly remaking: number }
  | { readonly name: 'ending'; readonly ending: Ending }
  | { readonly name: 'ended'; readonly ending: Ending };

export type CallFailure =
  | 'send-failed'
  | 'create-offer'
  | 'create-answer'
  | 'local-description'
  | 'remote-description'
  | 'microphone-denied'
  | 'microphone-missing'
  | 'microphone-failed'
  | 'no-relay'
  | 'not-reattached'
  | 'media-lost'
  | 'unexpected';

export type CallEvent =
  /* the person */
  | { readonly type: 'answer' }
  /** `silent`: the server is not told. */
  | { readonly type: 'hangup'; readonly ending?: Ending | undefined; readonly silent?: boolean }
  /* the media of this side */
  | { readonly type: 'offerReady' | 'answerReady' | 'described' | 'remade' | 'remakeFailed' }
  | { readonly type: 'failed'; readonly failure: CallFailure; readonly error: unknown }
  /* what became of invite, answer or attach */
  | { readonly type: 'accepted' | 'requestLost' }
  | { readonly type: 'refused' | 'unanswered'; readonly error: unknown }
  /* the server */
  | { readonly type: 'alerting' }
  | { readonly type: 'media'; readonly sdp: string | undefined; readonly audible: boolean }
  | { readonly type: 'answered'; readonly sdp: string | undefined }
  | { readonly type: 'bye'; readonly ending: Ending }
  | { readonly type: 'offered'; readonly sdp: string }
  | { readonly type: 'holdChanged'; readonly held: boolean }
  /** A new socket; `held`: whether the server still holds the call, undefined where it does not tell. */
  | { readonly type: 'resumed'; readonly survived: boolean | undefined }
  /** There will be no further socket. */
  | { readonly type: 'abandoned' }
  | { readonly type: 'byeDone' }
  | { readonly type: 'elapsed' };

export type CallEffect =
  | { readonly type: 'prepareAnswer' | 'sendInvite' | 'sendAnswer' }
  | { readonly type: 'acceptAnswer' | 'replaceOffer' | 'remake'; readonly sdp: string }
  | { readonly type: 'ringBack' | 'play' | 'release' | 'finish' }
  | { readonly type: 'sendBye'; readonly ending: Ending }
  | { readonly type: 'report'; readonly failure: CallFailure; readonly error: unknown };

export const OUTBOUND: CallState = {
  name: 'inviting',
  request: 'preparing',
  remote: 'none',
  audible: false,
  answered: false,
};

export const INBOUND: CallState = { name: 'ringing' };

const REQUEST_MS = 10_000;
/** A person may be reading the browser's question for the microphone. */
const PERMISSION_MS = 60_000;
const REMAKE_MS = 15_000;
const BYE_MS = 5_000;

type State<N extends CallState['name']> = Extract<CallState, { name: N }>;
type CallStep = Step<CallState, CallEffect>;

export const callMachine: Machine<CallState, CallEvent, CallEffect> = {
  deadline,
  transition(state, event) {
    switch (state.name) {
      case 'inviting':
        return inviting(state, event);
      case 'ringing':
        return ringing(state, event);
      case 'answering':
        return answering(state, event);
      case 'established':
        return established(state, event);
      case 'ending':
        return ['byeDone', 'bye', 'elapsed', 'abandoned'].includes(event.type)
          ? to({ name: 'ended', ending: state.ending })
          : to(state);
      case 'ended':
        return to(state);
    }
  },
};

function deadline(state: CallState): Deadline<CallEvent> | undefined {
  const after = (afterMs: number, name: string = state.name): Deadline<CallEvent> => ({
    name,
    afterMs,
    event: { type: 'elapsed' },
  });
  switch (state.name) {
    case 'inviting':
      if (state.request !== 'accepted') return after(REQUEST_MS);
      return state.answered && state.remote === 'none' ? after(REQUEST_MS, 'answered') : undefined;
    case 'answering':
      return state.request === 'preparing' ? after(PERMISSION_MS) : after(REQUEST_MS, 'answer sent');
    case 'established':
      return state.remaking > 0 ? after(REMAKE_MS, `remaking ${state.remaking}`) : undefined;
    case 'ending':
      return after(BYE_MS);
    case 'ringing':
    case 'ended':
      return undefined;
  }
}

function inviting(state: State<'inviting'>, event: CallEvent): CallStep {
  const known = state.request !== 'preparing';
  switch (event.type) {
    case 'offerReady':
      return known ? to(state) : to({ ...state, request: 'sent' }, { type: 'sendInvite' });
    case 'accepted':
      return known ? to({ ...state, request: 'accepted' }) : to(state);
    case 'alerting':
      if (!known || state.answered || state.audible) return to(state);
      return to({ ...state, request: 'accepted' }, { type: 'ringBack' });
    case 'media':
      return known ? describe({ ...state, audible: state.audible || event.audible }, event.sdp) : to(state);
    case 'answered':
      return known ? describe({ ...state, answered: true }, event.sdp) : to(state);
    case 'described':
      return progress({ ...state, remote: 'applied' });
    case 'offered':
      return known ? remake(1, event.sdp) : to(state);
    case 'refused':
      return state.request === 'accepted'
        ? to(state)
        : fail(REFUSED, 'send-failed', event.error, { tellServer: false });
    case 'unanswered':
    case 'elapsed':
      if (event.type === 'unanswered' && state.request === 'accepted') return to(state);
      return fail(NO_REPLY, 'send-failed', errorOf(event), { tellServer: known });
    case 'requestLost':
      return to(state.request === 'sent' ? { ...state, request: 'lost' } : state);
    case 'resumed':
      return resumeInvite(state, event.survived);
    case 'hangup':
      return end(event.ending ?? CANCELLED, { tellServer: known && !event.silent });
    case 'failed':
      return fail(endingOf(event.failure), event.failure, event.error, { tellServer: known });
    default:
      return ended(state, event);
  }
}

/** A message about a description implies that the server has accepted the call. */
function describe(state: State<'inviting'>, sdp: string | undefined): CallStep {
  const accepted = { ...state, request: 'accepted' } as const;
  if (state.remote === 'none' && sdp !== undefined) {
    return to({ ...accepted, remote: 'applying' }, { type: 'acceptAnswer', sdp });
  }
  return progress(accepted);
}

function progress(state: State<'inviting'>): CallStep {
  if (state.remote !== 'applied') return to(state);
  if (state.answered) return to({ name: 'established', held: false, remaking: 0 }, { type: 'play' });
  return state.audible ? to(state, { type: 'play' }) : to(state);
}

function resumeInvite(state: State<'inviting'>, survived: boolean | undefined): CallStep {
  if (survived === true) return to(state.request === 'preparing' ? state : { ...state, request: 'accepted' });
  if (state.request === 'lost') return to({ ...state, request: 'sent' }, { type: 'sendInvite' });
  return survived === false && state.request === 'accepted' ? notReattached() : to(state);
}

function ringing(state: State<'ringing'>, event: CallEvent): CallStep {
  switch (event.type) {
    case 'answer':
      return to({ name: 'answering', request: 'preparing' }, { type: 'prepareAnswer' });
    case 'offered':
      return to(state, { type: 'replaceOffer', sdp: event.sdp });
    case 'resumed':
      return event.survived === false ? notReattached() : to(state);
    case 'hangup':
      return end(event.ending ?? REJECTED, { tellServer: !event.silent });
    case 'failed':
      return fail(endingOf(event.failure), event.failure, event.error, { tellServer: true });
    default:
      return ended(state, event);
  }
}

function answering(state: State<'answering'>, event: CallEvent): CallStep {
  const sent = state.request !== 'preparing';
  switch (event.type) {
    case 'answerReady':
      return sent
        ? to(state)
        : to({ name: 'answering', request: 'sent' }, { type: 'sendAnswer' }, { type: 'play' });
    case 'accepted':
      return sent ? to({ name: 'established', held: false, remaking: 0 }) : to(state);
    case 'refused':
      return fail(REFUSED, 'send-failed', event.error, { tellServer: false });
    case 'unanswered':
    case 'elapsed':
      return fail(NO_REPLY, 'send-failed', errorOf(event), { tellServer: true });
    case 'requestLost':
      return to(state.request === 'sent' ? { name: 'answering', request: 'lost' } : state);
    case 'resumed':
      if (event.survived === false) return notReattached();
      return state.request === 'lost'
        ? to({ name: 'answering', request: 'sent' }, { type: 'sendAnswer' })
        : to(state);
    case 'offered':
      return sent ? remake(1, event.sdp) : to(state, { type: 'replaceOffer', sdp: event.sdp });
    case 'hangup':
      return end(event.ending ?? (sent ? HUNG_UP : REJECTED), { tellServer: !event.silent });
    case 'failed':
      return fail(endingOf(event.failure), event.failure, event.error, { tellServer: true });
    default:
      return ended(state, event);
  }
}

function established(state: State<'established'>, event: CallEvent): CallStep {
  switch (event.type) {
    case 'holdChanged':
      if (state.held === event.held) return to(state);
      // It may have lost its element to the call that was taken meanwhile.
      return event.held ? to({ ...state, held: true }) : to({ ...state, held: false }, { type: 'play' });
    case 'offered':
      return remake(state.remaking + 1, event.sdp, state.held);
    case 'refused':
      return state.remaking > 0
        ? fail(NO_REPLY, 'send-failed', event.error, { tellServer: true })
        : to(state);
    case 'remade':
    case 'remakeFailed':
    case 'requestLost':
    case 'unanswered':
    case 'elapsed':
      // Without media a call goes on here: what becomes of it is decided in recovery.ts.
      return to(state.remaking > 0 ? { ...state, remaking: 0 } : state);
    case 'resumed':
      return event.survived === false ? notReattached() : to(state);
    case 'hangup':
      return end(event.ending ?? HUNG_UP, { tellServer: !event.silent });
    case 'failed':
      return fail(endingOf(event.failure), event.failure, event.error, { tellServer: true });
    default:
      return ended(state, event);
  }
}

/** What ends every state alike; anything else that a state does not name is ignored there. */
function ended(state: CallState, event: CallEvent): CallStep {
  if (event.type === 'bye') return end(event.ending, { tellServer: false });
  if (event.type === 'abandoned') return end(FAILED, { tellServer: false });
  return to(state);
}

function remake(attempt: number, sdp: string, held = false): CallStep {
  return to({ name: 'established', held, remaking: attempt }, { type: 'remake', sdp }, { type: 'play' });
}

function notReattached(): CallStep {
  return fail(FAILED, 'not-reattached', undefined, { tellServer: false });
}

function fail(
  ending: Ending,
  failure: CallFailure,
  error: unknown,
  options: { tellServer: boolean },
): CallStep {
  const { state, effects } = end(ending, options);
  return { state, effects: [{ type: 'report', failure, error }, ...effects] };
}

function end(ending: Ending, { tellServer }: { tellServer: boolean }): CallStep {
  return to(
    { name: 'ending', ending },
    { type: 'release' },
    tellServer ? { type: 'sendBye', ending } : { type: 'finish' },
  );
}

function endingOf(failure: CallFailure): Ending {
  if (failure === 'media-lost') return NO_REPLY;
  return failure === 'remote-description' ? INCOMPATIBLE : FAILED;
}

function errorOf(event: CallEvent): unknown {
  return 'error' in event ? event.error : undefined;
}

function to(state: CallState, ...effects: CallEffect[]): CallStep {
  return { state, effects };
}
