import { randomUUID } from 'node:crypto';

import { type BeforeStep, FakePeerConnection } from './fake-peer.ts';

/** A track of audio that counts as open until it is stopped. */
export class FakeTrack {
  readonly id = randomUUID();
  readonly kind: string;
  readonly label: string;
  enabled = true;
  readyState: 'live' | 'ended' = 'live';
  onended: (() => void) | null = null;
  private readonly deviceId: string;

  constructor(label = 'Microphone', kind = 'audio', deviceId = '') {
    this.label = label;
    this.kind = kind;
    this.deviceId = deviceId;
  }

  getSettings(): MediaTrackSettings {
    return { deviceId: this.deviceId };
  }

  /** As the page does: nobody is told. */
  stop(): void {
    this.readyState = 'ended';
  }

  dispatchEvent({ type }: Event): boolean {
    if (type === 'ended') this.onended?.();
    return true;
  }

  /** As the browser does where the device is gone, or is no longer allowed. */
  end(): void {
    this.readyState = 'ended';
    this.onended?.();
  }
}

export class FakeStream {
  readonly id = randomUUID();
  private readonly tracks: readonly FakeTrack[];

  constructor(tracks: readonly FakeTrack[]) {
    this.tracks = tracks;
  }

  getTracks(): FakeTrack[] {
    return [...this.tracks];
  }

  getAudioTracks(): FakeTrack[] {
    return this.tracks.filter(({ kind }) => kind === 'audio');
  }
}

/** Somewhere to hear a stream or a file. */
export class FakeElement {
  srcObject: unknown = null;
  muted = false;
  loop = false;
  sinkId = '';
  paused = true;
  readonly src: string;
  private readonly beforeStep: BeforeStep;

  constructor(beforeStep: BeforeStep, src = '') {
    this.beforeStep = beforeStep;
    this.src = src;
  }

  async play(): Promise<void> {
    this.paused = false;
    try {
      await this.beforeStep('play');
    } catch (error) {
      this.paused = true;
      throw error;
    }
    if (this.isPaused()) throw new DOMException('Interrupted by pause()', 'AbortError');
  }

  pause(): void {
    this.paused = true;
  }

  private isPaused(): boolean {
    return this.paused;
  }

  async setSinkId(deviceId: string): Promise<void> {
    await this.beforeStep('setSinkId');
    this.sinkId = deviceId;
  }
}

/** A device in the order in which they are listed; the first of a kind is the one in use by default. */
export interface FakeDevice {
  readonly deviceId: string;
  readonly kind: MediaDeviceKind;
  readonly label: string;
  readonly groupId: string;
}

/**
 * The microphone, the elements and the peer connections of a page, and the account of those that are open.
 * Its members are what a client asks of the browser.
 */
export class FakeMedia {
  beforeStep: BeforeStep = () => undefined;
  /** Hidden until the microphone was allowed once, as in a browser. */
  labelsVisible = true;
  inputs: FakeDevice[] = [
    { deviceId: 'mic-1', kind: 'audioinput', label: 'Microphone', groupId: 'g1' },
    { deviceId: 'mic-2', kind: 'audioinput', label: 'Headset', groupId: 'g2' },
    { deviceId: 'speaker-1', kind: 'audiooutput', label: 'Speaker', groupId: 'g1' },
  ];
  readonly tracks: FakeTrack[] = [];
  readonly peers: FakePeerConnection[] = [];
  readonly sounds: FakeElement[] = [];
  readonly elements = new Map<string, FakeElement>();
  readonly asked: MediaStreamConstraints[] = [];
  private readonly gestures = new Set<() => void>();
  private readonly deviceWatchers = new Set<() => void>();

  get liveTracks(): FakeTrack[] {
    return this.tracks.filter(({ readyState }) => readyState === 'live');
  }

  get openPeers(): FakePeerConnection[] {
    return this.peers.filter(({ connectionState }) => connectionState !== 'closed');
  }

