import type { StartTimer } from '../kernel/machine.ts';
import { within } from '../kernel/deadline.ts';
import { Scope } from '../kernel/scope.ts';
import { Stopped, TaskQueue } from '../kernel/task-queue.ts';
import type { MediaPorts } from '../platform/ports.ts';
import { orderCodecs } from './codecs.ts';
import { IceGathering, type CandidateSink } from './ice-gathering.ts';
import { candidateTypes, relayedOnly } from './sdp.ts';

export type NegotiationStep = 'create-offer' | 'create-answer' | 'local-description' | 'remote-description';

/** What a browser does in milliseconds, where it does it at all. */
const STEP_MS = 10_000;
/** More candidates than a server has before its description are not kept. */
const MAX_EARLY = 32;

/** A step of offer and answer that the browser refused, or does not answer. */
export class NegotiationError extends Error {
  override readonly name = 'NegotiationError';
  readonly step: NegotiationStep;

  constructor(step: NegotiationStep, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.step = step;
  }
}

/** Media is to go through TURN servers alone, and none of them could be reached. */
export class NoRelayError extends Error {
  override readonly name = 'NoRelayError';
}

export interface PeerOptions {
  readonly configuration: RTCConfiguration;
  readonly trickle: boolean;
  /** In order of preference; empty: the browser's order. */
  readonly preferredCodecs: readonly Partial<RTCRtpCodec>[];
  readonly direction: 'sendrecv' | 'recvonly';
  /** What to send from the start; see `send` for later. */
  readonly microphone: MediaStreamTrack | undefined;
}

export interface PeerPorts extends Pick<MediaPorts, 'createPeerConnection' | 'createStream' | 'audioCodecs'> {
  readonly startTimer: StartTimer;
}

export interface PeerObserver {
  remoteStream(stream: MediaStream): void;
  connectionState(state: RTCPeerConnectionState): void;
  /** There is nothing to send, or servers were to be asked and none has answered. */
  poorCandidates(kinds: 'none' | 'host-only'): void;
  /** Found out after the description was handed out. */
  noRelay(error: NoRelayError): void;
}

/**
 * One peer connection with one audio stream each way. Negotiation steps run one after the other; after
 * `close()` those that are left reject with `Stopped`.
 */
export class Peer {
  readonly connection: RTCPeerConnection;
  readonly #options: PeerOptions;
  readonly #ports: PeerPorts;
  readonly #observer: PeerObserver;
  readonly #gathering: IceGathering;
  readonly #tasks = new TaskQueue();
  readonly #scope = new Scope();
  readonly #hasServers: boolean;
  readonly #relayOnly: boolean;
  readonly #early: RTCIceCandidateInit[] = [];
  #isDescribed = false;
  #transceiver: RTCRtpTransceiver | undefined;
  #microphone: MediaStreamTrack | undefined;

