/**
 * What stands around the machines of a client, as thin as it can be: a model of its `Session`, `Calls` and `LiveCall`.
 * It does what the machines ask for, and tells them what comes of that.
 */
import type { HeldCall } from '@parley/protocol';
import {
  INBOUND,
  OUTBOUND,
  type CallEffect,
  type CallEvent,
  type CallState,
} from '../../packages/webrtc/src/calls/call-machine.ts';
import { HUNG_UP } from '../../packages/webrtc/src/calls/ending.ts';
import {
  isUnattended,
  type SessionEffect,
  type SessionEvent,
} from '../../packages/webrtc/src/signaling/session-machine.ts';
import { Violation, type Turn } from './turn.ts';
import type { ClientCall, ClientJob, End, Party, Request, ToClient } from './world.ts';

const POLICY = { autoReconnect: true, maxReconnectAttempts: 0 };

export const isLive = (call: ClientCall | null): call is ClientCall => call !== null && isLiveIn(call.state);

const isLiveIn = ({ name }: CallState): boolean => name !== 'ending' && name !== 'ended';

/** Alice dials. */
export function place(turn: Turn, party: Party): void {
  turn.end(party).call = { ...newCall(OUTBOUND, ''), hasMicrophone: true };
  begin(turn, party, { is: 'offer', sdp: '0' });
}

function newCall(state: CallState, offer: string): ClientCall {
  const more = { epoch: 0, path: null, isDescribed: false, hasMicrophone: false, hasTalked: false, jobs: [] };
  return { state, offer, ...more };
}

export function handle(turn: Turn, party: Party, event: CallEvent): void {
  const end = turn.end(party);
  const { call } = end;
  if (call === null) return;
  const before = call.state;
  const { state, effects } = turn.machines.clientCall.transition(before, event);
  call.state = 'ending' in state ? { name: state.name, ending: turn.causeOf(state.ending) } : state;
  call.hasTalked ||= state.name === 'established';
  assertEnd(party, before, state, effects);
  if (isLiveIn(state) && end.hasEnded) throw new Violation(`${party}'s call had ended, and is ${state.name}`);
  end.hasEnded ||= !isLiveIn(state);
  // The bye itself is given up at the same time.
  if (event.type === 'elapsed' && before.name === 'ending') end.undelivered = true;
  for (const effect of effects) perform(turn, party, call, effect);
}

/** Whatever ends lets go of its media and finishes, once; what is over does nothing. */
function assertEnd(party: Party, before: CallState, after: CallState, effects: readonly CallEffect[]): void {
  const count = (...types: CallEffect['type'][]): number =>
    effects.filter(({ type }) => types.includes(type)).length;
  const ends = isLiveIn(before) && !isLiveIn(after) ? 1 : 0;
  const isAsExpected =
    count('release') === ends &&
    count('sendBye', 'finish') === ends &&
    (isLiveIn(before) || effects.length === 0) &&
    (before.name !== 'ended' || after.name === 'ended');
  if (isAsExpected) return;
  const does = effects.map(({ type }) => type).join();
  throw new Violation(`${party}'s call goes from ${before.name} to ${after.name}, and does ${does}`);
}

function perform(turn: Turn, party: Party, call: ClientCall, effect: CallEffect): void {
  switch (effect.type) {
    case 'sendInvite':
      request(turn, party, { is: 'invite', id: 'invite' });
      break;
    case 'prepareAnswer':
      call.hasMicrophone = true;
      begin(turn, party, { is: 'answer', sdp: call.offer });
      break;
    case 'sendAnswer':
      request(turn, party, { is: 'answer', id: 'answer', sdp: call.isDescribed ? null : call.path });
      break;
    case 'acceptAnswer':
      begin(turn, party, { is: 'describe', sdp: effect.sdp });
      break;
    case 'replaceOffer':
      Object.assign(call, { offer: effect.sdp, path: null, isDescribed: false, jobs: [] });
      preAnswer(turn, party);
      if (call.state.name === 'answering') begin(turn, party, { is: 'answer', sdp: effect.sdp });
      break;
    case 'remake':
      // An older one is given up.
      call.jobs = call.jobs.filter(({ is }) => is !== 'remake');
      begin(turn, party, { is: 'remake', sdp: effect.sdp });
      break;
    case 'release':
      Object.assign(call, {
        hasMicrophone: false,
        jobs: [],
        path: null,
        offer: '',
        epoch: 0,
        isDescribed: false,
      });
      forget(turn.end(party), (id) => !id.endsWith('bye'));
      break;
    case 'sendBye':
      request(turn, party, { is: 'bye', id: 'bye', cause: turn.causeOf(effect.ending) });
      break;
    case 'finish':
      handle(turn, party, { type: 'byeDone' });
      break;
    case 'ringBack':
    case 'play':
    case 'report':
      break;
  }
}

