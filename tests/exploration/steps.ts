/** Everything that can happen next in a world. */
import { isRemaking } from '../../packages/gateway/src/calls/call-state.ts';
import * as client from './client.ts';
import * as gateway from './gateway.ts';
import type { Machines, Setting, Turn } from './turn.ts';
import {
  PARTIES,
  type End,
  type Faults,
  type Party,
  type ToClient,
  type ToGateway,
  type World,
} from './world.ts';

/**
 * - `person`: somebody presses a button
 * - `fault`: what need not happen, and happens so many times at most
 * - `progress`: what happens by itself sooner or later: deliveries, steps of media, deadlines, reconnection
 */
export interface Step {
  readonly kind: 'person' | 'fault' | 'progress';
  readonly label: string;
  readonly message: ToGateway | ToClient | undefined;
  readonly run: (turn: Turn) => void;
}

type Part = Step['run'];

const RING_MS = 60_000;

export function stepsOf(world: World, machines: Machines, setting: Setting): readonly Step[] {
  const steps = new Steps(world, machines, setting);
  for (const party of PARTIES) steps.ofParty(party);
  steps.ofGateway();
  return steps.all;
}

class Steps {
  readonly all: Step[] = [];
  readonly #world: World;
  readonly #machines: Machines;
  readonly #setting: Setting;
  readonly #isBusy: boolean;

  constructor(world: World, machines: Machines, setting: Setting) {
    this.#world = world;
    this.#machines = machines;
    this.#setting = setting;
    this.#isBusy =
      (world.call?.jobs ?? []).length > 0 ||
      Object.values(world.ends).some(
        ({ call, down, held, isOpen, up, session }) =>
          up.length + down.length + (call?.jobs ?? []).length > 0 ||
          session.name === 'waiting' ||
          (isOpen && held === 'none'),
      );
  }

  ofParty(party: Party): void {
    const end = this.#world.ends[party];
    this.#ofLine(party, end);
    this.#ofSocket(party, end);
    this.#ofSession(party, end);
    this.#ofWaiting(party, end);
    this.#ofPerson(party, end);
    this.#ofMedia(party, end);
  }