  /** @throws what the browser throws where it cannot make a peer connection */
  constructor(options: PeerOptions, ports: PeerPorts, observer: PeerObserver) {
    this.#options = options;
    this.#ports = ports;
    this.#observer = observer;
    this.#microphone = options.microphone;
    const { configuration, trickle } = options;
    this.#hasServers = (configuration.iceServers ?? []).length > 0;
    this.#relayOnly = configuration.iceTransportPolicy === 'relay';
    this.connection = ports.createPeerConnection(configuration);
    const gathering = {
      trickle,
      hasServers: this.#hasServers,
      relayOnly: this.#relayOnly,
      noRelay: () => {
        observer.noRelay(this.#noRelay());
      },
    };
    this.#gathering = new IceGathering(this.connection, gathering, ports.startTimer);
    this.connection.ontrack = ({ streams, track }) => {
      observer.remoteStream(streams[0] ?? ports.createStream([track]));
    };
    this.connection.onconnectionstatechange = () => {
      observer.connectionState(this.connection.connectionState);
    };
  }

  /** Candidates follow the description, once it was sent. */
  get trickles(): true | undefined {
    return this.#options.trickle || undefined;
  }

  /** The local description is ready to be sent. */
  get isDescribed(): boolean {
    return this.#isDescribed;
  }

  /** As it may be sent now, with the candidates found so far. */
  get localDescription(): string | undefined {
    const sdp = this.connection.localDescription?.sdp;
    return sdp !== undefined && this.#relayOnly ? relayedOnly(sdp) : sdp;
  }

  /** @throws NegotiationError or NoRelayError */
  offer(): Promise<void> {
    return this.#tasks.run(() => {
      this.#take(this.connection.addTransceiver('audio', { direction: this.#options.direction }));
      return this.#offer({});
    });
  }

  /**
   * Offers other ICE credentials and candidates for the connection that there is, whoever offered first.
   * @throws NegotiationError or NoRelayError
   */
  restart(): Promise<void> {
    return this.#tasks.run(() => this.#offer({ iceRestart: true }));
  }

  /** @throws NegotiationError or NoRelayError */
  answer(offer: string): Promise<void> {
    return this.#tasks.run(async () => {
      const { connection } = this;
      await this.#applyRemote({ type: 'offer', sdp: offer });
      this.#adoptTransceivers();
      const answer = await this.#step('create-answer', () => connection.createAnswer());
      return this.#describe(answer);
    });
  }

  /** @throws NegotiationError */
  acceptAnswer(answer: string): Promise<void> {
    return this.#tasks.run(() => this.#applyRemote({ type: 'answer', sdp: answer }));
  }

  /** A candidate that cannot be used is no failure: others may be, and checks find their own (RFC 8445). */
  addCandidate(candidate: RTCIceCandidateInit): void {
    if (!this.connection.remoteDescription) {
      if (this.#early.length < MAX_EARLY) this.#early.push(candidate);
    } else this.connection.addIceCandidate(candidate).catch(() => undefined);
  }

  /** Sends this track from now on, also once the transceiver is there. A closed peer takes it and sends nothing. */
  async send(track: MediaStreamTrack | undefined): Promise<void> {
    this.#microphone = track;
    try {
      if (this.#transceiver) await this.#within(this.#transceiver.sender.replaceTrack(track ?? null));
    } catch (error) {
      if (this.connection.signalingState !== 'closed') throw error;
    }
  }

  /** For candidates that are looked for from now on; the path in use goes on. */
  setIceServers(iceServers: readonly RTCIceServer[]): void {
    try {
      this.connection.setConfiguration({ ...this.#options.configuration, iceServers: [...iceServers] });
    } catch {
      // Closed, or a URL that the browser refuses: it keeps the servers that it has.
    }
  }

  /** How many packets and answers to connectivity checks have arrived; of packets, some count more than once. */
  async arrivals(): Promise<number> {
    let arrived = 0;
    (await this.connection.getStats()).forEach((stats: Readonly<Record<string, unknown>>) => {
      for (const name of ['packetsReceived', 'responsesReceived']) arrived += Number(stats[name] ?? 0);
    });
    return arrived;
  }

  releaseCandidates(sink: CandidateSink): void {
    this.#gathering.release(sink);
  }

  close(): void {
    this.#tasks.stop();
    this.#scope.end();
    this.#gathering.close();
    this.connection.ontrack = null;
    this.connection.onconnectionstatechange = null;
    this.connection.close();
  }

  async #offer(options: RTCOfferOptions): Promise<void> {
    const offer = await this.#step('create-offer', () => this.connection.createOffer(options));
    if (options.iceRestart) this.#gathering.restart();
    return this.#describe(offer);
  }

  async #describe(description: RTCSessionDescriptionInit): Promise<void> {
    const { connection } = this;
    await this.#step('local-description', () => connection.setLocalDescription(description));
    await this.#gathering.wait();
    this.#judgeCandidates(this.localDescription ?? '');
    this.#isDescribed = true;
  }

  #noRelay(): NoRelayError {
    this.#observer.poorCandidates('none');
    return new NoRelayError('No TURN server could be reached');
  }

  /** @throws NoRelayError */
  #judgeCandidates(sdp: string): void {
    if (this.#options.trickle) return;
    const types = candidateTypes(sdp);
    if (types.size === 0) {
      if (this.#relayOnly) throw this.#noRelay();
      this.#observer.poorCandidates('none');
    } else if (this.#hasServers && types.size === 1 && types.has('host')) {
      this.#observer.poorCandidates('host-only');
    }
  }

  async #applyRemote(description: RTCSessionDescriptionInit): Promise<void> {
    await this.#step('remote-description', () => this.connection.setRemoteDescription(description));
    for (const candidate of this.#early.splice(0)) this.addCandidate(candidate);
  }

  /** Takes up the offered audio; anything else that was offered stays inactive. */
  #adoptTransceivers(): void {
    for (const transceiver of this.connection.getTransceivers()) {
      const first = !this.#transceiver && transceiver.receiver.track.kind === 'audio';
      transceiver.direction = first ? this.#options.direction : 'inactive';
      if (first) this.#take(transceiver);
    }
  }

  #take(transceiver: RTCRtpTransceiver): void {
    this.#transceiver = transceiver;
    const codecs = orderCodecs(this.#options.preferredCodecs, this.#ports.audioCodecs());
    if (codecs.length > 0) transceiver.setCodecPreferences(codecs);
    if (this.#microphone) void transceiver.sender.replaceTrack(this.#microphone).catch(() => undefined);
  }

  async #step<T>(step: NegotiationStep, run: () => Promise<T>): Promise<T> {
    try {
      return await this.#within(run());
    } catch (error) {
      throw error instanceof Stopped ? error : new NegotiationError(step, error);
    }
  }

  #within<T>(promise: Promise<T>): Promise<T> {
    return within(promise, STEP_MS, this.#ports.startTimer, this.#scope);
  }
}