  /** How many wait for the person to touch the page. */
  get waitingForGesture(): number {
    return this.gestures.size;
  }

  /** How many are told of devices. */
  get watchingDevices(): number {
    return this.deviceWatchers.size;
  }

  /** Other devices are there from now on, and those who watch are told. */
  setDevices(inputs: FakeDevice[]): void {
    this.inputs = inputs;
    for (const watcher of [...this.deviceWatchers]) watcher();
  }

  element(id: string): FakeElement {
    const element = new FakeElement((step) => this.beforeStep(step));
    this.elements.set(id, element);
    return element;
  }

  touch(): void {
    for (const gesture of [...this.gestures]) gesture();
  }

  /** What a client takes from the browser. */
  ports() {
    return {
      canConnect: true,
      createPeerConnection: (configuration: RTCConfiguration): RTCPeerConnection => {
        const peer = new FakePeerConnection(configuration, (step) => this.beforeStep(step));
        this.peers.push(peer);
        return standIn(peer);
      },
      createStream: (tracks: readonly MediaStreamTrack[]): MediaStream => {
        return standIn(new FakeStream(tracks.map((track) => standIn(track))));
      },
      createAudio: (url: string): HTMLMediaElement => {
        const sound = new FakeElement((step) => this.beforeStep(step), url);
        this.sounds.push(sound);
        return standIn(sound);
      },
      findElement: (id: string): HTMLMediaElement | null => {
        const element = this.elements.get(id);
        return element ? standIn(element) : null;
      },
      devices: {
        getUserMedia: (constraints: MediaStreamConstraints = {}) => this.getUserMedia(constraints),
        enumerateDevices: async () => {
          await this.beforeStep('enumerateDevices');
          return this.inputs.map((device) =>
            standIn({ ...device, label: this.labelsVisible ? device.label : '' }),
          );
        },
        getSupportedConstraints: () => ({ echoCancellation: true, noiseSuppression: true }),
      },
      onDevicesChange: (watcher: () => void) => {
        this.deviceWatchers.add(watcher);
        return () => {
          this.deviceWatchers.delete(watcher);
        };
      },
      audioCodecs: (): RTCRtpCodec[] => [
        { mimeType: 'audio/opus', clockRate: 48_000, channels: 2 },
        { mimeType: 'audio/PCMU', clockRate: 8_000, channels: 1 },
      ],
      onUserGesture: (gesture: () => void) => {
        const once = (): void => {
          this.gestures.delete(once);
          gesture();
        };
        this.gestures.add(once);
        return () => {
          this.gestures.delete(once);
        };
      },
    };
  }

  private async getUserMedia(constraints: MediaStreamConstraints): Promise<MediaStream> {
    this.asked.push(constraints);
    await this.beforeStep('getUserMedia');
    const { audio } = constraints;
    const wanted = typeof audio === 'object' ? exactDevice(audio) : undefined;
    const device = this.inputs.find(
      ({ kind, deviceId }) => kind === 'audioinput' && (wanted === undefined || deviceId === wanted),
    );
    if (!device) throw new DOMException('Requested device not found', 'NotFoundError');
    this.labelsVisible = true;
    const track = new FakeTrack(device.label, 'audio', device.deviceId);
    this.tracks.push(track);
    return standIn(new FakeStream([track]));
  }
}

function exactDevice({ deviceId }: MediaTrackConstraints): string | undefined {
  if (typeof deviceId !== 'object' || Array.isArray(deviceId)) return undefined;
  return typeof deviceId.exact === 'string' ? deviceId.exact : undefined;
}

/** A fake has the members that are used, and is taken for the whole. */
function standIn(fake: FakePeerConnection): RTCPeerConnection;
function standIn(fake: FakeStream): MediaStream;
function standIn(fake: FakeElement): HTMLMediaElement;
function standIn(fake: FakeDevice): MediaDeviceInfo;
function standIn(track: MediaStreamTrack): FakeTrack;
function standIn(fake: object): unknown {
  return fake;
}
