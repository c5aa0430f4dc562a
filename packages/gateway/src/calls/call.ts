import { causes, type HangupCause } from '@parley/protocol';
import type { Visit } from '../assistants/visit.ts';
import { MediaError, type MediaCommand, type MediaPlane, type MediaResults } from '../media/media-plane.ts';
import type { Clock, Log, Meter, Random } from '../ports.ts';
import { Announcements } from './announcements.ts';
import { AssistantEnd } from './assistant-end.ts';
import { callDeadlines } from './call-deadlines.ts';
import type { CallEffect, CallEvent } from './call-events.ts';
import { callTransition } from './call-machine.ts';
import { type CallFacts, legsOfCall, outlivesProcess } from './call-changes.ts';
import {
  type CallState,
  isHeld,
  isRemaking,
  isUndescribed,
  type LegId,
  openEpoch,
  otherLeg,
  phaseOf,
} from './call-state.ts';
import { Deadlines } from './deadlines.ts';
import type { CallRequest, Leg } from './leg.ts';
import type { LegStanding } from './reconciliation.ts';

export interface CallPorts {
  media: MediaPlane;
  clock: Clock;
  random: Random;
  log: Log;
  meter: Meter;
  ringMs: number;
  changed(before: CallState, after: CallState): void;
  /** The leg is over, and its client's id free again. */
  legEnded(leg: Leg, cause: HangupCause): void;
  callEnded(call: Call): void;
}

/** Runs the machine of one call: turns its effects into media commands and messages, their outcomes into events. */
export class Call {
  readonly id: string;
  /** The far end, where it is no person's. */
  readonly assistant: AssistantEnd | null;
  readonly #ports: CallPorts;
  readonly #request: CallRequest;
  readonly #announcements: Announcements;
  readonly #legs = new Map<LegId, Leg>();
  readonly #caller: Leg;
  readonly #startedAt: number;

  #state: CallState;
  readonly #deadlines: Deadlines;

