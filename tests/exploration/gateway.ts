/**
 * What stands around the call machine of the gateway, as thin as it can be: a model of `Call`, `Calls`, the sessions,
 * the journal, and the handlers of requests. It carries out what the machine asks for, and tells it what comes of that.
 */
import { causes, type HangupCause } from '@parley/protocol';
import { outlivesProcess } from '../../packages/gateway/src/calls/call-changes.ts';
import type { CallEffect, CallEvent } from '../../packages/gateway/src/calls/call-events.ts';
import {
  isUndescribed,
  openEpoch,
  phaseOf,
  restoredCall,
  startedCall,
} from '../../packages/gateway/src/calls/call-state.ts';
import type { LegStanding } from '../../packages/gateway/src/calls/reconciliation.ts';
import { loginIn } from './client.ts';
import { Violation, type Turn } from './turn.ts';
import {
  CALLEES,
  PARTIES,
  type GatewayCall,
  type GatewayJob,
  type Login,
  type Party,
  type Request,
  type ToGateway,
} from './world.ts';

const partyOf = (leg: string): Party => PARTIES.find((party) => party === leg) ?? 'alice';

export function handle(turn: Turn, event: CallEvent): void {
  const { call } = turn;
  if (call === null) return;
  const wasOver = call.state.name === 'ended';
  const { state, effects } = turn.machines.gatewayCall(call.state, event);
  if (wasOver && (state.name !== 'ended' || effects.length > 0)) {
    throw new Violation(`the gateway's call was ended, and is ${state.name}`);
  }
  call.state = state.name === 'ended' ? { name: 'ended', cause: turn.causeOf(state.cause) } : state;
  if (state.name === 'established' && state.far.kind === 'callee') own(call, partyOf(state.far.leg));
  for (const effect of effects) carryOut(turn, call, effect);
  if (state.name !== 'ended') return;
  call.jobs = [];
  const living = PARTIES.filter((party) => turn.end(party).leg !== null);
  if (living.length > 0)
    throw new Violation(`the gateway's call has ended, the legs of ${living.join()} not`);
}

function own(call: GatewayCall, party: Party): void {
  if (call.owner !== null && call.owner !== party) {
    throw new Violation(`the call was ${call.owner}'s, and is ${party}'s`);
  }
  call.owner = party;
}

function carryOut(turn: Turn, call: GatewayCall, effect: CallEffect): void {
  const party = 'leg' in effect ? partyOf(effect.leg) : 'alice';
  if (turn.end(party).leg === null)
    throw new Violation(`${effect.do} for the leg of ${party}, which has ended`);
  switch (effect.do) {
    case 'invite':
      turn.toClient(party, { is: 'invite', sdp: effect.sdp });
      break;
    case 'tellRinging':
      turn.toClient('alice', { is: 'ringing' });
      break;
    case 'tellMedia':
      turn.toClient('alice', { is: 'media', sdp: effect.sdp, audible: effect.audible });
      break;
    case 'tellAnswer':
      turn.toClient('alice', { is: 'answer', sdp: effect.sdp });
      break;
    case 'tellAttach':
      turn.toClient(party, { is: 'attach', sdp: effect.sdp, epoch: effect.epoch });
      break;
    case 'endLeg':
      turn.end(party).leg = null;
      call.jobs = call.jobs.filter(({ leg }) => leg !== party);
      bury(turn, party, effect.cause);
      if (effect.tell) bye(turn, party, effect.cause);
      break;
    case 'applyAnswer':
      begin(turn, call, { is: 'answer', leg: party, sdp: effect.sdp });
      break;
    case 'remake':
      begin(turn, call, { is: 'remake', leg: party, sdp: '' });
      break;
    case 'playRingback':
    case 'bridge':
    case 'converse':
    case 'holdMedia':
      break;
  }
}

function begin(turn: Turn, call: GatewayCall, job: GatewayJob): void {
  call.jobs = [...call.jobs, job];
  if (turn.setting.isQuick) finish(turn, job);
}

function bury(turn: Turn, party: Party, cause: HangupCause): void {
  if (turn.machines.remembersEnds) turn.end(party).tombstone = turn.causeOf(cause);
}

function bye(turn: Turn, party: Party, cause: HangupCause): void {
  const told = turn.causeOf(cause);
  turn.end(party).untaken = told;
  turn.toClient(party, { is: 'bye', cause: told });
}

