import { CloseCode, causes, type HangupCause } from '@parley/protocol';
import type { MediaEvent, MediaPlane } from '../media/media-plane.ts';
import type { Clock, Log, Meter, Random } from '../ports.ts';
import type { Authenticator } from '../registrar/authenticator.ts';
import type { Directory } from '../sessions/directory.ts';
import type { Session } from '../sessions/session.ts';
import type { AssistantEnd } from './assistant-end.ts';
import { type CallFacts, legsOfCall } from './call-changes.ts';
import type { CallJournal } from './call-journal.ts';
import { Call } from './call.ts';
import type { CallWatch } from './call-watch.ts';
import { type CallState, type EarlyDescription, type LegId, startedCall } from './call-state.ts';
import { type CallRequest, type CallTarget, type Leg, routeOf } from './leg.ts';
import { reconcile, type ClientWord, type LegStanding, type Verdict } from './reconciliation.ts';
import { callerIdentity } from './routing.ts';
import { Switchboard } from './switchboard.ts';
import { Tombstones } from './tombstones.ts';

export interface CallsOptions {
  media: MediaPlane;
  clock: Clock;
  random: Random;
  log: Log;
  meter: Meter;
  journal: Pick<CallJournal, 'callStarted' | 'callChanged'>;
  watch: CallWatch;
  directory: Directory;
  authenticator: Pick<Authenticator, 'isUser'>;
  /** How long a callee may ring. */
  ringMs: number;
}

export interface CallAndLeg {
  call: Call;
  leg: Leg;
}

/** Every call of this node. Ids that clients chose mean something within their session only. */
export class Calls {
  readonly #options: CallsOptions;
  readonly #calls = new Map<string, Call>();
  readonly #byMediaLeg = new Map<LegId, CallAndLeg>();
  readonly #bySession = new Map<Session, Map<string, CallAndLeg>>();
  readonly #tombstones: Tombstones;
  readonly #switchboard: Switchboard;
  readonly #unsubscribe: () => void;
  #accepting = true;
  #onIdle: (() => void) | null = null;

