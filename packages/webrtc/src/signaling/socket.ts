import type { SocketPort } from '../platform/ports.ts';
import type { Fields } from './fields.ts';

export interface SocketHandlers {
  opened(socket: Socket, event: Event): void;
  text(socket: Socket, text: unknown): void;
  failed(socket: Socket, event: Event): void;
  /** Once, also after `close()`. */
  closed(socket: Socket, event: CloseEvent): void;
}

/** One WebSocket's life. It never reconnects. */
export class Socket {
  /** Counts the sockets of a client. */
  readonly generation: number;
  readonly port: SocketPort;
  #state: 'connecting' | 'open' | 'closed' = 'connecting';

  constructor(port: SocketPort, generation: number, handlers: SocketHandlers) {
    this.port = port;
    this.generation = generation;
    port.onopen = (event) => {
      if (this.#state !== 'connecting') return;
      this.#state = 'open';
      handlers.opened(this, event);
    };
    port.onmessage = (event) => {
      if (this.#state === 'open') handlers.text(this, event.data);
    };
    port.onerror = (event) => {
      if (this.#state !== 'closed') handlers.failed(this, event);
    };
    port.onclose = (event) => {
      this.#state = 'closed';
      port.onopen = port.onmessage = port.onerror = port.onclose = null;
      handlers.closed(this, event);
    };
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  get isConnecting(): boolean {
    return this.#state === 'connecting';
  }

  send(frame: Fields): void {
    if (this.#state === 'open') this.port.send(JSON.stringify(frame));
  }

  /** Nothing that arrives afterwards is handled. */
  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.port.close();
  }
}
