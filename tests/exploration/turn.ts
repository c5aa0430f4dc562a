import type { HangupCause } from '@parley/protocol';
import { callDeadlines } from '../../packages/gateway/src/calls/call-deadlines.ts';
import { callTransition } from '../../packages/gateway/src/calls/call-machine.ts';
import type { EarlyDescription } from '../../packages/gateway/src/calls/call-state.ts';
import { reconcile } from '../../packages/gateway/src/calls/reconciliation.ts';
import { callMachine } from '../../packages/webrtc/src/calls/call-machine.ts';
import { sessionMachine } from '../../packages/webrtc/src/signaling/session-machine.ts';
import type { End, Faults, GatewayCall, Party, ToClient, ToGateway, World } from './world.ts';

/** What is explored. */
export interface Machines {
  readonly session: typeof sessionMachine;
  readonly clientCall: typeof callMachine;
  readonly gatewayCall: typeof callTransition;
  readonly gatewayDeadlines: typeof callDeadlines;
  readonly reconcile: typeof reconcile;
  /** The gateway remembers for a while which calls have ended. */
  readonly remembersEnds: boolean;
}

export const MACHINES: Machines = {
  session: sessionMachine,
  clientCall: callMachine,
  gatewayCall: callTransition,
  gatewayDeadlines: callDeadlines,
  reconcile,
  remembersEnds: true,
};

export interface Setting {
  readonly early: EarlyDescription;
  readonly preAnswers: boolean;
  /** What is on its way may be overtaken. */
  readonly reorders: boolean;
  /** Steps of media take no time. */
  readonly isQuick: boolean;
  /** Worlds that differ in why the call ended are different ones. */
  readonly tellsCauses: boolean;
}

type Cause = Readonly<Pick<HangupCause, 'cause' | 'causeCode'>>;

const OVER: HangupCause = { cause: 'OVER', causeCode: 1 };

/** A promise that was broken. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

/** A step from one world to the next: what is changed is copied first. */
export class Turn {
  readonly machines: Machines;
  readonly setting: Setting;
  readonly #from: World;
  readonly #ends: Partial<Record<Party, End>> = {};
  #call: GatewayCall | null | undefined;
  #left: Faults | undefined;

  constructor(from: World, machines: Machines, setting: Setting) {
    this.#from = from;
    this.machines = machines;
    this.setting = setting;
  }

  get world(): World {
    const { ends, call, left } = this.#from;
    return {
      ends: { ...ends, ...this.#ends },
      call: this.#call === undefined ? call : this.#call,
      left: this.#left ?? left,
    };
  }

  end(party: Party): End {
    const end = this.#from.ends[party];
    return (this.#ends[party] ??= {
      ...end,
      call: end.call && { ...end.call },
      leg: end.leg && { ...end.leg },
    });
  }

  get call(): GatewayCall | null {
    const { call } = this.#from;
    if (this.#call === undefined) this.#call = call && { ...call };
    return this.#call;
  }

  set call(call: GatewayCall | null) {
    this.#call = call;
  }

  /** Every end has the same cause where causes are not told. */
  causeOf({ cause, causeCode }: Cause): HangupCause {
    return this.setting.tellsCauses ? { cause, causeCode } : OVER;
  }

  spend(fault: keyof Faults): void {
    this.#left ??= { ...this.#from.left };
    this.#left[fault]--;
  }

  toGateway(party: Party, message: ToGateway): void {
    const end = this.end(party);
    const isRead = message.is === 'login' || end.held !== 'none';
    if (end.isOpen && isRead) end.up = [...end.up, message];
  }

  /** Nobody reads what goes out on a socket that the client has left, nor a response that nobody awaits. */
  toClient(party: Party, message: ToClient): void {
    const end = this.end(party);
    if (end.held !== 'current' || ('id' in message && !end.pending.includes(message.id))) return;
    end.down = [...end.down, message];
  }
}
