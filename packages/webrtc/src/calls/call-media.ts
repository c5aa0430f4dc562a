import type { StartTimer } from '../kernel/machine.ts';
import { Scope } from '../kernel/scope.ts';
import { watchDevices } from '../media/devices.ts';
import { Microphone, MicrophoneError } from '../media/microphone.ts';
import { Peer } from '../media/peer.ts';
import { findElement, Playback, type ElementSource } from '../media/playback.ts';
import { peerConfiguration } from '../media/spare-connection.ts';
import { Tone } from '../media/tones.ts';
import type { MediaElement, MediaPorts } from '../platform/ports.ts';
import { MicrophoneSupply, type SupplyObserver, type SupplySettings } from './microphone-supply.ts';

/** Read at each use, as the application may change its options until they are needed. */
export interface CallMediaSettings extends SupplySettings {
  readonly iceServers: readonly RTCIceServer[];
  readonly relayOnly: boolean;
  readonly prefetchCandidates: boolean;
  readonly trickle: boolean;
  readonly preferredCodecs: readonly Partial<RTCRtpCodec>[];
  readonly muted: boolean;
  /** The application's own, in place of a microphone. */
  readonly localStream: MediaStream | undefined;
  readonly localElement: ElementSource | undefined;
  readonly remoteElement: ElementSource | undefined;
  readonly speakerId: string | undefined;
  readonly ringtone: string | undefined;
  readonly ringback: string | undefined;
}

export interface CallMediaPorts extends MediaPorts {
  readonly startTimer: StartTimer;
}

export type CallWarning =
  | 'no-candidates'
  | 'host-candidates-only'
  | 'playback-blocked'
  | 'disconnected'
  | 'connection-failed'
  | 'media-renewed'
  | 'connection-renewed'
  | 'microphone-lost'
  | 'speaker-lost';

export interface CallMediaObserver extends SupplyObserver {
  /** The microphone does not open, or there is no relay where one is needed. */
  failed(error: unknown): void;
  warned(warning: CallWarning, reason?: string): void;
  /** Of the peer connection in use. */
  connectionChanged(state: RTCPeerConnectionState): void;
  /** The other side is about to be heard in this element. */
  playing(element: MediaElement): void;
}

/** Everything of one call that can be heard, and the way there. After `release()` nothing of it is left. */
export class CallMedia {
  readonly microphone: Microphone;
  readonly #ports: CallMediaPorts;
  readonly #settings: () => CallMediaSettings;
  readonly #observer: CallMediaObserver;
  readonly #scope = new Scope();
  readonly #supply: MicrophoneSupply;
  readonly #playback: Playback;
  readonly #tone: Tone;
  #current: { peer: Peer; stream: MediaStream | undefined } | undefined;
  #replaced: Peer | undefined;
  #audible = false;
  #isDeaf = false;
  #speakerId: string | undefined;

