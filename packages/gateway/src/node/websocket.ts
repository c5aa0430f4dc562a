import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { CloseCode } from '@parley/protocol';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Admittance } from '../sessions/admission.ts';
import type { Socket } from '../sessions/connection.ts';

/** What takes one socket's frames. */
export interface SocketListener {
  readonly session: object | null;
  receive(text: string): void;
  /** Nothing more comes in, and nothing goes out, as the peer said with this code or otherwise. May be told twice. */
  socketClosed(code?: number): void;
}

export interface WebSocketOptions {
  /** @returns whether a page of this origin may connect; undefined comes from clients that are no browsers */
  isAllowedOrigin(origin: string | undefined, request: IncomingMessage): boolean;
  remoteAddress(request: IncomingMessage): string;
  /** @returns whether the address may have a further socket, each of which waits for its login */
  admits(remoteAddress: string): Admittance;
  onSocket(socket: Socket, remoteAddress: string): SocketListener;
  /** How long a peer may leave what was sent to it unread. Default: 10 s. */
  unreadMs?: number;
}

/** Bytes of all that comes before a login, whose messages wait while it is judged; and of one message after it. */
const anonymousLimit = 16 * 1024;
const messageLimit = 1024 * 1024;
/** Bytes that a peer may leave unread. */
const unreadLimit = 256 * 1024;
/** Each piece of a message costs more memory than its bytes: of a message in packets of the size of Ethernet's, 750. */
const mostPieces = 1024;
const mostFragments = 4096;
/** How long a peer has to close its side. What one that broke the rules still sends is thrown away. */
const closing = { closeTimeout: 5_000 };
const offenderTimeoutMs = 500;
const offences: ReadonlySet<number> = new Set([
  CloseCode.unsupportedData,
  CloseCode.policyViolation,
  CloseCode.tooBig,
  CloseCode.tryAgainLater,
]);

const refusals: Record<Exclude<Admittance, 'admitted'>, string> = {
  tooMany: '429 Too Many Requests',
  full: '503 Service Unavailable',
};

/** Takes WebSocket upgrades on every path of an HTTP server. @returns the way to close every socket */
export function attachWebSockets(server: Server, options: WebSocketOptions): { close(): void } {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: messageLimit,
    maxBufferedChunks: mostPieces,
    maxFragments: mostFragments,
    ...closing,
    perMessageDeflate: false,
    clientTracking: true,
  });
  server.on('upgrade', (request, stream, head) => {
    // Node has taken its own listener off, and a reset that nobody listens for ends the process.
    stream.on('error', () => {
      stream.destroy();
    });
    if (!options.isAllowedOrigin(request.headers.origin, request)) {
      refuse(stream, '403 Forbidden');
      return;
    }
    const address = options.remoteAddress(request);
    const admittance = options.admits(address);
    if (admittance !== 'admitted') {
      refuse(stream, refusals[admittance]);
      return;
    }
    sockets.handleUpgrade(request, stream, head, (ws) => {
      carry(ws, stream, address, options);
    });
  });
  return {
    close: () => {
      for (const ws of sockets.clients) ws.close(CloseCode.serviceRestart, 'the gateway stops');
      sockets.close();
    },
  };
}

function carry(
  ws: WebSocket,
  stream: Duplex,
  remoteAddress: string,
  { onSocket, unreadMs = 10_000 }: WebSocketOptions,
): void {
  let isClosing = false;
  /** What waits until the socket is written to again; null while it is. */
  let stalled: string[] | null = null;
  const close = (code: CloseCode, reason: string): void => {
    if (isClosing) return;
    isClosing = true;
    if (stalled !== null) return;
    ws.close(code, reason);
    if (!offences.has(code)) return;
    // What still comes is thrown away rather than left: unread, it would reset the connection before the peer has read why.
    stream.removeAllListeners('data');
    stream.resume();
    const timer = setTimeout(() => {
      ws.terminate();
    }, offenderTimeoutMs);
    ws.once('close', () => {
      clearTimeout(timer);
    });
  };
  /** The listener learns of what it did not do itself. */
  const drop = (code: CloseCode, reason: string): void => {
    close(code, reason);
    listener.socketClosed();
  };
  const reading = watchReading(unreadMs, () => {
    drop(CloseCode.tryAgainLater, 'reads too slowly');
  });
  const socket: Socket = {
    send: (text) => {
      if (isClosing) return;
      if (stalled !== null) stalled.push(text);
      else if (ws.bufferedAmount > unreadLimit) drop(CloseCode.tryAgainLater, 'reads too slowly');
      else ws.send(text, reading.sent());
    },
    close,
    terminate: () => {
      ws.terminate();
    },
    stall: (forMs) => {
      if (stalled !== null || isClosing) return;
      stalled = [];
      ws.pause();
      const timer = setTimeout(() => {
        const texts = stalled ?? [];
        stalled = null;
        if (isClosing) {
          ws.terminate();
          return;
        }
        for (const text of texts) socket.send(text);
        ws.resume();
      }, forMs);
      timer.unref();
    },
  };
  const listener = onSocket(socket, remoteAddress);
  limitAnonymous(stream, listener, () => {
    drop(CloseCode.tooBig, `more than ${String(anonymousLimit)} bytes before a login`);
  });
  ws.on('message', (data: Buffer, isBinary) => {
    if (isClosing) return;
    if (isBinary) drop(CloseCode.unsupportedData, 'binary frames are not of this protocol');
    else listener.receive(data.toString('utf8'));
  });
  // Reported by the close that follows.
  ws.on('error', () => {
    isClosing = true;
  });
  ws.on('close', (code) => {
    isClosing = true;
    reading.end();
    listener.socketClosed(code);
  });
}

/** Finds out that a peer has read nothing for too long of what was sent to it. */
function watchReading(unreadMs: number, onTooLong: () => void) {
  let unread = 0;
  let timer: NodeJS.Timeout | undefined;
  const rest = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  return {
    /** Something is sent. @returns to be called when it is out of this process */
    sent: (): (() => void) => {
      unread += 1;
      timer ??= setTimeout(onTooLong, unreadMs);
      return () => {
        unread -= 1;
        if (unread === 0) rest();
        else timer?.refresh();
      };
    },
    end: rest,
  };
}

/** Counts bytes as they arrive: what is over the limit is refused before it has been collected. */
function limitAnonymous(stream: Duplex, listener: SocketListener, onTooMany: () => void): void {
  let received = 0;
  const count = (chunk: Buffer): void => {
    received += chunk.length;
    if (listener.session !== null) stream.off('data', count);
    else if (received > anonymousLimit) {
      stream.off('data', count);
      onTooMany();
    }
  };
  stream.on('data', count);
}

function refuse(stream: Duplex, status: string): void {
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
