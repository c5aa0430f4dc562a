import type { HeldCall } from '@parley/protocol';

import type { Log } from '../kernel/log.ts';
import { Runner, type StartTimer } from '../kernel/machine.ts';
import { Stopped } from '../kernel/task-queue.ts';
import { NoRelayError } from '../media/peer.ts';
import type { MediaPorts } from '../platform/ports.ts';
import type { Fields } from '../signaling/fields.ts';
import { RpcError } from '../signaling/rpc.ts';
import { Answer } from './answer.ts';
import { failureOf, requestEvent } from './call-failure.ts';
import {
  callMachine,
  INBOUND,
  OUTBOUND,
  type CallEffect,
  type CallEvent,
  type CallFailure,
  type CallState,
} from './call-machine.ts';
import { CallMedia, type CallMediaObserver, type CallMediaSettings } from './call-media.ts';
import { CallRequests, type CallSignaling, type Headers } from './call-requests.ts';
import type { Ending } from './ending.ts';
import { Hold } from './hold.ts';
import { MediaRecovery, type MediaRecoveryObserver } from './media-recovery.ts';
import type { MediaState } from './recovery.ts';

export interface CallPorts extends MediaPorts {
  readonly now: () => number;
  readonly startTimer: StartTimer;
  readonly log: Log;
}

export interface CallSettings extends CallMediaSettings {
  /** What the server is told of the call with invite, answer and attach. */
  readonly dialog: Fields;
}

type Failure = CallFailure | 'hold-failed' | 'bye-failed' | 'restart-failed' | 'relay-lost';

export interface CallObserver
  extends
    Omit<CallMediaObserver, 'failed' | 'connectionChanged'>,
    Pick<MediaRecoveryObserver, 'mediaChanged'> {
  changed(state: CallState): void;
  failed(failure: Failure, error: unknown): void;
  /** A bye that the server has not confirmed; to be sent again when it can be. */
  byeUndelivered(params: Fields): void;
}

/** Runs the machine of one call: its media, and its requests to the server. */
export class LiveCall {
  readonly id: string;
  readonly media: CallMedia;
  readonly #requests: CallRequests;
  readonly #settings: () => CallSettings;
  readonly #observer: CallObserver;
  readonly #machine: Runner<CallState, CallEvent, CallEffect>;
  readonly #hold: Hold;
  readonly #recovery: MediaRecovery;
  readonly #waiting = new Set<() => void>();
  /** undefined for a call that goes out. */
  readonly #answer: Answer | undefined;
  /** Of the newest offer of another leg that was taken; 0 before the first. */
  epoch: number;
  /** The number of the offer of another leg that came last; undefined where the server does not count them. */
  #offered: number | undefined;
  /** The offer of another leg that is being answered. */
  #attach: symbol | undefined;
  #answerHeaders: Headers | undefined;
  #byeHeaders: Headers = [];