/** Nobody waits for the responses to these requests any more. */
function forget(end: End, isForgotten: (id: string) => boolean): void {
  end.pending = end.pending.filter((id) => !isForgotten(id));
  end.down = end.down.filter((message) => !('id' in message && isForgotten(message.id)));
}

function begin(turn: Turn, party: Party, job: ClientJob): void {
  const { call } = turn.end(party);
  if (call === null) return;
  call.jobs = [...call.jobs, job];
  if (turn.setting.isQuick) finishAll(turn, party);
}

function finishAll(turn: Turn, party: Party): void {
  const end = turn.end(party);
  const job = end.call?.jobs.find((each) => !isWaiting(end, each));
  if (job) finish(turn, party, job);
}

function preAnswer(turn: Turn, party: Party): void {
  const { call } = turn.end(party);
  if (call && turn.setting.preAnswers) begin(turn, party, { is: 'preAnswer', sdp: call.offer });
}

/** The answer waits for what becomes of the one ahead of it. */
export function isWaiting({ call, pending, outbox }: Readonly<End>, job: ClientJob): boolean {
  if (job.is !== 'answer') return false;
  const id = `preAnswer ${job.sdp}`;
  const isAhead = call?.jobs.some(({ is }) => is === 'preAnswer') ?? false;
  return isAhead || pending.includes(id) || outbox.some((waiting) => waiting.id === id);
}

/** A step of media has turned out well. */
export function finish(turn: Turn, party: Party, job: ClientJob): void {
  const { call } = turn.end(party);
  if (call === null) return;
  call.jobs = call.jobs.filter((each) => each !== job);
  const { sdp } = job;
  if (job.is !== 'describe') call.path = sdp;
  switch (job.is) {
    case 'offer':
      handle(turn, party, { type: 'offerReady' });
      break;
    case 'describe':
      handle(turn, party, { type: 'described' });
      break;
    case 'preAnswer':
      request(turn, party, { is: 'preAnswer', id: `preAnswer ${sdp}`, sdp });
      break;
    case 'answer':
      handle(turn, party, { type: 'answerReady' });
      break;
    case 'remake':
      request(turn, party, { is: 'attach', id: `attach ${call.epoch}`, sdp, epoch: call.epoch });
      break;
  }
}

export function fail(turn: Turn, party: Party, job: ClientJob): void {
  const { call } = turn.end(party);
  if (call === null) return;
  call.jobs = call.jobs.filter((each) => each !== job);
  // Without it, the answer carries the description.
  if (job.is === 'preAnswer') return;
  if (job.is === 'remake') handle(turn, party, { type: 'remakeFailed' });
  else {
    const failure = job.is === 'describe' ? 'remote-description' : 'microphone-denied';
    handle(turn, party, { type: 'failed', failure, error: undefined });
  }
}

/** At once where the session is ready, else as soon as it is. */
export function request(turn: Turn, party: Party, message: Request): void {
  const end = turn.end(party);
  if (end.session.name === 'ready' && end.isOpen) {
    end.pending = [...end.pending, message.id];
    turn.toGateway(party, message);
  } else if (isUnattended(end.session)) unanswered(turn, party, message.id);
  else end.outbox = [...end.outbox, message];
}

/** No answer in time. */
export function giveUp(turn: Turn, party: Party, id: string): void {
  const end = turn.end(party);
  end.outbox = end.outbox.filter((waiting) => waiting.id !== id);
  forget(end, (waiting) => waiting === id);
  unanswered(turn, party, id);
}

function unanswered(turn: Turn, party: Party, id: string): void {
  if (id === 'bye') byeFailed(turn, party);
  else if (isOfCall(turn.end(party), id)) handle(turn, party, { type: 'unanswered', error: undefined });
}

function byeFailed(turn: Turn, party: Party): void {
  turn.end(party).undelivered = true;
  handle(turn, party, { type: 'byeDone' });
}

/** Whether the machine is told what becomes of a request: of attaches, the newest alone. */
const isOfCall = ({ call }: End, id: string): boolean =>
  id === 'invite' || id === 'answer' || id === `attach ${call?.epoch ?? 0}`;

