import type { Playback } from '../model/ports.ts';
import type {
  ClientFactory,
  ConnectionEvent,
  ErrorEvent,
  NotificationEvent,
  PhoneCall,
  PhoneClient,
  WarningEvent,
} from '../model/sdk.ts';

interface Events {
  'telnyx.connection': ConnectionEvent;
  'telnyx.notification': NotificationEvent;
  'telnyx.error': ErrorEvent;
  'telnyx.warning': WarningEvent;
}

/** A client with the SDK's public words, whose network is the test. */
export class FakeClient implements PhoneClient {
  sessionid = 'session-here';
  micId = '';
  speaker = '';
  connected = false;
  /** How often it was told to connect. */
  attempts = 0;
  readonly options: Parameters<ClientFactory>[0];
  readonly calls: FakeCall[] = [];
  /** What the next `newCall` throws. */
  refuses: Error | null = null;
  readonly #listeners: { event: keyof Events; listener: (payload: never) => void }[] = [];

  constructor(options: Parameters<ClientFactory>[0]) {
    this.options = options;
  }

  async connect(): Promise<void> {
    this.connected = true;
    this.attempts += 1;
  }

  async disconnect(): Promise<void> {
    this.connected = false;
    for (const call of this.calls) call.become('purge');
  }

  newCall(options: { destinationNumber: string; remoteElement: HTMLMediaElement }): FakeCall {
    if (this.refuses !== null) throw this.refuses;
    return this.#add(new FakeCall(this, `call-${this.calls.length + 1}`, 'outbound', options));
  }

  /** Somebody calls. */
  ring(remoteCallerName: string, remoteCallerNumber = remoteCallerName): FakeCall {
    const options = { remoteCallerName, remoteCallerNumber };
    const call = this.#add(new FakeCall(this, `call-${this.calls.length + 1}`, 'inbound', options));
    call.become('ringing');
    return call;
  }

  on<E extends keyof Events>(event: E, listener: (payload: Events[E]) => void): this {
    this.#listeners.push({ event, listener });
    return this;
  }

  emit<E extends keyof Events>(event: E, payload: Events[E]): void {
    for (const { event: name, listener } of this.#listeners) {
      if (name === event) (listener as (payload: Events[E]) => void)(payload);
    }
  }

  /** What becomes of the connection. */
  tell(state: ConnectionEvent['state'], change: Partial<ConnectionEvent> = {}): void {
    this.emit('telnyx.connection', { state, reason: '', attempt: 0, ...change });
  }

  fail(code: number, callId?: string): void {
    this.emit('telnyx.error', { error: { code }, callId });
  }

  warn(code: number, callId?: string): void {
    this.emit('telnyx.warning', { warning: { code }, callId });
  }

  #add(call: FakeCall): FakeCall {
    this.calls.push(call);
    return call;
  }
}

export class FakeCall implements PhoneCall {
  state = 'new';
  mediaState = 'connecting';
  cause: string | undefined;
  causeCode: number | undefined;
  sipCode: number | undefined;
  isAudioMuted = false;
  isDeaf = false;
  localStream: MediaStream | null = null;
  remoteStream: MediaStream | null = null;
  telnyxIDs: { telnyxSessionId: string };
  /** What was asked of it, in order. */
  readonly asked: string[] = [];
  /** What the next action rejects with. */
  rejects: Error | null = null;
  readonly #client: FakeClient;

  readonly id: string;
  readonly direction: 'inbound' | 'outbound';
  readonly options: PhoneCall['options'];

  constructor(
    client: FakeClient,
    id: string,
    direction: 'inbound' | 'outbound',
    options: PhoneCall['options'],
  ) {
    this.#client = client;
    this.id = id;
    this.direction = direction;
    this.options = options;
    this.telnyxIDs = { telnyxSessionId: `session-of-${id}` };
  }

  become(state: string, mediaState = this.mediaState): void {
    this.state = state;
    this.mediaState = mediaState;
    this.#client.emit('telnyx.notification', { type: 'callUpdate', call: this });
  }

  end(ending: { cause?: string; causeCode?: number; sipCode?: number } = {}): void {
    this.cause = ending.cause;
    this.causeCode = ending.causeCode;
    this.sipCode = ending.sipCode;
    this.become('hangup');
    this.become('destroy');
  }

  answer = () => this.#act('answer', () => this.become('active'));
  hold = () => this.#act('hold', () => this.become('held'));
  unhold = () => this.#act('unhold', () => this.become('active'));
  hangup = () => this.#act('hangup', () => this.end({ cause: 'NORMAL_CLEARING', causeCode: 16 }));
  setAudioInDevice = (id: string) => this.#act(`microphone ${id}`);
  setAudioOutDevice = (id: string) => this.#act(`speaker ${id}`);

  muteAudio(): void {
    this.isAudioMuted = true;
  }
  unmuteAudio(): void {
    this.isAudioMuted = false;
  }
  deaf(): void {
    this.isDeaf = true;
  }
  undeaf(): void {
    this.isDeaf = false;
  }
  dtmf(digits: string): void {
    this.asked.push(`dtmf ${digits}`);
  }

  async #act(what: string, effect: () => void = () => undefined): Promise<void> {
    this.asked.push(what);
    if (this.rejects !== null) throw this.rejects;
    effect();
  }
}

export class FakePlayback implements Playback {
  readonly playing = new Set<HTMLMediaElement>();
  #tell: () => void = () => undefined;
  readonly #make: () => HTMLMediaElement;

  constructor(make: () => HTMLMediaElement) {
    this.#make = make;
  }

  create(): HTMLMediaElement {
    const element = this.#make();
    this.playing.add(element);
    return element;
  }
  release(element: HTMLMediaElement): void {
    this.playing.delete(element);
  }
  unblock(): void {
    this.#tell();
  }
  onPlaying(listener: () => void): void {
    this.#tell = listener;
  }
}
