import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { CloseCode } from '@parley/protocol';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Socket } from '../sessions/connection.ts';

/** What takes one socket's frames. */
export interface SocketListener {
  readonly session: object | null;
  receive(text: string): void;
  socketClosed(): void;
}

export interface WebSocketOptions {
  /** @returns whether a page of this origin may connect; undefined comes from clients that are no browsers */
  isAllowedOrigin(origin: string | undefined, request: IncomingMessage): boolean;
  remoteAddress(request: IncomingMessage): string;
  onSocket(socket: Socket, remoteAddress: string): SocketListener;
}

/** Largest message before a login, with room for its framing, and after one. */
const anonymousLimit = 16 * 1024;
const messageLimit = 1024 * 1024;
/** A peer that reads this much too slowly is let go. */
const unsentLimit = 1024 * 1024;

/** Takes WebSocket upgrades on every path of an HTTP server. @returns the way to close every socket */
export function attachWebSockets(server: Server, options: WebSocketOptions): { close(): void } {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: messageLimit,
    perMessageDeflate: false,
    clientTracking: true,
  });
  server.on('upgrade', (request, stream, head) => {
    if (!options.isAllowedOrigin(request.headers.origin, request)) {
      refuse(stream, '403 Forbidden');
      return;
    }
    sockets.handleUpgrade(request, stream, head, (ws) => {
      carry(ws, stream, options.remoteAddress(request), options);
    });
  });
  return {
    close: () => {
      for (const ws of sockets.clients) ws.close(CloseCode.serviceRestart, 'the gateway stops');
      sockets.close();
    },
  };
}

function carry(ws: WebSocket, stream: Duplex, remoteAddress: string, options: WebSocketOptions): void {
  const socket: Socket = {
    send: (text) => {
      if (ws.bufferedAmount > unsentLimit) ws.close(CloseCode.tryAgainLater, 'reads too slowly');
      else ws.send(text);
    },
    close: (code, reason) => {
      ws.close(code, reason);
    },
  };
  const listener = options.onSocket(socket, remoteAddress);
  limitAnonymous(ws, stream, listener);
  ws.on('message', (data: Buffer, isBinary) => {
    if (isBinary) ws.close(CloseCode.unsupportedData, 'binary frames are not of this protocol');
    else listener.receive(data.toString('utf8'));
  });
  // Reported by the close that follows.
  ws.on('error', () => undefined);
  ws.on('close', () => {
    listener.socketClosed();
  });
}

/** Counts bytes as they arrive: a message over the limit is refused before it has been collected. */
function limitAnonymous(ws: WebSocket, stream: Duplex, listener: SocketListener): void {
  let received = 0;
  const count = (chunk: Buffer): void => {
    received += chunk.length;
    if (listener.session !== null) stream.off('data', count);
    else if (received > anonymousLimit) {
      stream.off('data', count);
      ws.close(CloseCode.tooBig, `more than ${String(anonymousLimit)} bytes before a login`);
    }
  };
  stream.on('data', count);
}

function refuse(stream: Duplex, status: string): void {
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
