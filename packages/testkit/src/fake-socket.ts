/** What the other end of a fake socket does with it. */
export interface SocketEnd {
  /** A text frame from the client. */
  receive(text: string): void;
  /** The client closed. */
  closed(): void;
}

class FakeCloseEvent extends Event implements CloseEvent {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;

  constructor(code: number, reason = '') {
    super('close');
    this.code = code;
    this.reason = reason;
    this.wasClean = code !== 1006;
  }
}

/** A WebSocket in memory. What either side sends arrives later, in order; nothing arrives after the close. */
export class FakeSocket {
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  readonly url: string;
  state: 'connecting' | 'open' | 'closed' = 'connecting';
  private end: SocketEnd | undefined;

  constructor(url: string) {
    this.url = url;
  }

  /** Lets the opening handshake succeed. */
  open(end: SocketEnd): void {
    this.later(() => {
      if (this.state !== 'connecting') return;
      this.state = 'open';
      this.end = end;
      this.onopen?.(new Event('open'));
    });
  }

  /** Lets the opening handshake, or the connection, fail. */
  fail(): void {
    this.later(() => {
      if (this.state === 'closed') return;
      this.onerror?.(new Event('error'));
      this.drop(1006);
    });
  }

  /** A frame from the gateway. */
  deliver(data: unknown): void {
    this.later(() => {
      if (this.state === 'open') this.onmessage?.(new MessageEvent('message', { data }));
    });
  }

  /** The gateway, or the network, closes. */
  drop(code: number, reason?: string): void {
    this.later(() => {
      if (this.state === 'closed') return;
      this.state = 'closed';
      this.onclose?.(new FakeCloseEvent(code, reason));
    });
  }

  send(text: string): void {
    if (this.state === 'connecting') throw new DOMException('Still connecting', 'InvalidStateError');
    if (this.state === 'open') this.later(() => this.end?.receive(text));
  }

  close(): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.later(() => {
      this.end?.closed();
      this.onclose?.(new FakeCloseEvent(1005));
    });
  }

  private later(act: () => void): void {
    setImmediate(act);
  }
}