export function handleSession(turn: Turn, party: Party, event: SessionEvent): void {
  const end = turn.end(party);
  const before = end.session;
  const { state, effects } = turn.machines.session.transition(before, event);
  end.session = state;
  if (isUnattended(state)) for (const { id } of end.outbox) giveUp(turn, party, id);
  if (state.name === 'idle' && before.name !== 'idle') abandon(turn, party);
  for (const effect of effects) performForSession(turn, party, effect);
}

function performForSession(turn: Turn, party: Party, { type }: SessionEffect): void {
  const end = turn.end(party);
  switch (type) {
    case 'open':
      release(turn, party);
      end.dialling = 'alone';
      break;
    case 'openBeside':
      end.dialling = 'beside';
      break;
    case 'promote':
      release(turn, party);
      end.dialling = 'alone';
      break;
    case 'keep':
      end.dialling = null;
      flush(turn, party);
      break;
    case 'close':
      release(turn, party);
      break;
    case 'drop': {
      const beside = end.dialling === 'beside';
      release(turn, party);
      closed(turn, party, beside);
      break;
    }
    case 'login':
      logIn(turn, party);
      break;
    case 'announceReady':
      // The session lasts.
      if (end.session.name === 'ready' && end.session.attempt > 0)
        handleSession(turn, party, { type: 'elapsed' });
      tellSurvivor(turn, party, undefined);
      flush(turn, party);
      if (end.undelivered) request(turn, party, { is: 'bye', id: 'late bye', cause: turn.causeOf(HUNG_UP) });
      break;
    // The gateway's answer to it comes with that to the login.
    case 'askRegistration':
    case 'report':
      break;
  }
}

/** Closes what is open. What waits for an answer fails. */
function release(turn: Turn, party: Party): void {
  const end = turn.end(party);
  const lost = end.pending;
  // What was said before still comes to a gateway that has not noticed; not a login that it has not read.
  if (end.held === 'none') end.up = [];
  else end.up = end.up.slice(0, loginIn(end.up));
  if (end.held === 'current') end.held = 'stale';
  Object.assign(end, { isOpen: false, dialling: null, isBroken: false, pending: [], down: [] });
  for (const id of lost) {
    if (id === 'bye') byeFailed(turn, party);
    else if (isOfCall(end, id)) handle(turn, party, { type: 'requestLost' });
  }
}

export function loginIn(up: End['up']): number {
  const at = up.findIndex(({ is }) => is === 'login');
  return at < 0 ? up.length : at;
}

function closed(turn: Turn, party: Party, beside: boolean): void {
  const how = { closeCode: undefined, inCall: true, random: 0, policy: POLICY };
  handleSession(turn, party, { type: 'closed', beside, ...how });
}

/** The socket in use is gone. */
export function cut(turn: Turn, party: Party): void {
  const { dialling } = turn.end(party);
  release(turn, party);
  turn.end(party).dialling = dialling;
  closed(turn, party, false);
}

/** The one that it dialled is open. */
export function opened(turn: Turn, party: Party): void {
  release(turn, party);
  Object.assign(turn.end(party), { isOpen: true, isResumed: false });
  handleSession(turn, party, { type: 'opened' });
}

export function notOpened(turn: Turn, party: Party): void {
  const end = turn.end(party);
  const beside = end.dialling === 'beside';
  end.dialling = null;
  closed(turn, party, beside);
}

export function silent(turn: Turn, party: Party): void {
  handleSession(turn, party, { type: 'silent', policy: POLICY });
}

/** There will be no further socket. */
function abandon(turn: Turn, party: Party): void {
  const end = turn.end(party);
  Object.assign(end, { undelivered: false, expected: null });
  handle(turn, party, { type: 'abandoned' });
}

function flush(turn: Turn, party: Party): void {
  const end = turn.end(party);
  const { outbox } = end;
  end.outbox = [];
  for (const message of outbox) request(turn, party, message);
}

/** Says what the client knows of its call. A call of which the gateway may not have heard is not named. */
function logIn(turn: Turn, party: Party): void {
  const { call, expected, page, undelivered } = turn.end(party);
  const calls: HeldCall[] = [];
  if (isLive(call) && (call.state.name !== 'inviting' || call.state.request === 'accepted')) {
    calls.push({ callID: party, epoch: call.epoch, media: 'intact' });
  }
  if (expected !== null) calls.push({ callID: party, epoch: expected, media: 'lost' });
  const ended = undelivered || call?.state.name === 'ending';
  turn.toGateway(party, { is: 'login', page, ended, calls });
}

