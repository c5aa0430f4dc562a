import type { ByePush, ClientExtension, Push } from '@parley/protocol';

import type { Fields } from '../signaling/fields.ts';
import { RpcError } from '../signaling/rpc.ts';
import type { CallPush } from '../signaling/session-ports.ts';
import type { LiveCall } from './call.ts';
import { HUNG_UP, type Ending } from './ending.ts';

/** How many ended calls are remembered, so that a late message cannot bring one back. */
const REMEMBERED = 100;

type Offer = Push<'telnyx_rtc.invite' | 'telnyx_rtc.attach'>;

/** What the server says of a call that is here. */
export type Learned = Exclude<CallPush, Told | Push<'telnyx_rtc.invite'>>;

/** What is not of one call. */
export type Told = Push<
  'telnyx_rtc.info' | 'telnyx_rtc.event' | 'webrtc.event' | 'ai_conversation' | 'telnyx_rtc.punt'
>;

export interface CallsPorts {
  /** false while the client leaves. */
  readonly accepting: () => boolean;
  /** Makes the call that an invite announces, and tells the application; the call is started afterwards. */
  create(invite: Push<'telnyx_rtc.invite'>['params']): LiveCall;
  /** Makes the call that another page has left, and tells the application; the call is started afterwards. */
  restore(id: string): LiveCall;
  /** The server has no call of which another page has left the id. */
  notRestored(id: string): void;
  learned(call: LiveCall, message: Learned): void;
  told(message: Told): void;
  unknownAttach(params: Fields): void;
  sendBye(params: Fields): Promise<Fields>;
}

/** The calls of a client by id, and the way of the server's messages to them. */
export class Calls {
  readonly #ports: CallsPorts;
  readonly #live = new Map<string, LiveCall>();
  readonly #ended = new Set<string>();
  readonly #undelivered = new Map<string, Fields>();
  /** Left by another page, until the server offers them a leg: their epochs by id. */
  readonly #expected = new Map<string, number>();
  /** Those that were there when the socket opened. */
  #before: ReadonlySet<string> = new Set();

  constructor(ports: CallsPorts) {
    this.#ports = ports;
  }

  /** Whether there is such a call, and it has not ended here. */
  isLive(id: string): boolean {
    return this.#live.get(id)?.isLive ?? false;
  }

