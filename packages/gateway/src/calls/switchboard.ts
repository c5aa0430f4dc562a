import { causes, type HangupCause } from '@parley/protocol';
import type { Visit } from '../assistants/visit.ts';
import { inTime } from '../in-time.ts';
import type { MediaPlane } from '../media/media-plane.ts';
import type { Clock, Log, Random } from '../ports.ts';
import type { Authenticator } from '../registrar/authenticator.ts';
import type { Directory } from '../sessions/directory.ts';
import type { Session } from '../sessions/session.ts';
import type { CallTarget, Leg } from './leg.ts';
import { parseDestination } from './routing.ts';

export interface SwitchboardPorts {
  media: Pick<MediaPlane, 'status'>;
  clock: Clock;
  random: Random;
  log: Log;
  directory: Directory;
  authenticator: Pick<Authenticator, 'isUser'>;
}

/** The calls that there are. */
export interface CallsInProgress {
  isOpen(): boolean;
  /** Every leg, with something that all legs of a call have in common. */
  legs(): Iterable<{ call: object; leg: Leg }>;
}

type RouteOrRefusal = { target: CallTarget } | { refused: HangupCause };

/** Official clients drop their socket when an answer takes 10 s. */
const routeMs = 8_000;

/** Of all media legs: anybody can be a visitor, and must leave room for the users. */
const shareOfVisitors = 1 / 2;

/** A call that is there goes on; a new one needs a login that holds. */
const loginExpired: HangupCause = { ...causes.callRejected, sipReason: 'Login token expired' };

/** A visit may add so much to a conversation and no more; another login is another visit. */
const visitUsedUp: HangupCause = {
  ...causes.callRejected,
  sipReason: 'Conversation limit of this login reached',
};

/** Decides where a call goes, or why it goes nowhere. */
export class Switchboard {
  readonly #ports: SwitchboardPorts;
  readonly #inProgress: CallsInProgress;

  constructor(ports: SwitchboardPorts, inProgress: CallsInProgress) {
    this.#ports = ports;
    this.#inProgress = inProgress;
  }

  /** Whatever is wrong inside, the caller is told in time that there will be no call. */
  async route(session: Session, callId: string, dialled: string): Promise<RouteOrRefusal> {
    const { clock, log } = this.#ports;
    const refused = { refused: causes.temporaryFailure };
    const route = this.#route(session, dialled).catch((error: unknown) => {
      log.error({ sessionId: session.ids.id, callId, err: error }, 'a call could not be routed');
      return refused;
    });
    const outcome = await inTime(clock, routeMs, route);
    if (outcome !== 'late') return outcome;
    log.error({ sessionId: session.ids.id, callId }, 'a call was not routed in time');
    return refused;
  }

  async #route(session: Session, dialled: string): Promise<RouteOrRefusal> {
    if (!this.#inProgress.isOpen()) return { refused: causes.temporaryFailure };
    const { expiresAt } = session.proof;
    if (expiresAt !== null && this.#ports.clock.now() >= expiresAt) return { refused: loginExpired };
    const { legs, capacity } = this.#ports.media.status();
    const destination = parseDestination(dialled);
    const { maxCalls } = session.identity;
    if (legs >= capacity) return { refused: causes.noCapacity };
    if (maxCalls !== null && this.#countOf(session.identity.sipUsername) >= maxCalls) {
      return { refused: causes.userBusy };
    }
    const { visit } = session.identity;
    if (visit !== undefined) return this.#routeToAssistant(visit, capacity);
    if (destination.kind === 'echo') return { target: { kind: 'echo' } };
    return await this.#routeToUser(destination.sipUsername);
  }

  #routeToAssistant(visit: Visit, capacity: number): RouteOrRefusal {
    if (!visit.allowsCall) return { refused: visitUsedUp };
    if (this.#legsOfVisitors() + 1 > capacity * shareOfVisitors) return { refused: causes.noCapacity };
    return { target: { kind: 'assistant', visit } };
  }

  async #routeToUser(sipUsername: string): Promise<RouteOrRefusal> {
    const { authenticator, directory, random } = this.#ports;
    if (!(await authenticator.isUser(sipUsername))) return { refused: causes.unallocatedNumber };
    const sessions = directory.registered(sipUsername);
    const first = sessions[0];
    if (first === undefined) return { refused: causes.subscriberAbsent };
    const { maxCalls } = first.identity;
    if (maxCalls !== null && this.#countOf(sipUsername) >= maxCalls) return { refused: causes.userBusy };
    const legs = sessions.map((callee): Leg => ({
      id: random.uuid(),
      session: callee,
      callId: random.uuid(),
    }));
    return { target: { kind: 'callees', legs } };
  }

  /** Calls of a user, wherever it is signed in; one that rings in several places counts once. */
  #countOf(sipUsername: string): number {
    const calls = new Set<object>();
    for (const { call, leg } of this.#inProgress.legs()) {
      if (leg.session.identity.sipUsername === sipUsername) calls.add(call);
    }
    return calls.size;
  }

  #legsOfVisitors(): number {
    let legs = 0;
    for (const { leg } of this.#inProgress.legs()) if (leg.session.identity.visit !== undefined) legs += 1;
    return legs;
  }
}