  constructor(facts: CallFacts, state: CallState, ports: CallPorts) {
    const { caller, target } = facts;
    this.id = facts.id;
    this.#ports = ports;
    this.#request = facts.request;
    this.#announcements = new Announcements(facts);
    this.#caller = caller;
    this.#deadlines = new Deadlines(ports.clock, (event) => {
      this.handle(event);
    });
    this.#startedAt = ports.clock.monotonic();
    for (const leg of legsOfCall(facts)) this.#legs.set(leg.id, leg);
    this.assistant = target.kind === 'assistant' ? this.#assistantEnd(target.visit) : null;
    this.#state = state;
  }

  get stateName(): CallState['name'] {
    return this.#state.name;
  }

  /** Asks for the media of every leg at once; the caller's path warms while the callee's client is asked. */
  start(offer: string): void {
    this.#log('call started');
    this.assistant?.start();
    this.#armDeadlines();
    const caller = this.#caller.id;
    this.#media({ type: 'accept', leg: caller, call: this.id, sdp: offer }, ({ sdp }) => ({
      type: 'accepted',
      sdp,
    }));
    for (const leg of this.#legs.keys()) if (leg !== caller) this.#offer(leg);
  }

  #offer(leg: LegId): void {
    this.#media({ type: 'offer', leg, call: this.id }, ({ sdp }) => ({ type: 'offered', leg, sdp }));
  }

  handle(event: CallEvent): void {
    const before = this.#state;
    const step = callTransition(before, event);
    this.#state = step.state;
    this.#armDeadlines();
    for (const effect of step.effects) this.#carryOut(effect);
    if (before.name !== step.state.name) this.#entered(step.state);
    this.#ports.changed(before, step.state);
  }

  /** Of a former process: all media is made anew. */
  goOn(): void {
    this.#log('call restored');
    const rings = this.#state.name === 'inviting';
    for (const leg of this.#legs.keys()) {
      if (!rings) this.#carryOut({ do: 'remake', leg });
      else if (leg !== this.#caller.id) this.#offer(leg);
    }
  }

  /** Lets go of it without an end, where a next process can go on with it. @returns whether it can */
  leave(): boolean {
    if (this.#state.name !== 'inviting' && !outlivesProcess(this.#state)) return false;
    this.#state = { name: 'ended', cause: causes.temporaryFailure };
    this.#armDeadlines();
    return true;
  }

  isCaller(leg: LegId): boolean {
    return leg === this.#caller.id;
  }

  isHeld(leg: LegId): boolean {
    return isHeld(this.#state, leg);
  }

  /** An answer of the callee's client must have a description. */
  isUndescribed(leg: LegId): boolean {
    return isUndescribed(this.#state, leg);
  }

  /** How far the leg is; null where the call is over. */
  standing(leg: LegId): LegStanding | null {
    const phase = phaseOf(this.#state, leg);
    return phase === null ? null : { phase, openEpoch: openEpoch(this.#state, leg) };
  }

  /** The leg at the other end of an established call; null in an echo, and before the answer. */
  other(leg: LegId): Leg | null {
    const other = otherLeg(this.#state, leg);
    return other === null ? null : (this.#legs.get(other) ?? null);
  }

  /**
   * A new offer for a leg that has media already: an ICE restart, or new directions. A leg that is made anew has an
   * offer of the gateway on its way, which comes first.
   */
  async renegotiate(leg: LegId, offer: string): Promise<string> {
    if (isRemaking(this.#state, leg)) {
      throw new MediaError('wrong-state', 'The media of this call is made anew; answer the attach.');
    }
    const { sdp } = await this.#ports.media.send({ type: 'accept', leg, call: this.id, sdp: offer });
    return sdp;
  }

  candidate(leg: LegId, candidate: string, sdpMid: string | null): void {
    this.#media({ type: 'candidate', leg, candidate, sdpMid });
  }

  /** Key presses of one leg, for the other: as a message, and as telephone-events where it takes them. */
  dtmf(leg: LegId, digits: string): void {
    this.assistant?.tell({ type: 'dtmf', digits });
    const other = this.other(leg);
    if (other === null) return;
    other.session.push('telnyx_rtc.info', { callID: other.callId, dtmf: digits });
    this.#media({ type: 'dtmf', leg: other.id, digits });
  }

  #armDeadlines(): void {
    this.#deadlines.arm(callDeadlines(this.#state, this.#ports.ringMs));
  }

  #entered(state: CallState): void {
    switch (state.name) {
      case 'inviting':
        return;
      case 'established':
        this.#ports.meter.callSetUp((this.#ports.clock.monotonic() - this.#startedAt) / 1000);
        this.#log('call established');
        return;
      case 'ended':
        this.#ports.meter.callEnded(state.cause.cause);
        this.assistant?.end(state.cause);
        this.#log('call ended', { cause: state.cause.cause });
        this.#ports.callEnded(this);
        return;
    }
  }

  #carryOut(effect: CallEffect): void {
    switch (effect.do) {
      case 'invite':
        this.#announcements.invite(this.#leg(effect.leg), effect.sdp, (outcome) => {
          this.handle({ type: outcome === 'taken' ? 'ringing' : 'refused', leg: effect.leg });
        });
        return;
      case 'tellRinging':
        this.#announcements.ringing();
        return;
      case 'tellMedia':
        this.#announcements.media(effect.sdp, effect.audible);
        return;
      case 'tellAnswer':
        this.#announcements.answer(effect.sdp, () => {
          this.handle({ type: 'answerTaken' });
        });
        return;
      case 'tellAttach':
        this.#announcements.attach(this.#leg(effect.leg), effect.sdp, effect.epoch);
        return;
      case 'endLeg':
        this.#endLeg(this.#leg(effect.leg), effect.cause, effect.tell);
        return;
      case 'applyAnswer':
        this.#media({ type: 'answer', leg: effect.leg, sdp: effect.sdp });
        return;
      case 'playRingback':
        this.#media({ type: 'play', leg: this.#caller.id, tone: 'ringback' });
        return;
      case 'bridge':
        this.#media({ type: 'bridge', legs: effect.legs });
        return;
      case 'converse':
        void this.assistant?.converse(effect.greets);
        return;
      case 'holdMedia':
        this.#media({ type: 'hold', leg: effect.leg, held: effect.held });
        return;
      case 'remake': {
        const { leg } = effect;
        this.#media({ type: 'remake', leg, call: this.id }, ({ sdp }) => ({ type: 'remade', leg, sdp }));
        return;
      }
    }
  }

  #assistantEnd(visit: Visit): AssistantEnd {
    return new AssistantEnd(visit, this.#caller, {
      send: (command) => {
        this.#media(command);
      },
      hangUp: () => {
        this.handle({ type: 'terminate', cause: causes.normalClearing });
      },
    });
  }

  #endLeg(leg: Leg, cause: HangupCause, tell: boolean): void {
    this.#legs.delete(leg.id);
    this.#media({ type: 'close', leg: leg.id });
    if (tell) leg.session.bye({ callID: leg.callId, ...cause });
    this.#ports.legEnded(leg, cause);
  }

  #leg(id: LegId): Leg {
    const leg = this.#legs.get(id);
    if (leg === undefined) throw new Error(`leg ${id} is not of call ${this.id}`);
    return leg;
  }

  /**
   * Sends a media command. Where its result is awaited as an event, its failure is one too; the others (what a leg
   * hears, the end of a leg that may be gone already) leave the call as it is.
   */
  #media<C extends MediaCommand>(command: C, toEvent?: (result: MediaResults[C['type']]) => CallEvent): void {
    this.#ports.media.send(command).then(
      (result) => {
        if (toEvent !== undefined) this.handle(toEvent(result));
      },
      (error: unknown) => {
        this.#mediaFailed(command, error);
      },
    );
  }

  #mediaFailed(command: MediaCommand, error: unknown): void {
    const failure = error instanceof MediaError ? error.failure : 'worker-lost';
    this.#ports.log.warn(
      { callId: this.id, command: command.type, failure, err: error },
      'media command failed',
    );
    switch (command.type) {
      case 'accept':
      case 'offer':
      case 'answer':
        this.handle({ type: 'mediaFailed', leg: command.leg, failure });
        return;
      case 'remake':
        this.handle({ type: 'remakeFailed', leg: command.leg, failure });
        return;
      case 'candidate':
      case 'bridge':
      case 'hold':
      case 'play':
      case 'dtmf':
      case 'converse':
      case 'tell':
      case 'close':
        return;
    }
  }

  #log(message: string, fields: object = {}): void {
    this.#ports.log.info(
      {
        callId: this.id,
        sessionId: this.#caller.session.ids.id,
        from: this.#caller.session.identity.sipUsername,
        to: this.#request.destination,
        ...fields,
      },
      message,
    );
  }
}
