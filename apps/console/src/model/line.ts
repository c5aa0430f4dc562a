import type { PhonePorts } from './ports.ts';
import type { ClientFactory, ConnectionEvent, PhoneCall, PhoneClient } from './sdk.ts';

export interface LineObserver {
  connection(event: ConnectionEvent): void;
  call(call: PhoneCall): void;
  trouble(tone: 'error' | 'warning', code: number, callId: string | null): void;
}

/** The SDK behind the page: the client of who is signed in, their calls, and the elements that play them. */
export class Line {
  readonly #ports: Pick<PhonePorts, 'createClient' | 'playback'>;
  readonly #observer: LineObserver;
  readonly #calls = new Map<string, PhoneCall>();
  readonly #elements = new Map<string, HTMLMediaElement>();
  #client: PhoneClient | null = null;

  constructor(ports: Pick<PhonePorts, 'createClient' | 'playback'>, observer: LineObserver) {
    this.#ports = ports;
    this.#observer = observer;
  }

  get client(): PhoneClient | null {
    return this.#client;
  }

  call(id: string): PhoneCall | undefined {
    return this.#calls.get(id);
  }

  /** @throws what the SDK throws at options that it cannot use */
  open(options: Parameters<ClientFactory>[0]): PhoneClient {
    const client = this.#ports.createClient(options);
    this.#client = client;
    this.#listenTo(client);
    return client;
  }

  /** Nothing that the client still says is heard. */
  close(): void {
    const client = this.#client;
    this.#client = null;
    // It says good-bye by itself; that it cannot is nobody's business any more.
    client?.disconnect().catch(() => undefined);
    for (const id of [...this.#calls.keys()]) this.release(id);
  }

  /** @throws what the SDK throws where it cannot call */
  dial(client: PhoneClient, destinationNumber: string): PhoneCall {
    const remoteElement = this.#ports.playback.create();
    try {
      const call = client.newCall({ destinationNumber, remoteElement });
      this.#elements.set(call.id, remoteElement);
      return call;
    } catch (error) {
      this.#ports.playback.release(remoteElement);
      throw error;
    }
  }

  answer(call: PhoneCall): Promise<unknown> {
    const remoteElement = this.#ports.playback.create();
    this.#elements.set(call.id, remoteElement);
    return call.answer({ remoteElement });
  }

  keep(call: PhoneCall): void {
    this.#calls.set(call.id, call);
  }

  release(id: string): void {
    this.#calls.delete(id);
    const element = this.#elements.get(id);
    this.#elements.delete(id);
    if (element !== undefined) this.#ports.playback.release(element);
  }

  #listenTo(client: PhoneClient): void {
    const here =
      <T>(listener: (payload: T) => void) =>
      (payload: T) => {
        if (client === this.#client) listener(payload);
      };
    const observer = this.#observer;
    client.on(
      'telnyx.connection',
      here((event) => observer.connection(event)),
    );
    client.on(
      'telnyx.notification',
      here(({ call }) => call !== undefined && observer.call(call)),
    );
    client.on(
      'telnyx.error',
      here(({ error, callId }) => observer.trouble('error', error.code, callId ?? null)),
    );
    client.on(
      'telnyx.warning',
      here(({ warning, callId }) => observer.trouble('warning', warning.code, callId ?? null)),
    );
  }
}
