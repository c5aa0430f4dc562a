/**
 * A session: one login, over as many sockets as it takes.
 *
 *             connect              opened                  accepted               REGED
 *      idle ──────────▶ connecting ──────▶ authenticating ──────────▶ registering ──────▶ ready
 *       ▲  ◀────────┐       ▲   │ closed, 5 s   │  │ closed, 10 s    │  ▲  │ closed, 10 s   │ closed
 *       │ disconnect│       │   ▼               ▼  │                 ▼  │  ▼                ▼
 *       │ from any  │  delay└── waiting ◀──────────┼──── lost ◀───  not yet: ask again after a pause
 *       │           └── attempts exhausted,        │ refused           │ five times
 *       │               closed for good            ▼                   │
 *       │                                       refused ◀──────────────┘
 *       │ 190 s                                    │ closed
 *       └──────────────────── stranded ◀───────────┴── lost, and no reconnection wanted
 *
 *              silent                     the new socket opened
 *      ready ──────────▶ relieving ─────────────────────────────▶ authenticating
 *        ▲   ◀──────────    │  │ the old one closed
 *        │      heard       │  └─────────────────────▶ connecting
 *        │                  └── the new one closed, 5 s ──▶ lost
 *
 * `relieving` opens another socket beside one that does not answer, and keeps whichever is there first.
 * `connecting` opens its socket when there is something to log in with: a token that has ended is replaced first.
 * `refused` keeps its socket, so that the application can log in again with other credentials; nothing is
 * retried there, nor in `stranded`, whose socket is gone: calls can still be heard for as long as servers hold them.
 * The question for the registration goes out right behind the login, so a server that answers in order makes the
 * session ready after one round trip.
 */
import type { Deadline, Machine, Step } from '../kernel/machine.ts';
import { reconnectDelayMs, retryAfterMs } from './reconnect-policy.ts';
import { isRegistered } from './registration.ts';

interface Tries {
  /** Connection attempts since the session was last stable. */
  readonly attempt: number;
  /** How often in a row the server said that its upstream has failed. */
  readonly upstreamFailures: number;
}

export type SessionState =
  | { readonly name: 'idle' }
  /** `preparing`: what to log in with is not there yet. */
  | ({ readonly name: 'connecting'; readonly preparing?: true } & Tries)
  | ({ readonly name: 'authenticating'; readonly registered: boolean } & Tries)
  | ({ readonly name: 'registering'; readonly polls: number; readonly pauseMs: number | undefined } & Tries)
  | ({ readonly name: 'ready' } & Tries)
  | ({ readonly name: 'relieving' } & Tries)
  /** `asked`: by the server, which wants to be left alone for so long. */
  | ({ readonly name: 'waiting'; readonly delayMs: number; readonly asked?: boolean } & Tries)
  | { readonly name: 'refused' }
  | { readonly name: 'stranded' };

export type SessionEvent =
  | { readonly type: 'connect' | 'disconnect' | 'opened' | 'loginAccepted' | 'clientReady' | 'elapsed' }
  | { readonly type: 'login' | 'preparing' | 'prepared' }
  /** The socket that seemed dead has answered. */
  | { readonly type: 'heard' }
  /** It is a good moment to connect; `afresh`: also where an attempt is under way, in a network that may be gone. */
  | { readonly type: 'hurry'; readonly afresh: boolean }
  | { readonly type: 'silent'; readonly policy: SessionPolicy }
  | { readonly type: 'unopenable'; readonly error: unknown }
  | {
      readonly type: 'closed';
      readonly closeCode?: number | undefined;
      readonly closeReason?: string | undefined;
      /** The one that was opened beside another. */
      readonly beside?: boolean;
      readonly inCall?: boolean;
      readonly isOffline?: boolean;
      readonly random: number;
      readonly policy: SessionPolicy;
    }
  | { readonly type: 'loginRefused'; readonly error: unknown }
  | { readonly type: 'registration'; readonly word: string | undefined; readonly random: number }
  | { readonly type: 'punted' };

export type SessionFailure =
  | 'unopenable'
  | 'unanswered'
  | 'login-refused'
  | 'unregistered'
  | 'upstream-failed'
  | 'exhausted'
  | 'not-reconnecting'
  /** The server closed for good: the session is revoked, or ended by an operator. */
  | 'dismissed'
  /** The session goes on elsewhere, in the copy of a tab for example. */
  | 'displaced'
  /** Nothing comes in on a socket that is still open. */
  | 'silent';

export type SessionEffect =
  | { readonly type: 'open' | 'close' | 'drop' | 'login' | 'askRegistration' | 'announceReady' }
  /** `promote`: the socket beside takes the place of the one that is gone. `keep`: it is closed instead. */
  | { readonly type: 'openBeside' | 'promote' | 'keep' }
  | { readonly type: 'report'; readonly failure: SessionFailure; readonly error?: unknown };

export interface SessionPolicy {
  readonly autoReconnect: boolean;
  /** 0: for ever. */
  readonly maxReconnectAttempts: number;
}