  constructor(options: CallsOptions) {
    this.#options = options;
    this.#tombstones = new Tombstones(options.clock);
    this.#switchboard = new Switchboard(options, {
      isOpen: () => this.#accepting,
      legs: () => this.#byMediaLeg.values(),
    });
    this.#unsubscribe = options.media.onEvent((event) => {
      this.#mediaEvent(event);
    });
  }

  find(session: Session, callId: string): CallAndLeg | undefined {
    return this.#bySession.get(session)?.get(callId);
  }

  /** @returns why the call ended, where it did so a short while ago */
  ended(session: Session, callId: string): HangupCause | undefined {
    return this.#tombstones.causeOf(session, callId);
  }

  /** Whom a visitor talks to, in the only call that it has. */
  assistantOf(visitor: Session): AssistantEnd | undefined {
    const [only] = this.#bySession.get(visitor)?.values() ?? [];
    return only?.call.assistant ?? undefined;
  }

  of(session: Session): CallAndLeg[] {
    return [...(this.#bySession.get(session)?.values() ?? [])];
  }

  callIds(session: Session): string[] {
    return [...(this.#bySession.get(session)?.keys() ?? [])];
  }

  /** The client has lost its socket; its session is held. */
  detached(session: Session): void {
    for (const { call, leg } of this.#bySession.get(session)?.values() ?? []) {
      call.handle({ type: 'detached', leg: leg.id });
    }
  }

  /**
   * The client is back on another socket. The calls that only one of the two has, end.
   *
   * @param word what the client says of its calls, if it can
   * @returns tells again what it may have missed, once the calls that are left were listed to it
   */
  resume(session: Session, word: ClientWord | null): () => void {
    const verdicts = word === null ? null : reconcile(this.#standings(session), word);
    const told = new Set(session.byesAgain());
    for (const [callId, verdict] of verdicts ?? []) {
      if (verdict === 'end') this.#bye(session, callId, causes.destinationOutOfOrder);
      const isMistaken = word?.calls.some(({ callID }) => callID === callId) === true;
      if (!isMistaken || told.has(callId) || this.find(session, callId) !== undefined) continue;
      session.bye({ callID: callId, ...(this.ended(session, callId) ?? causes.recoveryOnTimerExpire) });
    }
    return () => {
      for (const { call, leg } of this.of(session)) {
        resumeLeg(call, leg, verdicts?.get(leg.callId) ?? 'keep');
      }
    };
  }

  /** The client has ended a call, of which nobody may have heard yet: an invite that comes later makes none. */
  endedAtClient(session: Session, callId: string, cause: HangupCause): void {
    const isUnheardOf = this.find(session, callId) === undefined && this.ended(session, callId) === undefined;
    if (isUnheardOf) this.#tombstones.bury(session, callId, cause);
    else this.#bye(session, callId, cause);
    session.byeTaken(callId);
  }

  /**
   * Finds out where a call is to go. What is returned sets out on it; where it cannot go anywhere, the caller is told
   * by a bye with the cause.
   */
  async prepare(session: Session, callId: string, offer: string, request: CallRequest): Promise<() => void> {
    const { clock, random } = this.#options;
    const invitedAt = clock.now();
    const route = await this.#switchboard.route(session, callId, request.destination);
    const caller: Leg = { id: random.uuid(), session, callId };
    if ('refused' in route) {
      return () => {
        this.#refuse(caller, request, route.refused, invitedAt);
      };
    }
    return () => {
      this.#dial(caller, route.target, offer, request, invitedAt);
    };
  }

  /** The session is gone for good; its legs end. */
  sessionGone(session: Session, cause: HangupCause): void {
    for (const { call, leg } of this.of(session)) {
      call.handle({ type: 'bye', leg: leg.id, cause });
    }
  }

  /** The session is to be no more; its calls end, and everybody in them is told. */
  endAll(session: Session, cause: HangupCause): void {
    for (const { call } of this.of(session)) {
      call.handle({ type: 'terminate', cause });
    }
  }

  counts(): { inviting: number; established: number } {
    let established = 0;
    for (const call of this.#calls.values()) if (call.stateName === 'established') established += 1;
    return { inviting: this.#calls.size - established, established };
  }

  /** Refuses new calls from now on, and lets those that there are go on for a while. @returns once there are none */
  async drain(withinMs: number): Promise<void> {
    this.#accepting = false;
    if (this.#calls.size === 0) return;
    await new Promise<void>((resolve) => {
      const callOff = this.#options.clock.after(withinMs, resolve);
      this.#onIdle = () => {
        callOff();
        // Whoever ended the last one has the answer first.
        this.#options.clock.after(0, resolve);
      };
    });
  }

  close(cause: HangupCause): void {
    this.#accepting = false;
    for (const call of [...this.#calls.values()]) call.handle({ type: 'terminate', cause });
    this.#unsubscribe();
  }

  /** Leaves the calls that outlive this process to the next one, and ends the others. */
  leave(cause: HangupCause): void {
    for (const [id, call] of this.#calls) if (call.leave()) this.#calls.delete(id);
    this.close(cause);
    // Whoever is in a call comes back sooner than the others.
    for (const { connection } of this.#bySession.keys()) {
      connection?.release(CloseCode.serviceRestart, 'the gateway restarts; retry-after=1');
    }
  }

  /** Goes on with a call of a former process, whose clients are away and whose media is gone. */
  restore(facts: CallFacts, state: CallState): void {
    const call = this.#add(facts, state);
    this.#options.watch.restored(facts);
    call.goOn();
  }

  /** A call of a former process that has ended, of which its client may not know. */
  restoreEnded(session: Session, callId: string, cause: HangupCause): void {
    session.bye({ callID: callId, ...cause });
    this.#tombstones.bury(session, callId, cause);
  }

  #refuse(caller: Leg, request: CallRequest, cause: HangupCause, invitedAt: number): void {
    const { watch, meter } = this.#options;
    const { session, callId } = caller;
    watch.refused(this.#factsOf(caller, { kind: 'callees', legs: [] }, request), cause, invitedAt);
    session.bye({ callID: callId, ...cause });
    this.#tombstones.bury(session, callId, cause);
    meter.callEnded(cause.cause);
  }

  #dial(caller: Leg, target: CallTarget, offer: string, request: CallRequest, invitedAt: number): void {
    const facts = this.#factsOf(caller, target, request);
    const state = startedCall(caller.id, earlyDescription(caller.session), routeOf(target));
    const call = this.#add(facts, state);
    this.#options.journal.callStarted(facts, state);
    this.#options.watch.started(facts, state, invitedAt);
    call.start(offer);
  }

  #factsOf(caller: Leg, target: CallTarget, request: CallRequest): CallFacts {
    const claim = { name: request.callerName, number: request.callerNumber };
    const from = callerIdentity(caller.session.identity, claim);
    return { id: this.#options.random.uuid(), caller, target, request, from };
  }

  #add(facts: CallFacts, state: CallState): Call {
    const call = new Call(facts, state, {
      ...this.#options,
      changed: (before, after) => {
        this.#options.journal.callChanged(facts, before, after);
        this.#options.watch.changed(facts, before, after);
      },
      legEnded: (leg, cause) => {
        this.#options.watch.legEnded(leg, cause);
        this.#forget(leg, cause);
      },
      callEnded: (ended) => {
        this.#calls.delete(ended.id);
        if (this.#calls.size === 0) this.#onIdle?.();
      },
    });
    this.#calls.set(call.id, call);
    for (const leg of legsOfCall(facts)) this.#remember(call, leg);
    return call;
  }

  #standings(session: Session): Map<string, LegStanding> {
    const standings = new Map<string, LegStanding>();
    for (const [callId, { call, leg }] of this.#bySession.get(session) ?? []) {
      const standing = call.standing(leg.id);
      if (standing !== null) standings.set(callId, standing);
    }
    return standings;
  }

  /** As if the client had said so. */
  #bye(session: Session, callId: string, cause: HangupCause): void {
    const found = this.find(session, callId);
    found?.call.handle({ type: 'bye', leg: found.leg.id, cause });
  }

  #remember(call: Call, leg: Leg): void {
    const entry = { call, leg };
    this.#byMediaLeg.set(leg.id, entry);
    const ofSession = this.#bySession.get(leg.session) ?? new Map<string, CallAndLeg>();
    this.#bySession.set(leg.session, ofSession.set(leg.callId, entry));
    leg.session.connection?.paced('inCall');
  }

  #forget(leg: Leg, cause: HangupCause): void {
    this.#byMediaLeg.delete(leg.id);
    const ofSession = this.#bySession.get(leg.session);
    ofSession?.delete(leg.callId);
    if (ofSession?.size === 0) {
      this.#bySession.delete(leg.session);
      leg.session.connection?.paced('idle');
    }
    this.#tombstones.bury(leg.session, leg.callId, cause);
  }

  #mediaEvent(event: MediaEvent): void {
    const found = this.#byMediaLeg.get(event.leg);
    if (found === undefined) return;
    const { call, leg } = found;
    this.#options.watch.media(event);
    switch (event.type) {
      case 'counted':
        return;
      case 'connected':
      case 'flowing':
        this.#options.log.debug({ callId: call.id, legId: leg.id }, `media ${event.type}`);
        call.handle({ type: 'mediaHeard', leg: leg.id });
        return;
      case 'dtmf':
        call.dtmf(leg.id, event.digit);
        return;
      case 'engine':
        call.assistant?.told(event.output);
        return;
      case 'lost':
        this.#options.log.warn({ callId: call.id, legId: leg.id, reason: event.reason }, 'media lost');
        call.handle({ type: event.reason === 'worker' ? 'mediaLost' : 'mediaSilent', leg: leg.id });
        return;
    }
  }
}

function resumeLeg(call: Call, { id: leg, session }: Leg, verdict: Verdict): void {
  if (verdict === 'invite') {
    call.handle({ type: 'inviteLost', leg });
    return;
  }
  // First, so that an offer which it has taken is not repeated.
  if (verdict === 'attach') call.handle({ type: 'mediaLost', leg });
  call.handle({ type: 'resumed', leg, mute: !session.granted.has('recovery') });
  call.assistant?.resumed();
}

function earlyDescription(session: Session): EarlyDescription {
  if (session.identity.generateRingback) return 'ringback';
  return session.granted.has('earlyMedia') ? 'warm' : 'withheld';
}