  all(): readonly LiveCall[] {
    return [...this.#live.values()];
  }

  add(call: LiveCall): void {
    this.#live.set(call.id, call);
  }

  remove(id: string): void {
    if (this.#live.delete(id)) this.#remember(id);
  }

  #remember(id: string): void {
    this.#ended.add(id);
    const [oldest] = this.#ended;
    if (this.#ended.size > REMEMBERED && oldest !== undefined) this.#ended.delete(oldest);
  }

  /** @param epochs by the ids of the calls that another page has left */
  expect(epochs: Iterable<readonly [id: string, epoch: number]>, ended: readonly string[]): void {
    for (const [id, epoch] of epochs) this.#expected.set(id, epoch);
    for (const id of ended) {
      this.#ended.add(id);
      this.#undelivered.set(id, byeOf(id));
    }
  }

  /** The server has yet to hear that this call has ended. */
  byeUndelivered(id: string, bye: Fields): void {
    this.#undelivered.set(id, bye);
  }

  /** There is another socket. */
  opened(): void {
    this.#before = new Set(this.#live.keys());
  }

  /**
   * A server that tells, and does so late, knows nothing of calls that were made meanwhile.
   * @param survivors the calls that the server still holds; undefined where it does not tell
   */
  resumed(survivors: readonly string[] | undefined): void {
    for (const call of this.all()) {
      if (!this.#before.has(call.id)) continue;
      call.handle({ type: 'resumed', survived: survivors?.includes(call.id) });
    }
    for (const id of [...this.#expected.keys()]) {
      if (survivors?.includes(id) === false) this.#forget(id);
    }
  }

  /** Ends what another page has left: none of it is to go on here. */
  async renounce(): Promise<void> {
    const ids = [...this.#expected.keys()];
    this.#expected.clear();
    await Promise.all(
      ids.map(async (id) => {
        this.#remember(id);
        this.#undelivered.set(id, byeOf(id));
        await this.#sendBye(id);
      }),
    );
  }

  #forget(id: string): void {
    this.#expected.delete(id);
    this.#ports.notRestored(id);
  }

  ready(): void {
    this.check(false);
    for (const [id, bye] of this.#undelivered) {
      this.#ports.sendBye(bye).then(
        () => this.#undelivered.delete(id),
        (error: unknown) => {
          if (error instanceof RpcError && error.failure === 'refused') this.#undelivered.delete(id);
        },
      );
    }
  }

  /** Judges the media of all. @param moved the network may be another one */
  check(moved: boolean): void {
    for (const call of this.all()) call.check(moved);
  }

  /** Of whose end the server may not know. */
  get ended(): readonly string[] {
    const ending = this.all().filter(({ isLive }) => !isLive);
    return [...new Set([...this.#undelivered.keys(), ...ending.map(({ id }) => id)])];
  }

  /** For the server, at a login. */
  known(): Pick<ClientExtension, 'calls' | 'ended'> {
    const expected = [...this.#expected].map(
      ([callID, epoch]) => ({ callID, epoch, media: 'lost' }) as const,
    );
    const calls = [...this.all().flatMap(({ known }) => known ?? []), ...expected];
    const ended = this.ended;
    return { calls, ...(ended.length > 0 && { ended }) };
  }

  /** There will be no further socket: every call ends here. */
  abandon(): void {
    this.#undelivered.clear();
    for (const id of [...this.#expected.keys()]) this.#forget(id);
    for (const call of this.all()) call.handle({ type: 'abandoned' });
  }

  handle(push: CallPush, acknowledge: () => void): void {
    switch (push.method) {
      case 'telnyx_rtc.invite':
      case 'telnyx_rtc.attach':
        this.#handleOffer(push, acknowledge);
        break;
      case 'telnyx_rtc.punt':
        acknowledge();
        this.#ports.told(push);
        break;
      case 'telnyx_rtc.info':
      case 'telnyx_rtc.event':
      case 'webrtc.event':
      case 'ai_conversation':
        this.#ports.told(push);
        break;
      default: {
        const { callID } = push.params;
        const call = this.#live.get(callID);
        if (call) this.#route(call, push);
        else if (push.method === 'telnyx_rtc.bye') {
          if (this.#expected.has(callID)) this.#forget(callID);
          // Its invite may be behind it.
          this.#remember(callID);
        }
        acknowledge();
      }
    }
  }

  #route(call: LiveCall, push: Exclude<CallPush, Offer | Told>): void {
    this.#ports.learned(call, push);
    switch (push.method) {
      case 'telnyx_rtc.ringing':
        call.handle({ type: 'alerting' });
        break;
      case 'telnyx_rtc.media': {
        const { sdp, parley } = push.params;
        call.handle({ type: 'media', sdp, audible: parley?.earlyMedia !== false });
        break;
      }
      case 'telnyx_rtc.answer':
        call.handle({ type: 'answered', sdp: push.params.sdp });
        break;
      case 'telnyx_rtc.bye':
        call.handle({ type: 'bye', ending: readEnding(push.params) });
        break;
      case 'telnyx_rtc.candidate': {
        const { candidate, sdpMid = null, sdpMLineIndex = null } = push.params;
        call.addCandidate({ candidate, sdpMid, sdpMLineIndex });
        break;
      }
      case 'telnyx_rtc.display':
      case 'telnyx_rtc.endOfCandidates':
        break;
    }
  }

  /**
   * An invite for a call that is here already is the same invite again. An attach for one that is not here
   * gets a bye: the person ended it, or never had it, and no microphone is opened for it.
   */
  #handleOffer(push: Offer, acknowledge: () => void): void {
    const { callID, sdp } = push.params;
    if (push.method === 'telnyx_rtc.attach' && this.#expected.delete(callID)) {
      this.#ports.restore(callID).start();
    }
    const call = this.#live.get(callID);
    acknowledge();
    if (call?.isLive) {
      if (push.method === 'telnyx_rtc.invite') return;
      this.#ports.learned(call, push);
      call.offered(sdp, push.params.parley?.epoch);
    } else if (push.method === 'telnyx_rtc.attach') {
      this.#ports.unknownAttach({ ...push.params });
      void this.#sendBye(callID);
    } else if (call || this.#ended.has(callID) || !this.#ports.accepting()) void this.#sendBye(callID);
    else this.#ports.create(push.params).start();
  }

  async #sendBye(callID: string): Promise<void> {
    const bye = this.#undelivered.get(callID) ?? byeOf(callID);
    await this.#ports.sendBye(bye).catch(() => undefined);
  }
}

function byeOf(callID: string): Fields {
  const { cause, causeCode } = HUNG_UP;
  return { cause, causeCode, dialogParams: { callID } };
}

/** A server that has no number to give sends 0. */
function readEnding({ cause, causeCode = 0, sipCode, sipReason, sip_call_id }: ByePush): Ending {
  return {
    cause: cause || HUNG_UP.cause,
    causeCode: causeCode > 0 ? causeCode : HUNG_UP.causeCode,
    sipCode,
    sipReason,
    sipCallId: sip_call_id,
  };
}