/** A command to the media plane has turned out well. */
export function finish(turn: Turn, job: GatewayJob): void {
  const { call } = turn;
  const { leg } = turn.end(job.leg);
  if (call === null || leg === null) return;
  call.jobs = call.jobs.filter((each) => each !== job);
  if (job.is === 'accept' || job.is === 'answer') {
    leg.path = job.sdp;
    if (job.is === 'accept') handle(turn, { type: 'accepted', sdp: job.sdp });
    return;
  }
  leg.offers++;
  leg.path = null;
  handle(turn, { type: job.is === 'offer' ? 'offered' : 'remade', leg: job.leg, sdp: String(leg.offers) });
}

export function fail(turn: Turn, { is, leg }: GatewayJob, failure: 'worker-lost' | 'bad-sdp'): void {
  const { call } = turn;
  if (call === null) return;
  call.jobs = call.jobs.filter((job) => job.is !== is || job.leg !== leg);
  handle(turn, { type: is === 'remake' ? 'remakeFailed' : 'mediaFailed', leg, failure });
}

/** All legs of a call are at one worker. */
export function workerDies(turn: Turn): void {
  for (const job of turn.call?.jobs ?? []) fail(turn, job, 'worker-lost');
  for (const party of PARTIES) {
    const { leg } = turn.end(party);
    if (leg === null) continue;
    leg.path = null;
    handle(turn, { type: 'mediaLost', leg: party });
  }
}

/** The gateway notices that the socket of a client is gone. */
export function detached(turn: Turn, party: Party): void {
  const end = turn.end(party);
  end.held = 'none';
  end.up = end.up.slice(loginIn(end.up));
  if (end.leg) handle(turn, { type: 'detached', leg: party });
  else if (end.untaken === null) forget(turn, party);
}

/** Its session is no more. Whoever signs in next, has another, in which any call is a new one. */
function forget(turn: Turn, party: Party): void {
  Object.assign(turn.end(party), { untaken: null, tombstone: null });
  if (party === 'alice' && turn.call?.state.name === 'ended') turn.call = null;
}

/** The client did not come back in time. */
export function expired(turn: Turn, party: Party): void {
  endLeg(turn, party, causes.destinationOutOfOrder);
  forget(turn, party);
}

function endLeg(turn: Turn, party: Party, cause: HangupCause): void {
  if (turn.end(party).leg) handle(turn, { type: 'bye', leg: party, cause });
}

/**
 * Another process takes over, with what was written down: all sockets and media are gone. So are calls that nobody had
 * answered, as if nothing of them had been written yet.
 */
export function restart(turn: Turn): void {
  const { call } = turn;
  for (const party of PARTIES) {
    const end = turn.end(party);
    Object.assign(end, { held: 'none', up: [], isBroken: end.isOpen, heldPage: -1 });
    end.down = [];
  }
  if (call === null || !outlivesProcess(call.state)) {
    dropCall(turn, call);
    return;
  }
  const callee = call.state.far.kind === 'callee' ? { id: call.state.far.leg, held: false } : null;
  const offers = PARTIES.map((party) => turn.end(party).leg?.offers ?? 0);
  call.state = restoredCall({ id: 'alice', held: false }, callee, Math.max(...offers));
  call.jobs = [];
  for (const party of PARTIES) {
    if (turn.end(party).leg) carryOut(turn, call, { do: 'remake', leg: party });
    else forget(turn, party);
  }
}

/** What had ended after an answer is told again. */
function dropCall(turn: Turn, call: GatewayCall | null): void {
  const cause = call?.state.name === 'ended' && call.owner !== null ? call.state.cause : null;
  for (const party of PARTIES) {
    const end = turn.end(party);
    const isOfCall = party === 'alice' || party === call?.owner;
    const known = isOfCall ? cause : null;
    Object.assign(end, { leg: null, untaken: known, tombstone: known });
  }
  if (cause === null) turn.call = null;
}

