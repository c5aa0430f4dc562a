import type { Log } from '../kernel/log.ts';
import { Runner, type StartTimer } from '../kernel/machine.ts';
import { Stopped, TaskQueue } from '../kernel/task-queue.ts';
import { MicrophoneError } from '../media/microphone.ts';
import { NegotiationError, NoRelayError, type Description } from '../media/peer.ts';
import type { MediaPorts } from '../platform/ports.ts';
import type { Fields } from '../signaling/fields.ts';
import { RpcError } from '../signaling/rpc.ts';
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

export interface CallPorts extends MediaPorts {
  readonly startTimer: StartTimer;
  readonly log: Log;
}

export interface CallSettings extends CallMediaSettings {
  /** What the server is told of the call with invite, answer and attach. */
  readonly dialog: Fields;
}

export interface CallObserver extends Omit<CallMediaObserver, 'failed'> {
  changed(state: CallState): void;
  failed(failure: CallFailure | 'hold-failed' | 'bye-failed', error: unknown): void;
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
  readonly #holds = new TaskQueue();
  /** false once a request went unanswered: the server may have done it. */
  #holdKnown = true;
  readonly #waiting = new Set<() => void>();
  #offer: string | undefined;
  #description: Description | undefined;
  /** Settles when the server has taken our description ahead of the answer, or has not. */
  #preAnswer: Promise<void> | undefined;
  #preAnswered = false;
  #answerHeaders: Headers | undefined;
  #byeHeaders: Headers = [];

  /** @param offer what the other side offers; undefined for a call that goes out */
  constructor(
    id: string,
    offer: string | undefined,
    ports: CallPorts,
    signaling: CallSignaling,
    settings: () => CallSettings,
    observer: CallObserver,
  ) {
    this.id = id;
    this.#offer = offer;
    this.#requests = new CallRequests(id, signaling);
    this.#settings = settings;
    this.#observer = observer;
    this.media = new CallMedia(ports, settings, {
      ...observer,
      failed: (error) => {
        this.#fail(error);
      },
    });
    this.#machine = new Runner(callMachine, offer === undefined ? OUTBOUND : INBOUND, {
      startTimer: ports.startTimer,
      perform: (effect) => {
        this.#perform(effect);
      },
      onTransition: (from, { type }, to) => {
        ports.log('debug', `${id}: ${from.name} + ${type} → ${to.name}`);
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

  /** Begins: an outbound call offers, an inbound one rings and readies its answer. */
  start(): void {
    const offer = this.#offer;
    if (offer === undefined) this.#prepare('offerReady', () => this.media.offer());
    else if (this.state.name === 'ringing') {
      this.media.ring();
      this.#preAnswer = this.#sendPreAnswer(offer);
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

  /**
   * One at a time, in the order asked for; nothing is sent where the call is so already.
   * @param wanted undefined: the opposite of what is
   * @returns whether it is so now
   */
  async hold(wanted: boolean | undefined): Promise<boolean> {
    try {
      await this.#holds.run(() => this.#holdNow(wanted));
      return true;
    } catch (error) {
      // A call that has ended meanwhile is no failure of the hold.
      if (!(error instanceof Stopped)) this.#observer.failed('hold-failed', error);
      return false;
    }
  }

  async #holdNow(wanted: boolean | undefined): Promise<void> {
    const { state } = this;
    if (state.name !== 'established') throw new Error('The call is not active');
    const held = wanted ?? !state.held;
    if (held === state.held && this.#holdKnown) return;
    this.#holdKnown = false;
    await this.#requests.send('telnyx_rtc.modify', { action: held ? 'hold' : 'unhold' });
    this.#holdKnown = true;
    this.handle({ type: 'holdChanged', held });
  }

  #perform(effect: CallEffect): void {
    switch (effect.type) {
      case 'sendInvite':
        this.#send('telnyx_rtc.invite', {});
        break;
      case 'prepareAnswer':
        this.#prepareAnswer();
        break;
      case 'sendAnswer':
        this.#send('telnyx_rtc.answer', {}, this.#preAnswered);
        break;
      case 'acceptAnswer':
        this.media.acceptAnswer(effect.sdp).then(
          () => {
            this.handle({ type: 'described' });
          },
          (error: unknown) => {
            this.#fail(error);
          },
        );
        break;
      case 'replaceOffer':
        this.#replaceOffer(effect.sdp);
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
        this.#holds.stop();
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

  /** Makes the local description; what comes of it is told unless another was begun meanwhile. */
  #prepare(ready: 'offerReady' | 'answerReady', describe: () => Promise<Description>): void {
    this.#describe(describe).then(
      () => {
        this.handle({ type: ready });
      },
      (error: unknown) => {
        this.#fail(error);
      },
    );
  }

  async #describe(describe: () => Promise<Description>): Promise<void> {
    this.#description = await describe();
  }

  /** Where it fails, the answer carries the description as it does everywhere else. */
  async #sendPreAnswer(offer: string): Promise<void> {
    this.#preAnswered = false;
    if (!this.#requests.preAnswers) return;
    try {
      await this.#describe(() => this.media.answer(offer));
      await this.#sendDescription('parley.preAnswer', {});
      this.#preAnswered = offer === this.#offer;
    } catch {
      return;
    }
  }

  #sendDescription(method: string, dialog: Fields): Promise<Fields> {
    return this.#requests.describe(method, this.media.peer, this.#description?.trickle ?? false, dialog);
  }

  /** The microphone is asked for while the description is made; the answer goes out when both are there. */
  #prepareAnswer(): void {
    const offer = this.#offer;
    this.media.silence();
    this.#prepare('answerReady', async () => {
      const [description] = await Promise.all([this.#localAnswer(offer), this.media.openMicrophone(true)]);
      return description;
    });
  }

  async #localAnswer(offer = ''): Promise<Description> {
    await this.#preAnswer;
    if (offer !== this.#offer) throw new Stopped();
    if (this.media.peer && this.#description) return this.#description;
    return this.media.answer(offer);
  }

  #replaceOffer(offer: string): void {
    this.#offer = offer;
    this.media.reset();
    this.#description = undefined;
    this.#preAnswer = this.#sendPreAnswer(offer);
    if (this.state.name === 'answering') this.#prepareAnswer();
  }

  #remake(offer: string): void {
    const attach = { attach: true, recoveredCallId: this.id };
    this.#describe(() => this.media.remake(offer)).then(
      () => {
        this.#send('telnyx_rtc.attach', attach);
      },
      (error: unknown) => {
        this.#fail(error);
      },
    );
  }

  /** @param described the server has the description already */
  #send(method: string, dialog: Fields, described = false): void {
    const headers = this.#answerHeaders && { custom_headers: this.#answerHeaders };
    const params = { ...this.#settings().dialog, ...headers, ...dialog };
    const sent = described ? this.#requests.send(method, {}, params) : this.#sendDescription(method, params);
    sent.then(
      () => {
        this.handle({ type: method === 'telnyx_rtc.attach' ? 'remade' : 'accepted' });
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
    this.handle({ type: 'failed', failure: failureOf(error), error });
  }
}

function requestEvent(error: unknown): CallEvent {
  if (!(error instanceof RpcError)) return { type: 'failed', failure: 'unexpected', error };
  if (error.failure === 'lost') return { type: 'requestLost' };
  return { type: error.failure === 'refused' ? 'refused' : 'unanswered', error };
}

function failureOf(error: unknown): CallFailure {
  if (error instanceof MicrophoneError) return `microphone-${error.failure}`;
  if (error instanceof NoRelayError) return 'no-relay';
  return error instanceof NegotiationError ? error.step : 'unexpected';
}