export const IDLE: SessionState = { name: 'idle' };

const CONNECT_MS = 5_000;
const ANSWER_MS = 10_000;
/** A session that lasts this long is no longer counted as a failed attempt when it is lost. */
const STABLE_MS = 5_000;
/** Longer than a server holds the calls of a client that is gone. */
const STRANDED_MS = 190_000;
/** `CloseCode.displaced` of the protocol, in a number: the names would be part of every page. */
const DISPLACED = 4409;
const MAX_POLLS = 5;
const MAX_UPSTREAM_FAILURES = 5;

type State<N extends SessionState['name']> = Extract<SessionState, { name: N }>;
type Event<T extends SessionEvent['type']> = Extract<SessionEvent, { type: T }>;
type SessionStep = Step<SessionState, SessionEffect>;

export const sessionMachine: Machine<SessionState, SessionEvent, SessionEffect> = {
  deadline,
  transition(state, event) {
    if (event.type === 'disconnect') return to(IDLE, { type: 'close' });
    if (event.type === 'punted') return to(IDLE, { type: 'close' }, report('dismissed'));
    switch (state.name) {
      case 'idle':
        return event.type === 'connect' || event.type === 'login' ? open(fresh) : to(state);
      case 'connecting':
        return connecting(state, event);
      case 'authenticating':
        return authenticating(state, event);
      case 'registering':
        return registering(state, event);
      case 'ready':
        return ready(state, event);
      case 'relieving':
        return relieving(state, event);
      case 'waiting':
        return waiting(state, event);
      case 'refused':
        return refused(state, event);
      case 'stranded':
        if (event.type === 'elapsed') return to(IDLE);
        return event.type === 'connect' || event.type === 'login' ? open(fresh) : to(state);
    }
  },
};

/** No socket will be ready unless the application does something. */
export function isUnattended({ name }: SessionState): boolean {
  return name === 'idle' || name === 'refused' || name === 'stranded';
}

function deadline(state: SessionState): Deadline<SessionEvent> | undefined {
  const after = (afterMs: number, name: string = state.name): Deadline<SessionEvent> => ({
    name,
    afterMs,
    event: { type: 'elapsed' },
  });
  switch (state.name) {
    case 'connecting':
      return state.preparing ? undefined : after(CONNECT_MS);
    case 'relieving':
      return after(CONNECT_MS);
    case 'authenticating':
      return after(ANSWER_MS);
    case 'registering':
      return after(state.pauseMs ?? ANSWER_MS, `registering ${state.polls} ${state.pauseMs}`);
    case 'ready':
      return state.attempt > 0 ? after(STABLE_MS) : undefined;
    case 'waiting':
      return after(state.delayMs);
    case 'refused':
    case 'stranded':
      return after(STRANDED_MS, 'unattended');
    case 'idle':
      return undefined;
  }
}

function waiting(state: State<'waiting'>, event: SessionEvent): SessionStep {
  switch (event.type) {
    case 'elapsed':
    case 'connect':
    case 'login':
      return open(state);
    case 'hurry':
      return event.afresh || !state.asked ? open(state) : to(state);
    default:
      return to(state);
  }
}

function connecting(state: State<'connecting'>, event: SessionEvent): SessionStep {
  switch (event.type) {
    case 'opened':
      return authenticate(state);
    case 'preparing':
      return to({ ...state, preparing: true });
    case 'prepared':
    case 'login':
      return state.preparing ? open(state) : to(state);
    case 'hurry':
      return event.afresh && !state.preparing ? open(state) : to(state);
    case 'unopenable':
      return to(IDLE, report('unopenable', event.error));
    default:
      return unanswered(state, event);
  }
}

function authenticating(state: State<'authenticating'>, event: SessionEvent): SessionStep {
  switch (event.type) {
    case 'loginAccepted':
      if (state.registered) return becomeReady(state);
      return to({ ...tries(state), name: 'registering', polls: 0, pauseMs: undefined });
    case 'loginRefused':
      return to({ name: 'refused' }, report('login-refused', event.error));
    case 'registration':
      return to(isRegistered(event.word) ? { ...state, registered: true } : state);
    case 'login':
      return open(state);
    default:
      return unanswered(state, event);
  }
}

function registering(state: State<'registering'>, event: SessionEvent): SessionStep {
  switch (event.type) {
    case 'registration':
      return registration(state, event);
    case 'clientReady':
      return to({ ...state, pauseMs: undefined }, { type: 'askRegistration' });
    case 'elapsed':
      if (state.pauseMs === undefined) return unanswered(state, event);
      return to({ ...state, pauseMs: undefined }, { type: 'askRegistration' });
    default:
      return unanswered(state, event);
  }
}

