import type { Log } from '../kernel/log.ts';
import type { Platform } from '../platform/ports.ts';
import type { Fields } from '../signaling/fields.ts';
import type { Session } from '../signaling/session.ts';
import type { ClientFields } from './call-settings.ts';
import type { Call } from './call.ts';
import type { TelnyxEvents } from './events.ts';
import type { ITelnyxWarning, ITelnyxWarningEvent } from './warnings.ts';

/** What can happen at a client: its events, and what goes on below them. */
interface Happenings extends TelnyxEvents {
  /** A call is there, or has another state. */
  call: {
    readonly call: Call;
    readonly state: string;
    readonly isHeld: boolean;
    readonly mediaState: string;
  };
  peer: { readonly call: Call; readonly connection: RTCPeerConnection };
  /** A request goes out. */
  sent: { readonly method: string; readonly params: Fields };
  log: { readonly level: 'debug' | 'warn' | 'error'; readonly line: string };
}

export type Happening = {
  readonly [K in keyof Happenings]: {
    /** Milliseconds of the epoch. */
    readonly at: number;
    readonly name: K;
    readonly detail: Happenings[K];
  };
}[keyof Happenings];

/** What measures, reports and explains calls. It is loaded by itself, as no call needs it to go on. */
export interface Watcher {
  /** Never throws. */
  note(happening: Happening): void;
}

/** What a watcher is told of its client. */
export interface WatchedClient {
  readonly platform: Platform;
  readonly log: Log;
  readonly fields: ClientFields;
  readonly session: Session;
  readonly server: string;
  emit<K extends keyof TelnyxEvents>(event: K, payload: TelnyxEvents[K]): void;
  warning(warning: ITelnyxWarning, detail: object): ITelnyxWarningEvent;
}

export type LoadWatcher = () => Promise<(client: WatchedClient) => Watcher>;

const MOST_EARLY = 300;

/** Keeps the latest of what happens until the watcher is there. */
export class Watch {
  readonly #client: WatchedClient;
  readonly #load: LoadWatcher;
  #early: Happening[] = [];
  #watcher: Watcher | undefined;
  #loading = false;

  constructor(client: WatchedClient, load: LoadWatcher) {
    this.#client = client;
    this.#load = load;
  }

  get #isWanted(): boolean {
    const { debug, enableCallReports } = this.#client.fields.options;
    return debug === true || enableCallReports !== false;
  }

  note<K extends keyof TelnyxEvents>(name: K, detail: TelnyxEvents[K]): void;
  note<K extends keyof Happenings>(name: K, detail: Happenings[K]): void;
  note(name: Happening['name'], detail: unknown): void {
    if (!this.#isWanted) return;
    const happening = { at: this.#client.platform.now(), name, detail } as Happening;
    if (this.#watcher) this.#watcher.note(happening);
    else if (this.#early.push(happening) > MOST_EARLY) this.#early.shift();
  }

  /** What cannot be loaded is tried again the next time. */
  async begin(): Promise<void> {
    if (this.#loading || !this.#isWanted) return;
    this.#loading = true;
    try {
      this.#watcher = (await this.#load())(this.#client);
      for (const happening of this.#early.splice(0)) this.#watcher.note(happening);
    } catch (error) {
      this.#loading = false;
      this.#client.log('warn', 'what measures calls cannot be loaded', error);
    }
  }
}
