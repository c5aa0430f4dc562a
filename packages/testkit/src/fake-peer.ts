import { randomUUID } from 'node:crypto';

/** Called before every asynchronous step of the fakes, with its name; one that throws makes the step fail. */
export type BeforeStep = (step: string) => void | Promise<void>;

interface FakeTransceiver {
  direction: RTCRtpTransceiverDirection;
  readonly receiver: { readonly track: { readonly kind: string; enabled: boolean } };
  readonly sender: { track: unknown; replaceTrack(track: unknown): Promise<void> };
  codecs: readonly RTCRtpCodec[];
  setCodecPreferences(codecs: readonly RTCRtpCodec[]): void;
}

/**
 * A peer connection that negotiates by the rules of JSEP and moves no media: a step in the wrong signaling state
 * is refused as a browser refuses it. Candidates come, and connections change, when a test says so.
 */
export class FakePeerConnection extends EventTarget {
  signalingState: RTCSignalingState = 'stable';
  iceGatheringState: RTCIceGatheringState = 'new';
  connectionState: RTCPeerConnectionState = 'new';
  localDescription: RTCSessionDescriptionInit | null = null;
  remoteDescription: RTCSessionDescriptionInit | null = null;
  configuration: RTCConfiguration;
  readonly transceivers: FakeTransceiver[] = [];
  readonly remoteCandidates: RTCIceCandidateInit[] = [];
  onicecandidate: ((event: { candidate: object | null }) => void) | null = null;
  onicegatheringstatechange: (() => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  ontrack: ((event: { track: object; streams: readonly object[] }) => void) | null = null;
  /** false: a test ends the gathering with `gathered()`. */
  gathersAtOnce = true;
  /** Whether packets and answers arrive while it is connected. */
  hears = true;
  /** Further members of what is counted of the incoming stream, and further entries. */
  inbound: object = {};
  statistics = new Map<string, object>();
  /** How often ICE was started again. */
  restarts = 0;
  private arrived = 0;
  private readonly beforeStep: BeforeStep;

  constructor(configuration: RTCConfiguration, beforeStep: BeforeStep) {
    super();
    this.configuration = configuration;
    this.beforeStep = beforeStep;
  }

  getSenders() {
    return this.transceivers.map(({ sender }) => sender);
  }

  getTransceivers(): FakeTransceiver[] {
    return this.transceivers;
  }

  addTransceiver(kind: string, { direction = 'sendrecv' }: RTCRtpTransceiverInit = {}): FakeTransceiver {
    this.assertOpen();
    const transceiver = this.createTransceiver(kind, direction);
    this.transceivers.push(transceiver);
    return transceiver;
  }

  async createOffer({ iceRestart = false }: RTCOfferOptions = {}): Promise<RTCSessionDescriptionInit> {
    await this.step('createOffer');
    if (iceRestart) this.restarts++;
    return { type: 'offer', sdp: fakeSdp('offer') };
  }

  async createAnswer(): Promise<RTCSessionDescriptionInit> {
    await this.step('createAnswer');
    this.assertState('have-remote-offer');
    return { type: 'answer', sdp: fakeSdp('answer') };
  }

  async setLocalDescription(description: RTCSessionDescriptionInit): Promise<void> {
    await this.step('setLocalDescription');
    // An offer that was not answered is replaced by the next.
    if (description.type === 'answer' || this.signalingState !== 'have-local-offer') {
      this.assertState(description.type === 'offer' ? 'stable' : 'have-remote-offer');
    }
    this.localDescription = { ...description };
    this.signalingState = description.type === 'offer' ? 'have-local-offer' : 'stable';
    this.iceGatheringState = 'gathering';
    if (this.gathersAtOnce) queueMicrotask(() => this.gathered());
  }

  async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    await this.step('setRemoteDescription');
    if (!description.sdp?.startsWith('v=0')) throw new DOMException('Bad description', 'OperationError');
    this.assertState(description.type === 'offer' ? 'stable' : 'have-local-offer');
    this.signalingState = description.type === 'offer' ? 'have-remote-offer' : 'stable';
    if (this.transceivers.length === 0) this.transceivers.push(this.createTransceiver('audio', 'recvonly'));
    const isFirst = this.remoteDescription === null;
    this.remoteDescription = description;
    if (!isFirst) return;
    for (const { receiver } of this.transceivers) this.ontrack?.({ track: receiver.track, streams: [] });
  }

  async addIceCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    await this.step('addIceCandidate');
    if (!this.remoteDescription) throw new DOMException('No remote description', 'InvalidStateError');
    this.remoteCandidates.push(candidate);
  }

  async getStats(): Promise<ReadonlyMap<string, object>> {
    await this.step('getStats');
    if (this.hears && this.connectionState === 'connected') this.arrived++;
    const inbound = { id: 'inbound', type: 'inbound-rtp', kind: 'audio', packetsReceived: this.arrived };
    return new Map<string, object>([['inbound', { ...inbound, ...this.inbound }], ...this.statistics]);
  }

  setConfiguration(configuration: RTCConfiguration): void {
    this.assertOpen();
    this.configuration = configuration;
  }

  close(): void {
    this.signalingState = 'closed';
    this.connectionState = 'closed';
  }

  /** Finds a candidate. */
  found(candidate = 'candidate:1 1 udp 2122260223 127.0.0.1 40000 typ host'): void {
    if (this.connectionState === 'closed') return;
    const { localDescription } = this;
    if (localDescription) localDescription.sdp = `${localDescription.sdp ?? ''}a=${candidate}\r\n`;
    this.onicecandidate?.({ candidate: { candidate, sdpMid: '0', sdpMLineIndex: 0 } });
  }

  /** Finds one candidate and no more. */
  gathered(): void {
    if (this.connectionState === 'closed' || this.iceGatheringState === 'complete') return;
    this.found();
    this.iceGatheringState = 'complete';
    this.onicecandidate?.({ candidate: null });
    this.onicegatheringstatechange?.();
  }

  become(state: RTCPeerConnectionState): void {
    if (this.connectionState === 'closed') return;
    this.connectionState = state;
    this.onconnectionstatechange?.();
    this.dispatchEvent(new Event('connectionstatechange'));
  }

  /** What is sent: the track of the microphone, or null. */
  get sending(): unknown {
    return this.transceivers[0]?.sender.track ?? null;
  }

  private createTransceiver(kind: string, direction: RTCRtpTransceiverDirection): FakeTransceiver {
    const transceiver: FakeTransceiver = {
      direction,
      receiver: { track: { kind, enabled: true } },
      sender: {
        track: null,
        replaceTrack: async (track) => {
          await this.step('replaceTrack');
          transceiver.sender.track = track;
        },
      },
      codecs: [],
      setCodecPreferences: (codecs) => {
        transceiver.codecs = codecs;
      },
    };
    return transceiver;
  }

  private async step(name: string): Promise<void> {
    this.assertOpen();
    await this.beforeStep(name);
    this.assertOpen();
  }

  private assertOpen(): void {
    if (this.connectionState === 'closed') {
      throw new DOMException('The peer connection is closed', 'InvalidStateError');
    }
  }

  private assertState(state: RTCSignalingState): void {
    if (this.signalingState === state) return;
    throw new DOMException(`Called in wrong state: ${this.signalingState}`, 'InvalidStateError');
  }
}

/** A description that the fake takes for one, and that no other is equal to. */
export function fakeSdp(name: string): string {
  return `v=0\r\no=- ${randomUUID()} 0 IN IP4 127.0.0.1\r\ns=${name}\r\nt=0 0\r\n`;
}