  /** Messages come, in whatever order the setting allows, or do not. */
  #ofLine(party: Party, { up, down, held }: End): void {
    const login = up.findIndex(isLogin);
    // A login comes on a socket of its own, beside the one that the client has left.
    for (const at of new Set([...this.#next(up, isLogin), ...(login < 0 ? [] : [login])])) {
      const message = up[at];
      if (message === undefined) continue;
      const text = `${party} → gateway`;
      const isFirst = isLogin(message);
      const drop = (turn: Turn): void => {
        // Nothing more is read from the socket before it.
        turn.end(party).up = isFirst ? up.slice(at + 1) : up.toSpliced(at, 1);
      };
      const take = (turn: Turn): void => {
        gateway.receive(turn, party, message);
      };
      this.#add('progress', text, message, drop, take);
      const lose = (turn: Turn): void => {
        turn.end(party).up = up.toSpliced(at, isFirst ? up.length : 1);
        // What is lost on a socket that nobody uses breaks nothing.
        if (isFirst || held === 'current') turn.end(party).isBroken = true;
      };
      this.#fault('losses', `lost: ${text}`, message, lose);
      if (!isFirst) this.#fault('repeats', `twice: ${text}`, message, take);
    }
    for (const at of this.#next(down, isOfLogin)) {
      const message = down[at];
      if (message === undefined) continue;
      const text = `gateway → ${party}`;
      const drop = (turn: Turn): void => {
        turn.end(party).down = down.toSpliced(at, 1);
      };
      const take = (turn: Turn): void => {
        client.receive(turn, party, message);
      };
      this.#add('progress', text, message, drop, take);
      this.#fault('losses', `lost: ${text}`, message, drop, (turn) => {
        turn.end(party).isBroken = true;
      });
      if (!isOfLogin(message)) this.#fault('repeats', `twice: ${text}`, message, take);
    }
  }

  /** What a login is, and brings, keeps its place in any case: it is the one promise of order that recovery rests on. */
  #next<T>(line: readonly T[], keepsPlace: (message: T) => boolean): readonly number[] {
    const barrier = line.findIndex(keepsPlace);
    const all = [...line.keys()];
    if (!this.#setting.reorders) return all.slice(0, 1);
    return barrier < 0 ? all : all.slice(0, Math.max(barrier, 1));
  }

  /** The client's end of it. */
  #ofSocket(party: Party, { dialling, held, isBroken, isOpen, session, up }: End): void {
    const dial = (turn: Turn): void => {
      if (session.name === 'waiting') client.handleSession(turn, party, { type: 'elapsed' });
    };
    if (dialling || session.name === 'waiting') {
      const opened = (turn: Turn): void => {
        client.opened(turn, party);
      };
      const notOpened = (turn: Turn): void => {
        client.notOpened(turn, party);
      };
      this.#add('progress', `${party} dials`, undefined, dial, opened);
      this.#fault('cuts', `${party} dials in vain`, undefined, dial, notOpened);
    }
    if (isOpen) {
      const cut = (turn: Turn): void => {
        client.cut(turn, party);
      };
      this.#fault('cuts', `${party}'s socket closes`, undefined, cut);
      const isLeft = held === 'none' && client.loginIn(up) === up.length;
      if (isLeft) this.#progress(`${party} sees that its socket was closed`, cut);
      if (isBroken && !isLeft && session.name !== 'relieving')
        this.#silence(party, session.name === 'ready', cut);
      else if (session.name === 'ready') {
        this.#fault('cuts', `${party} takes its socket for dead`, undefined, (turn) => {
          client.silent(turn, party);
        });
      } else if (session.name === 'relieving' && !isBroken) {
        this.#progress(`${party} hears of the old socket`, (turn) => {
          client.handleSession(turn, party, { type: 'heard' });
        });
      }
    }
    if (session.name === 'idle') return;
    this.#fault('departures', `${party} goes for good`, undefined, (turn) => {
      client.handleSession(turn, party, { type: 'punted' });
    });
    this.#fault('reloads', `${party}'s page is loaded again`, undefined, (turn) => {
      client.reload(turn, party);
    });
  }

  #silence(party: Party, isReady: boolean, cut: (turn: Turn) => void): void {
    this.#progress(`${party} finds its socket dead`, (turn) => {
      if (isReady) client.silent(turn, party);
      else cut(turn);
    });
  }

  /** The gateway's end of it. */
  #ofSession(party: Party, end: End): void {
    const { call, held, isBroken, isOpen, leg, outbox, session, untaken } = end;
    const detached = (turn: Turn): void => {
      gateway.detached(turn, party);
    };
    if (held === 'stale') this.#progress(`the gateway sees that ${party} is away`, detached);
    if (held === 'current') {
      this.#fault('cuts', `the gateway loses the socket of ${party}`, undefined, detached);
      if (isBroken) this.#progress(`the gateway finds the socket of ${party} dead`, detached);
    }
    if (held !== 'none' || isOpen || !(leg ?? untaken)) return;
    const expired = (turn: Turn): void => {
      gateway.expired(turn, party);
    };
    const text = `${party}'s session has been held for 190 s`;
    if (session.name === 'idle') this.#deadline(text, expired);
    // No wait of a client lasts so long.
    else if (outbox.length === 0 && (call === null || !this.#machines.clientCall.deadline(call.state))) {
      this.#fault('departures', text, undefined, expired);
    }
  }

  #ofWaiting(party: Party, { call, outbox, pending, session }: End): void {
    const deadline = call && this.#machines.clientCall.deadline(call.state);
    if (deadline) {
      this.#deadline(`${party}: ${deadline.afterMs / 1000} s are over (${deadline.name})`, (turn) => {
        client.handle(turn, party, deadline.event);
      });
    }
    const ofSession = this.#machines.session.deadline(session);
    if (ofSession && session.name !== 'waiting') {
      this.#deadline(`${party}: ${ofSession.afterMs / 1000} s are over (${ofSession.name})`, (turn) => {
        client.handleSession(turn, party, ofSession.event);
      });
    }
    for (const id of new Set([...pending, ...outbox.map((waiting) => waiting.id)])) {
      // The machine's own deadline is as long.
      if (id === 'invite' || id === 'answer') continue;
      this.#deadline(`${party}: no answer to ${id} in time`, (turn) => {
        client.giveUp(turn, party, id);
      });
    }
  }

  #ofPerson(party: Party, { call }: End): void {
    if (!client.isLive(call)) return;
    this.#add('person', `${party} hangs up`, undefined, (turn) => {
      client.handle(turn, party, { type: 'hangup' });
    });
    if (call.state.name !== 'ringing') return;
    this.#add('person', `${party} answers`, undefined, (turn) => {
      client.handle(turn, party, { type: 'answer' });
    });
  }

  /** The steps of a browser, and the path of the media. */
  #ofMedia(party: Party, end: End): void {
    const { call, isBroken, leg, session, pending } = end;
    for (const job of call?.jobs ?? []) {
      if (client.isWaiting(end, job)) continue;
      this.#progress(`${party}'s browser: ${job.is} ${job.sdp}`, (turn) => {
        client.finish(turn, party, job);
      });
      this.#fault('failures', `${party}'s browser fails: ${job.is} ${job.sdp}`, undefined, (turn) => {
        client.fail(turn, party, job);
      });
    }
    if (call?.state.name !== 'established' || call.state.remaking > 0 || session.name !== 'ready') return;
    if (leg === null || isBroken || pending.includes('remake')) return;
    const ask = (turn: Turn): void => {
      client.request(turn, party, { is: 'remake', id: 'remake' });
    };
    if (hasPath(end)) this.#fault('failures', `${party}'s path is gone`, undefined, ask);
    else this.#deadline(`${party} has no path`, ask);
  }

  ofGateway(): void {
    const { call } = this.#world;
    if (call === null) return;
    // The commands for one leg are carried out in their order.
    const isNext = (leg: Party, at: number): boolean => call.jobs.findIndex((job) => job.leg === leg) === at;
    for (const job of call.jobs.filter(({ leg }, at) => isNext(leg, at))) {
      const text = `${job.is} for ${job.leg}`;
      this.#progress(`the gateway's media: ${text}`, (turn) => {
        gateway.finish(turn, job);
      });
      for (const failure of ['worker-lost', 'bad-sdp'] as const) {
        this.#fault('failures', `the gateway's media fails, ${failure}: ${text}`, undefined, (turn) => {
          gateway.fail(turn, job, failure);
        });
      }
    }
    this.#fault('restarts', 'the gateway starts again', undefined, gateway.restart);
    if (call.state.name === 'ended') return;
    this.#fault('failures', 'the media worker dies', undefined, gateway.workerDies);
    for (const { name, afterMs, event } of this.#machines.gatewayDeadlines(call.state, RING_MS)) {
      this.#deadline(`the gateway: ${afterMs / 1000} s are over (${name})`, (turn) => {
        gateway.handle(turn, event);
      });
    }
    if (call.state.name !== 'established') return;
    for (const party of PARTIES) {
      const end = this.#world.ends[party];
      if (end.leg === null || hasPath(end) || end.held === 'none' || isRemaking(call.state, party)) continue;
      this.#deadline(`nothing has come from ${party} for a minute`, (turn) => {
        for (let times = 0; times < 4; times++) gateway.handle(turn, { type: 'mediaSilent', leg: party });
      });
    }
  }

  #add(kind: Step['kind'], label: string, message: Step['message'], ...parts: readonly Part[]): void {
    const run = (turn: Turn): void => {
      for (const part of parts) part(turn);
    };
    this.all.push({ kind, label, message, run });
  }

  #progress(label: string, run: Part): void {
    this.#add('progress', label, undefined, run);
  }

  #fault(fault: keyof Faults, label: string, message: Step['message'], ...parts: readonly Part[]): void {
    if (this.#world.left[fault] === 0) return;
    const spend = (turn: Turn): void => {
      turn.spend(fault);
    };
    this.#add('fault', label, message, spend, ...parts);
  }

  /** Comes when there is nothing else to wait for; to come sooner, it takes a slow network or browser. */
  #deadline(label: string, run: (turn: Turn) => void): void {
    if (this.#isBusy) this.#fault('delays', label, undefined, run);
    else this.#progress(label, run);
  }
}

export const isLogin = ({ is }: ToGateway): boolean => is === 'login';

export const isOfLogin = ({ is }: ToClient): boolean => is === 'clientReady' || is === 'registered';

/** Both ends of the path know of each other. */
export function hasPath({ call, leg }: Readonly<End>): boolean {
  return leg !== null && leg.path === call?.path && leg.path === String(leg.offers);
}