function ready(state: State<'ready'>, event: SessionEvent): SessionStep {
  switch (event.type) {
    case 'registration':
      if (isRegistered(event.word)) return to(state);
      return registration({ ...state, name: 'registering', polls: 0, pauseMs: undefined }, event);
    case 'elapsed':
      return to({ ...state, attempt: 0 });
    case 'closed':
      return lost(state, event);
    case 'silent':
      if (!event.policy.autoReconnect) {
        return to({ name: 'stranded' }, { type: 'close' }, report('not-reconnecting'));
      }
      return to({ ...state, name: 'relieving' }, { type: 'openBeside' }, report('silent'));
    default:
      return to(state);
  }
}

function relieving(state: State<'relieving'>, event: SessionEvent): SessionStep {
  switch (event.type) {
    case 'opened':
      return authenticate(state);
    case 'heard':
      return to({ ...state, name: 'ready' }, { type: 'keep' });
    case 'preparing':
      return to({ ...tries(state), name: 'connecting', preparing: true }, { type: 'close' });
    case 'unopenable':
      return to(IDLE, { type: 'close' }, report('unopenable', event.error));
    case 'closed': {
      const { state: next, effects } = lost(state, event);
      if (event.beside || isFinal(event)) return to(next, { type: 'close' }, ...effects);
      return to({ ...tries(state), name: 'connecting' }, { type: 'promote' });
    }
    case 'login':
      return open(state);
    default:
      return unanswered(state, event);
  }
}

function refused(state: State<'refused'>, event: SessionEvent): SessionStep {
  switch (event.type) {
    case 'login':
      return authenticate(fresh);
    case 'connect':
      return to({ ...fresh, name: 'connecting' }, { type: 'close' }, { type: 'open' });
    case 'closed':
      return to({ name: 'stranded' });
    case 'elapsed':
      return to(IDLE, { type: 'close' });
    default:
      return to(state);
  }
}

function registration(state: State<'registering'>, { word, random }: Event<'registration'>): SessionStep {
  const pauseMs = 2_000 + Math.round(4_000 * random);
  if (isRegistered(word)) return becomeReady(state);
  if (word === 'FAILED' || word === 'FAIL_WAIT' || word === 'TIMEOUT') {
    const upstreamFailures = state.upstreamFailures + 1;
    if (upstreamFailures >= MAX_UPSTREAM_FAILURES) return to(IDLE, { type: 'close' }, report('exhausted'));
    return to(
      { name: 'waiting', attempt: state.attempt + 1, upstreamFailures, delayMs: pauseMs },
      { type: 'close' },
      report('upstream-failed'),
    );
  }
  const polls = state.polls + 1;
  if (polls >= MAX_POLLS) return to({ name: 'refused' }, report('unregistered', word));
  return to({ ...state, polls, pauseMs });
}

/** What a state that waits for the server makes of its silence, or of its end. */
function unanswered(state: Tries & SessionState, event: SessionEvent): SessionStep {
  if (event.type === 'closed') return lost(state, event);
  if (event.type === 'hurry' && event.afresh) return open(state);
  if (event.type === 'elapsed') return to(state, report('unanswered', state.name), { type: 'drop' });
  return to(state);
}

function lost(state: Tries, event: Event<'closed'>): SessionStep {
  const { closeCode, policy } = event;
  const attempt = state.attempt + 1;
  // Attempts that are counted must not be used up in seconds.
  const inCall = event.inCall === true && policy.maxReconnectAttempts <= 0;
  const delayMs = reconnectDelayMs({ ...event, attempt, inCall });
  if (delayMs === undefined) return to(IDLE, report(closeCode === DISPLACED ? 'displaced' : 'dismissed'));
  if (!policy.autoReconnect) return to({ name: 'stranded' }, report('not-reconnecting'));
  if (policy.maxReconnectAttempts > 0 && attempt > policy.maxReconnectAttempts) {
    return to(IDLE, report('exhausted'));
  }
  const asked = retryAfterMs(event.closeReason) !== undefined;
  return to({ name: 'waiting', attempt, upstreamFailures: state.upstreamFailures, delayMs, asked });
}

/** The server does not want the client back. */
function isFinal(event: Event<'closed'>): boolean {
  return reconnectDelayMs({ ...event, attempt: 1 }) === undefined;
}

const fresh: Tries = { attempt: 0, upstreamFailures: 0 };

function open(state: Tries): SessionStep {
  return to({ ...tries(state), name: 'connecting' }, { type: 'open' });
}

function authenticate(state: Tries): SessionStep {
  return to(
    { ...tries(state), name: 'authenticating', registered: false },
    { type: 'login' },
    { type: 'askRegistration' },
  );
}

function becomeReady({ attempt }: Tries): SessionStep {
  return to({ name: 'ready', attempt, upstreamFailures: 0 }, { type: 'announceReady' });
}

function tries({ attempt, upstreamFailures }: Tries): Tries {
  return { attempt, upstreamFailures };
}

function report(failure: SessionFailure, error?: unknown): SessionEffect {
  return { type: 'report', failure, error };
}

function to(state: SessionState, ...effects: SessionEffect[]): SessionStep {
  return { state, effects };
}
