import type { SocketPort } from '../platform/ports.ts';
import { Rpc, type RpcPorts } from './rpc.ts';
import { Socket, type SocketHandlers } from './socket.ts';

export interface SocketsPorts extends Omit<RpcPorts, 'send'> {
  openSocket(url: string): SocketPort;
}

export interface SocketsObserver {
  opened(event: Event): void;
  text(text: unknown): void;
  failed(event: Event, generation: number): void;
  /** @param was what the socket was used for until now; `neither`: it had been closed, or replaced, before */
  closed(event: CloseEvent, generation: number, was: 'current' | 'beside' | 'neither'): void;
}

/** The socket in use with its requests, and perhaps another that is opened beside it. */
export class Sockets {
  readonly #ports: SocketsPorts;
  readonly #observer: SocketsObserver;
  #count = 0;
  #current: Socket | undefined;
  #beside: Socket | undefined;
  #rpc: Rpc | undefined;

  constructor(ports: SocketsPorts, observer: SocketsObserver) {
    this.#ports = ports;
    this.#observer = observer;
  }

  /** How many there have been. */
  get count(): number {
    return this.#count;
  }

  get current(): Socket | undefined {
    return this.#current;
  }

  get hasBeside(): boolean {
    return this.#beside !== undefined;
  }

  /** Of the socket in use, from its opening on. */
  get rpc(): Rpc | undefined {
    return this.#rpc;
  }

  get isConnecting(): boolean {
    return (this.#beside ?? this.#current)?.isConnecting ?? false;
  }

  /** @throws what the browser throws where it refuses the address */
  open(url: string): void {
    this.#current = this.#make(url);
  }

  /** @throws what the browser throws where it refuses the address */
  openBeside(url: string): void {
    this.#beside = this.#make(url);
  }

  /** The one beside takes the place of the one in use, which is gone. */
  promote(): void {
    const beside = this.#beside;
    this.#beside = undefined;
    this.release();
    this.#current = beside;
  }

  releaseBeside(): void {
    const beside = this.#beside;
    this.#beside = undefined;
    beside?.close();
  }

  /** Closes both. What waits for an answer fails. */
  release(): void {
    const [current, rpc] = [this.#current, this.#rpc];
    this.#current = undefined;
    this.#rpc = undefined;
    this.releaseBeside();
    current?.close();
    rpc?.close();
  }

  #make(url: string): Socket {
    return new Socket(this.#ports.openSocket(url), ++this.#count, this.#handlers);
  }

  readonly #handlers: SocketHandlers = {
    opened: (socket, event) => {
      if (socket === this.#beside) this.promote();
      this.#rpc = new Rpc({
        ...this.#ports,
        send: (frame) => {
          socket.send(frame);
        },
      });
      this.#observer.opened(event);
    },
    text: (_socket, text) => {
      this.#observer.text(text);
    },
    failed: (socket, event) => {
      this.#observer.failed(event, socket.generation);
    },
    closed: (socket, event) => {
      const was = socket === this.#current ? 'current' : socket === this.#beside ? 'beside' : 'neither';
      if (was === 'current') {
        this.#current = undefined;
        this.#rpc?.close();
        this.#rpc = undefined;
      }
      if (was === 'beside') this.#beside = undefined;
      this.#observer.closed(event, socket.generation, was);
    },
  };
}