  constructor(ports: CallMediaPorts, settings: () => CallMediaSettings, observer: CallMediaObserver) {
    this.#ports = ports;
    this.#settings = settings;
    this.#observer = observer;
    this.microphone = new Microphone(ports, settings().muted, () => {
      this.#supply.lost();
    });
    this.#supply = new MicrophoneSupply({
      microphone: this.microphone,
      scope: this.#scope,
      startTimer: ports.startTimer,
      observer,
      settings,
      open: (audio) => this.switchMicrophone(audio),
    });
    const warn = (warning: CallWarning) => (): void => {
      observer.warned(warning);
    };
    this.#playback = new Playback(ports, warn('playback-blocked'), warn('speaker-lost'));
    this.#tone = new Tone(ports, warn('playback-blocked'));
    this.#scope.add(
      watchDevices(ports, (has) => {
        if (this.#scope.ended) return;
        this.#supply.devicesChanged(has);
        const speaker = this.#speaker;
        if (!speaker || has('audiooutput', speaker)) return;
        observer.warned('speaker-lost');
        void this.setSpeaker('');
      }),
    );
    this.#scope.add(() => {
      this.microphone.close();
    });
    this.#scope.add(() => {
      this.#playback.stop();
    });
    this.#scope.add(() => {
      this.#tone.stop();
    });
  }

  get peer(): Peer | undefined {
    return this.#current?.peer;
  }

  get remoteStream(): MediaStream | undefined {
    return this.#audible ? this.#current?.stream : undefined;
  }

  get element(): MediaElement | undefined {
    return this.#playback.element;
  }

  /** Offers at once; the microphone joins when the person allows it. */
  async offer(): Promise<void> {
    const peer = this.#openPeer(this.#settings().prefetchCandidates);
    this.openMicrophone().catch((error: unknown) => {
      if (!this.#scope.ended) this.#observer.failed(error);
    });
    await peer.offer();
  }

  /** Answers without a microphone and without a sound: `openMicrophone` and `play` come later. */
  async answer(offer: string): Promise<void> {
    this.reset();
    await this.#openPeer().answer(offer);
  }

  async acceptAnswer(answer: string): Promise<void> {
    await this.peer?.acceptAnswer(answer);
  }

  /** @throws MicrophoneError; Stopped where the call ends meanwhile */
  async openMicrophone(answering = false): Promise<void> {
    const { audio, localStream } = this.#settings();
    if (localStream) this.microphone.use(localStream);
    if (audio !== false && !this.microphone.stream) await this.#supply.open(audio, answering);
    else {
      await this.#sendTrack(this.microphone.track);
      this.#showLocal();
    }
  }

  /** For a call that goes on in another page: without a microphone it goes on as well. */
  async restoreMicrophone(): Promise<void> {
    try {
      await this.openMicrophone();
    } catch (error) {
      if (error instanceof MicrophoneError) await this.#supply.useDefault(true);
    }
  }

  /** @throws MicrophoneError; the microphone in use then stays */
  async switchMicrophone(audio: boolean | MediaTrackConstraints): Promise<void> {
    await this.microphone.open(audio, (track) => this.#sendTrack(track));
    this.#showLocal();
  }

  get canSend(): boolean {
    return this.peer?.connection.getSenders().some(({ track }) => track?.kind === 'audio') ?? false;
  }

  /**
   * Answers the offer of another leg. The leg in use stays until the new one is connected: make before break.
   */
  async remake(offer: string): Promise<void> {
    const previous = this.#current?.peer;
    const peer = this.#openPeer();
    if (this.#replaced) previous?.close();
    else this.#replaced = previous;
    await peer.answer(offer);
  }

  setIceServers(iceServers: readonly RTCIceServer[]): void {
    for (const peer of [this.#current?.peer, this.#replaced]) peer?.setIceServers(iceServers);
  }

  /** Drops the peer connection, so that another offer can be answered in its place. */
  reset(): void {
    const previous = this.#current?.peer;
    this.#current = undefined;
    previous?.close();
  }

  ring(): void {
    this.#startTone(this.#settings().ringtone);
  }

  ringBack(): void {
    this.#startTone(this.#settings().ringback);
  }

  /** From here on the other side is heard. */
  play(): void {
    this.#tone.stop();
    this.#audible = true;
    this.#showRemote();
  }

  /** Takes the element again, where another call has left it. */
  showAgain(): void {
    this.#showRemote();
  }

  silence(): void {
    this.#tone.stop();
  }

  setDeaf(deaf: boolean): void {
    this.#isDeaf = deaf;
    for (const track of this.remoteStream?.getAudioTracks() ?? []) track.enabled = !deaf;
  }

  get deaf(): boolean {
    return this.#isDeaf;
  }

  setSpeaker(deviceId: string): Promise<boolean> {
    this.#speakerId = deviceId;
    return this.#playback.setSink(deviceId);
  }

  get #speaker(): string | undefined {
    return this.#speakerId ?? this.#settings().speakerId;
  }

  release(): void {
    this.#scope.end();
  }

  /**
   * @param prefetch gathers before there is a description, where there are servers to ask. Not for answers: they
   * follow at once, and Chromium 156 then now and then finds nothing at all (5 of 71 in a trial, 0 of 71 without;
   * 0 of 122 for offers)
   */
  #openPeer(prefetch = false): Peer {
    const settings = this.#settings();
    const peer: Peer = new Peer(
      {
        configuration: peerConfiguration(settings.iceServers, settings.relayOnly, prefetch),
        trickle: settings.trickle,
        preferredCodecs: settings.preferredCodecs,
        direction: settings.audio === false && !settings.localStream ? 'recvonly' : 'sendrecv',
        microphone: this.microphone.track,
      },
      this.#ports,
      {
        remoteStream: (stream) => {
          if (this.#current?.peer !== peer) return;
          this.#current.stream = stream;
          if (!this.#replaced) this.#showRemote();
        },
        connectionState: (state) => {
          if (this.#current?.peer !== peer) return;
          if (state === 'connected') this.#finishReplacement();
          if (state === 'disconnected') this.#observer.warned('disconnected');
          if (state === 'failed') this.#observer.warned('connection-failed');
          this.#observer.connectionChanged(state);
        },
        poorCandidates: (kinds) => {
          this.#observer.warned(kinds === 'none' ? 'no-candidates' : 'host-candidates-only');
        },
        noRelay: (error) => {
          if (this.#current?.peer === peer) this.#observer.failed(error);
        },
      },
    );
    this.#current = { peer, stream: undefined };
    this.#scope.add(() => {
      peer.close();
    });
    return peer;
  }

  #finishReplacement(): void {
    const replaced = this.#replaced;
    if (!replaced) return;
    this.#replaced = undefined;
    this.#showRemote();
    replaced.close();
  }

  async #sendTrack(track: MediaStreamTrack | undefined): Promise<void> {
    await Promise.all([this.#replaced?.send(track), this.#current?.peer.send(track)]);
  }

  #startTone(url: string | undefined): void {
    if (url !== undefined && !this.#scope.ended) this.#tone.start(url);
  }

  #showRemote(): void {
    const stream = this.remoteStream;
    if (!stream || this.#scope.ended) return;
    this.setDeaf(this.#isDeaf);
    const element = findElement(this.#ports, this.#settings().remoteElement);
    if (!element) return;
    this.#observer.playing(element);
    this.#playback.play(stream, element, this.#speaker);
  }

  #showLocal(): void {
    const { stream } = this.microphone;
    const element = findElement(this.#ports, this.#settings().localElement);
    if (!element || !stream || this.#scope.ended) return;
    element.muted = true;
    element.srcObject = stream;
    this.#scope.add(() => {
      if (element.srcObject === stream) element.srcObject = null;
    });
    Promise.resolve(element.play()).catch(() => undefined);
  }
}
