import { type FakeLocks, FakeMedia, ManualClock, settle, type ScriptedGateway } from '@parley/testkit';

import type { PageHappening, Platform, ReportPorts } from '../platform/ports.ts';
import type { Call, INotification } from './call.ts';
import type { IConnectionEvent } from './connection.ts';
import type { ITelnyxErrorEvent } from './errors.ts';
import { watchClient } from './monitoring.ts';
import type { IClientOptions } from './options.ts';
import { TelnyxRTC } from './telnyx-rtc.ts';
import type { ITelnyxWarningEvent } from './warnings.ts';
import type { LoadWatcher, Watcher } from './watch.ts';

const UNWATCHED: Watcher = { note: () => undefined };

/** A client in a page of fakes, and what its application hears. */
export class Alice {
  readonly client: TelnyxRTC;
  readonly gateway: ScriptedGateway;
  readonly media = new FakeMedia();
  readonly clock = new ManualClock();
  readonly errors: ITelnyxErrorEvent[] = [];
  readonly warnings: ITelnyxWarningEvent[] = [];
  readonly notifications: INotification[] = [];
  readonly console: string[] = [];
  /** Names of `telnyx.ready` and `telnyx.socket.*` as they came. */
  readonly connection: string[] = [];
  readonly connections: IConnectionEvent[] = [];
  readonly incoming: Call[] = [];
  random = 0.5;
  userAgent = 'Fake browser';
  isOnline = true;
  /** What other pages of the same tab find there. */
  storage = new Map<string, string>();
  storageBlocked = false;
  /** Of her browser; undefined: it has none. */
  locks: FakeLocks | undefined;
  isVisible = true;
  /** Whether calls are measured and reported on. */
  isWatched = false;
  /** Bodies of reports, and what the server answers to the next ones; afterwards 204. */
  readonly posted: {
    url: string;
    headers: Readonly<Record<string, string>>;
    body: string;
    keepalive: boolean;
  }[] = [];
  readonly postAnswers: (number | Error)[] = [];
  readonly downloads: { name: string; text: string }[] = [];
  private readonly pageListeners = new Set<(happening: PageHappening) => void>();
  private readonly states = new Map<string, string[]>();

  constructor(gateway: ScriptedGateway, options: IClientOptions = {}) {
    this.gateway = gateway;
    const credentials = { login: 'alice', password: 'wonderland', env: 'ws://gateway.test/' };
    const platform = this.platform();
    const loadWatcher: LoadWatcher = () =>
      Promise.resolve((client) => (this.isWatched ? watchClient(client, this.reports) : UNWATCHED));
    const Client = class extends TelnyxRTC {
      protected override createPlatform(): Platform {
        return platform;
      }

      protected override loadWatcher(): ReturnType<LoadWatcher> {
        return loadWatcher();
      }
    };
    this.client = new Client({ ...credentials, ...options });
    this.listen();
  }

  /** Signed in, with an element to hear calls in. */
  static async ready(gateway: ScriptedGateway, options?: IClientOptions): Promise<Alice> {
    const alice = new Alice(gateway, options);
    alice.media.element('remote');
    alice.client.remoteElement = 'remote';
    await alice.client.connect();
    await settle();
    return alice;
  }

  /** The states of a call as its application saw them. */
  statesOf({ id }: Pick<Call, 'id'>): readonly string[] {
    return this.states.get(id) ?? [];
  }

  get errorCodes(): number[] {
    return this.errors.map(({ error }) => error.code);
  }

  get warningCodes(): number[] {
    return this.warnings.map(({ warning }) => warning.code);
  }

  async dial(destinationNumber = 'bob'): Promise<Call> {
    const call = this.client.newCall({ destinationNumber });
    await settle();
    return call;
  }

  /** A call that bob has answered. */
  async talk(): Promise<Call> {
    const call = await this.dial();
    for (const peer of this.media.openPeers) peer.become('connected');
    return call;
  }

  leavePage(): void {
    this.page('pagehide');
  }

  page(happening: PageHappening): void {
    for (const listener of [...this.pageListeners]) listener(happening);
  }

  get watchesPage(): boolean {
    return this.pageListeners.size > 0;
  }

  /** What must be none after the last call. */
  get leftovers() {
    return {
      tracks: this.media.liveTracks.length,
      peers: this.media.openPeers.length,
      sounds: this.media.sounds.filter(({ paused }) => !paused).length,
      gestures: this.media.waitingForGesture,
      deviceWatchers: this.media.watchingDevices,
      timers: this.clock.pending - (this.isWatching ? 1 : 0),
      calls: Object.keys(this.client.calls).length,
    };
  }

  /** A session that is ready has a timer for its socket. */
  private get isWatching(): boolean {
    return this.connections.at(-1)?.state === 'connected';
  }

  private listen(): void {
    this.client
      .on('telnyx.connection', (event) => this.connections.push(event))
      .on('telnyx.error', (event) => this.errors.push(event))
      .on('telnyx.warning', (event) => this.warnings.push(event))
      .on('telnyx.ready', () => this.connection.push('ready'))
      .on('telnyx.socket.open', () => this.connection.push('open'))
      .on('telnyx.socket.close', () => this.connection.push('close'))
      .on('telnyx.notification', (notification) => {
        this.notifications.push(notification);
        const { type, call } = notification;
        if (type !== 'callUpdate' || !call) return;
        if (call.direction === 'inbound' && call.state === 'new') this.incoming.push(call);
        this.states.set(call.id, [...this.statesOf(call), call.state]);
      });
  }

  private get reports(): ReportPorts {
    return {
      post: async (upload, keepalive) => {
        this.posted.push({ ...upload, keepalive });
        const answer = this.postAnswers.shift() ?? 204;
        if (answer instanceof Error) throw answer;
        return answer;
      },
      download: (name, text) => {
        this.downloads.push({ name, text });
      },
    };
  }

  private platform(): Platform {
    const userAgent = (): string => this.userAgent;
    const locks = (): FakeLocks | undefined => this.locks;
    return {
      ...this.media.ports(),
      now: this.clock.now,
      startTimer: this.clock.startTimer,
      random: () => this.random,
      uuid: () => crypto.randomUUID(),
      get userAgent() {
        return userAgent();
      },
      openSocket: this.gateway.openSocket,
      onPage: (listener) => {
        this.pageListeners.add(listener);
        return () => {
          this.pageListeners.delete(listener);
        };
      },
      isOnline: () => this.isOnline,
      storage: () => {
        if (this.storageBlocked) throw new DOMException('Blocked', 'SecurityError');
        return {
          getItem: (key) => this.storage.get(key) ?? null,
          setItem: (key, value) => this.storage.set(key, value),
          removeItem: (key) => this.storage.delete(key),
        };
      },
      get locks() {
        return locks();
      },
      isVisible: () => this.isVisible,
      write: (level, line, ...detail) => {
        this.console.push([level, line, ...detail.map(textOf)].join(' '));
      },
    };
  }
}

export const NOTHING_LEFT = {
  tracks: 0,
  peers: 0,
  sounds: 0,
  gestures: 0,
  deviceWatchers: 0,
  timers: 0,
  calls: 0,
};

function textOf(detail: unknown): string {
  return detail instanceof Error ? detail.message : JSON.stringify(detail);
}