  /**
   * @param offer what the other side offers; undefined for a call that goes out
   * @param restored of another page, where the call was established
   */
  constructor(
    id: string,
    offer: string | undefined,
    ports: CallPorts,
    signaling: CallSignaling,
    settings: () => CallSettings,
    observer: CallObserver,
    restored?: { readonly held: boolean; readonly deaf: boolean; readonly epoch: number },
  ) {
    this.id = id;
    this.epoch = restored?.epoch ?? 0;
    this.#requests = new CallRequests(id, signaling, () => this.isLive);
    this.#settings = settings;
    this.#observer = observer;
    this.media = new CallMedia(ports, settings, {
      ...observer,
      failed: (error) => {
        this.#fail(error);
      },
      connectionChanged: (state) => {
        this.#recovery.connectionChanged(state);
      },
    });
    if (restored?.deaf) this.media.setDeaf(true);
    this.#answer = offer === undefined ? undefined : new Answer(offer, this.media, this.#requests);
    this.#hold = new Hold({
      requests: this.#requests,
      state: () => this.state,
      changed: (held) => {
        this.handle({ type: 'holdChanged', held });
      },
      failed: (error) => {
        observer.failed('hold-failed', error);
      },
    });
    this.#recovery = new MediaRecovery({
      now: ports.now,
      startTimer: ports.startTimer,
      requests: this.#requests,
      session: signaling.session,
      observer,
      peer: () => this.media.peer,
      giveUp: () => {
        this.handle({ type: 'failed', failure: 'media-lost', error: undefined });
      },
    });
    const established = restored && ({ name: 'established', held: restored.held, remaking: 1 } as const);
    this.#machine = new Runner(callMachine, established ?? (offer === undefined ? OUTBOUND : INBOUND), {
      startTimer: ports.startTimer,
      perform: (effect) => {
        this.#perform(effect);
      },
      onTransition: (from, { type }, to) => {
        ports.log('debug', `${id}: ${from.name} + ${type} → ${to.name}`);
        if (to.name === 'established' && from.name !== to.name) this.#recovery.begin();
        observer.changed(to);
        for (const check of [...this.#waiting]) check();
      },
    });
  }

  get state(): CallState {
    return this.#machine.state;
  }

  get isLive(): boolean {
    return this.state.name !== 'ending' && this.state.name !== 'ended';
  }

  /** Begins: an outbound call offers, an inbound one rings and readies its answer, a restored one is offered a leg. */
  start(): void {
    if (this.state.name === 'established') {
      this.#recovery.begin();
      void this.media.restoreMicrophone();
    } else if (!this.#answer) this.#prepare('offerReady', this.media.offer());
    else if (this.state.name === 'ringing') {
      this.media.ring();
      this.#answer.begin();
    }
  }

  handle(event: CallEvent): void {
    this.#machine.send(event);
  }

  addCandidate(candidate: RTCIceCandidateInit): void {
    this.media.peer?.addCandidate(candidate);
  }

  answer(headers: Headers | undefined): void {
    this.#answerHeaders = headers;
    this.handle({ type: 'answer' });
  }

  /** @param silent does not tell the server */
  hangup(ending: Ending | undefined, headers: Headers | undefined, silent: boolean): void {
    this.#byeHeaders = headers ?? [];
    this.handle({ type: 'hangup', ending, silent });
  }

  /** Settles as soon as the state is as wanted. */
  settled(isWanted: (state: CallState) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!isWanted(this.state)) return;
        this.#waiting.delete(check);
        resolve();
      };
      this.#waiting.add(check);
      check();
    });
  }

  sendTones(dtmf: string): void {
    this.#requests.tell('telnyx_rtc.info', { dtmf });
  }

  /** @returns whether it is so now */
  hold(wanted: boolean | undefined): Promise<boolean> {
    return this.#hold.set(wanted);
  }

  /** Judges the media path again at once. @param moved the network may be another one */
  check(moved: boolean): void {
    this.#recovery.check(moved);
  }

  /** For the server, at a login; undefined where it may not have heard of the call yet. */
  get known(): HeldCall | undefined {
    const { state } = this;
    if (!this.isLive || (state.name === 'inviting' && state.request !== 'accepted')) return undefined;
    return { callID: this.id, epoch: this.epoch, media: 'intact' };
  }

  get mediaState(): MediaState {
    const { state } = this;
    if (state.name === 'established' && state.remaking > 0) return 'recovering';
    return this.isLive ? this.#recovery.state : 'closed';
  }

  /** @param epoch counts the offers of this call; undefined where the server does not count them */
  offered(sdp: string, epoch: number | undefined): void {
    if (epoch !== undefined && epoch <= this.epoch) return;
    this.epoch = epoch ?? this.epoch;
    this.#offered = epoch;
    this.handle({ type: 'offered', sdp });
  }

  #perform(effect: CallEffect): void {
    switch (effect.type) {
      case 'sendInvite':
        this.#send('telnyx_rtc.invite');
        break;
      case 'prepareAnswer':
        this.#prepareAnswer();
        break;
      case 'sendAnswer':
        this.#send('telnyx_rtc.answer', this.#answer?.isTaken);
        break;
      case 'acceptAnswer':
        this.#prepare('described', this.media.acceptAnswer(effect.sdp));
        break;
      case 'replaceOffer':
        this.#answer?.replace(effect.sdp);
        if (this.state.name === 'answering') this.#prepareAnswer();
        break;
      case 'remake':
        this.#remake(effect.sdp);
        break;
      case 'ringBack':
        this.media.ringBack();
        break;
      case 'play':
        this.media.play();
        break;
      case 'release':
        this.#hold.stop();
        this.#recovery.end();
        this.media.release();
        break;
      case 'sendBye':
        this.#sendBye(effect.ending);
        break;
      case 'finish':
        this.handle({ type: 'byeDone' });
        break;
      case 'report':
        this.#observer.failed(effect.failure, effect.error);
        break;
    }
  }

  /** What comes of a description is told unless another was begun meanwhile. */
  #prepare(ready: 'offerReady' | 'answerReady' | 'described', described: Promise<void> | undefined): void {
    described?.then(
      () => {
        this.handle({ type: ready });
      },
      (error: unknown) => {
        this.#fail(error);
      },
    );
  }

  #prepareAnswer(): void {
    this.#prepare('answerReady', this.#answer?.prepare());
  }

  /** Answers the offer of another leg. What becomes of the answer to an older one is for nobody. */
  #remake(offer: string): void {
    const attach = (this.#attach = Symbol('attach'));
    const epoch = this.#offered;
    const dialog = this.#dialog({ attach: true, recoveredCallId: this.id });
    const more = epoch === undefined ? undefined : { parley: { epoch } };
    const sent = this.media
      .remake(offer)
      .then(() => this.#requests.describe('telnyx_rtc.attach', this.media.peer, dialog, more));
    const tell = (event: CallEvent): void => {
      if (attach === this.#attach) this.handle(event);
    };
    sent.then(
      () => {
        tell({ type: 'remade' });
      },
      (error: unknown) => {
        tell(error instanceof RpcError ? requestEvent(error) : { type: 'remakeFailed' });
      },
    );
    void this.#recovery.track(() => sent);
  }

  #dialog(more: Fields): Fields {
    const headers = this.#answerHeaders && { custom_headers: this.#answerHeaders };
    return { ...this.#settings().dialog, ...headers, ...more };
  }

  /** @param described the server has the description already */
  #send(method: string, described = false): void {
    const dialog = this.#dialog({});
    const sent = described
      ? this.#requests.send(method, {}, dialog)
      : this.#requests.describe(method, this.media.peer, dialog);
    sent.then(
      () => {
        this.handle({ type: 'accepted' });
      },
      (error: unknown) => {
        this.handle(requestEvent(error));
      },
    );
  }

  #sendBye(ending: Ending): void {
    const params = this.#requests.byeParams(ending, this.#byeHeaders);
    this.#requests.bye(params).then(
      () => {
        this.handle({ type: 'byeDone' });
      },
      (error: unknown) => {
        const refused = error instanceof RpcError && error.failure === 'refused';
        if (!refused) this.#observer.byeUndelivered(params);
        this.#observer.failed('bye-failed', error);
        this.handle({ type: 'byeDone' });
      },
    );
  }

  /** What fails because the call has ended, or because another attempt took its place, is no failure. */
  #fail(error: unknown): void {
    if (error instanceof Stopped) return;
    // Where there was a path, there may be one again.
    if (error instanceof NoRelayError && this.#recovery.wasConnected)
      this.#observer.failed('relay-lost', error);
    else this.handle({ type: 'failed', failure: failureOf(error), error });
  }
}