export function receive(turn: Turn, party: Party, message: ToGateway): void {
  const end = turn.end(party);
  switch (message.is) {
    case 'login':
      logIn(turn, party, message);
      break;
    case 'taken':
      if (message.what === 'bye') end.untaken = null;
      else if (end.leg) {
        handle(turn, message.what === 'invite' ? { type: 'ringing', leg: party } : { type: 'answerTaken' });
      }
      break;
    case 'invite':
      invite(turn, party, message);
      break;
    case 'bye':
      endedAtClient(turn, party, message.cause);
      turn.toClient(party, { is: 'result', id: message.id });
      break;
    case 'preAnswer':
      forCall(turn, party, message, { type: 'preAnswer', leg: party, sdp: message.sdp });
      break;
    case 'answer':
      if (message.sdp === null && end.leg && turn.call && isUndescribed(turn.call.state, party)) {
        turn.toClient(party, { is: 'error', id: message.id });
      } else forCall(turn, party, message, { type: 'answer', leg: party, sdp: message.sdp });
      break;
    case 'attach': {
      const { sdp, epoch } = message;
      forCall(turn, party, message, { type: 'reattached', leg: party, sdp, epoch });
      break;
    }
    case 'remake':
      if (turn.call?.state.name === 'inviting') turn.toClient(party, { is: 'error', id: message.id });
      else forCall(turn, party, message, { type: 'mediaLost', leg: party });
      break;
  }
}

/** Of a call of which nobody has heard as well: an invite that comes later makes none. */
function endedAtClient(turn: Turn, party: Party, cause: HangupCause): void {
  const end = turn.end(party);
  if (end.leg) endLeg(turn, party, cause);
  else if (end.tombstone === null) bury(turn, party, cause);
  end.untaken = null;
}

function invite(turn: Turn, party: Party, { id }: Request): void {
  const { leg, untaken, tombstone } = turn.end(party);
  turn.toClient(party, { is: 'result', id });
  if (leg) return;
  const ended = untaken ?? tombstone;
  // After a restart a callee would be offered another call, which is not followed here.
  const callees = CALLEES.filter((callee) => {
    const { call, hasEnded, held } = turn.end(callee);
    return held !== 'none' && call === null && !hasEnded;
  });
  if (ended) bye(turn, party, ended);
  else if (turn.call !== null) throw new Violation('one call was made twice');
  else if (callees.length === 0) {
    bye(turn, party, causes.subscriberAbsent);
    bury(turn, party, causes.subscriberAbsent);
  } else dial(turn, callees);
}

function dial(turn: Turn, callees: readonly Party[]): void {
  const state = startedCall('alice', turn.setting.early, { kind: 'callees', legs: callees });
  const call: GatewayCall = { state, owner: null, jobs: [] };
  turn.call = call;
  for (const party of ['alice', ...callees] as const) turn.end(party).leg = { offers: 0, path: null };
  begin(turn, call, { is: 'accept', leg: 'alice', sdp: '0' });
  for (const leg of callees) begin(turn, call, { is: 'offer', leg, sdp: '' });
}

/** What is said of a call that just ended is answered as if it came in time. */
function forCall(turn: Turn, party: Party, { id }: Request, event: CallEvent): void {
  const { leg, tombstone } = turn.end(party);
  turn.toClient(party, { is: leg || tombstone ? 'result' : 'error', id });
  if (leg) handle(turn, event);
  else if (tombstone) bye(turn, party, tombstone);
}

/** The session moves to the socket on which its client has logged in; what both know of the call is compared. */
function logIn(turn: Turn, party: Party, { page, ended, calls }: Login): void {
  const end = turn.end(party);
  const sameRun = end.heldPage === page;
  Object.assign(end, { held: 'current', heldPage: page, down: [] });
  if (ended) endedAtClient(turn, party, causes.normalClearing);
  const { call } = turn;
  const phase = end.leg && call ? phaseOf(call.state, party) : null;
  const standing = phase && call && { phase, openEpoch: openEpoch(call.state, party) };
  const standings = new Map<string, LegStanding>(standing ? [[party, standing]] : []);
  const verdict = turn.machines.reconcile(standings, { calls, sameRun }).get(party) ?? 'keep';
  const told = end.untaken;
  if (told) bye(turn, party, told);
  if (verdict === 'end') endLeg(turn, party, causes.destinationOutOfOrder);
  if (calls.length > 0 && !told && !end.leg) {
    bye(turn, party, end.tombstone ?? causes.recoveryOnTimerExpire);
  }
  turn.toClient(party, { is: 'clientReady', survives: end.leg !== null });
  if (end.leg) {
    if (verdict === 'attach') handle(turn, { type: 'mediaLost', leg: party });
    handle(turn, { type: verdict === 'invite' ? 'inviteLost' : 'resumed', leg: party });
  }
  turn.toClient(party, { is: 'registered' });
}