/** Once a socket. */
function tellSurvivor(turn: Turn, party: Party, survived: boolean | undefined): void {
  const end = turn.end(party);
  if (end.isResumed) return;
  end.isResumed = true;
  handle(turn, party, { type: 'resumed', survived });
  if (survived === false) end.expected = null;
}

/** The page is replaced by another, which finds what this one has left in storage. */
export function reload(turn: Turn, party: Party): void {
  const end = turn.end(party);
  const { call } = end;
  const expected = call?.state.name === 'established' ? call.epoch : end.expected;
  const ended = end.undelivered || call?.state.name === 'ending';
  if (call?.state.name === 'inviting') handle(turn, party, { type: 'hangup' });
  release(turn, party);
  Object.assign(end, {
    page: end.page + 1,
    call: null,
    expected,
    undelivered: ended,
    isOver: ended,
    outbox: [],
  });
  end.session = { name: 'idle' };
  handleSession(turn, party, { type: 'connect' });
}

export function receive(turn: Turn, party: Party, message: ToClient): void {
  const end = turn.end(party);
  switch (message.is) {
    case 'clientReady':
      handleSession(turn, party, { type: 'loginAccepted' });
      tellSurvivor(turn, party, message.survives);
      handleSession(turn, party, { type: 'clientReady' });
      break;
    case 'registered':
      handleSession(turn, party, { type: 'registration', word: 'REGED', random: 0 });
      break;
    case 'invite':
      turn.toGateway(party, { is: 'taken', what: 'invite' });
      if (end.isOver || (end.call && !isLive(end.call))) refuse(turn, party);
      else if (end.call === null) ring(turn, party, message.sdp);
      break;
    case 'attach':
      attach(turn, party, message.sdp, message.epoch);
      break;
    case 'ringing':
      handle(turn, party, { type: 'alerting' });
      break;
    case 'media':
      handle(turn, party, { type: 'media', sdp: message.sdp, audible: message.audible });
      break;
    case 'answer':
      handle(turn, party, { type: 'answered', sdp: message.sdp ?? undefined });
      turn.toGateway(party, { is: 'taken', what: 'answer' });
      break;
    case 'bye':
      if (end.call === null) Object.assign(end, { expected: null, isOver: true, hasEnded: true });
      handle(turn, party, { type: 'bye', ending: message.cause });
      turn.toGateway(party, { is: 'taken', what: 'bye' });
      break;
    case 'result':
    case 'error':
      answered(turn, party, message.id, message.is === 'error');
      break;
  }
}

function ring(turn: Turn, party: Party, offer: string): void {
  const end = turn.end(party);
  if (end.hasEnded) throw new Violation(`${party}'s call had ended, and rings`);
  end.call = newCall(INBOUND, offer);
  preAnswer(turn, party);
}

function attach(turn: Turn, party: Party, offer: string, epoch: number): void {
  const end = turn.end(party);
  if (end.expected !== null) {
    end.call = {
      ...newCall({ name: 'established', held: false, remaking: 1 }, ''),
      epoch: end.expected,
      hasMicrophone: true,
      hasTalked: true,
    };
    end.expected = null;
  }
  const { call } = end;
  if (!isLive(call)) refuse(turn, party);
  else if (epoch > call.epoch) {
    call.epoch = epoch;
    handle(turn, party, { type: 'offered', sdp: offer });
  }
}

/** The person ended it, or never had it. */
function refuse(turn: Turn, party: Party): void {
  request(turn, party, { is: 'bye', id: 'refusal', cause: turn.causeOf(HUNG_UP) });
}

/** What nobody waits for any more is ignored. */
function answered(turn: Turn, party: Party, id: string, isRefused: boolean): void {
  const end = turn.end(party);
  if (!end.pending.includes(id)) return;
  forget(end, (waiting) => waiting === id);
  if (id === 'bye') handle(turn, party, { type: 'byeDone' });
  else if (id === 'late bye') end.undelivered = false;
  else if (end.call && id === `preAnswer ${end.call.offer}`) {
    end.call.isDescribed = !isRefused;
    if (turn.setting.isQuick) finishAll(turn, party);
  } else if (isOfCall(end, id)) {
    if (isRefused) handle(turn, party, { type: 'refused', error: undefined });
    else handle(turn, party, { type: id.startsWith('attach') ? 'remade' : 'accepted' });
  }
}
