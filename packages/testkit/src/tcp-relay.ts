import { type Socket, connect, createServer } from 'node:net';

import { createDelayLine } from './delay-line.ts';

/** What becomes of a new connection: it is relayed, reset, or accepted and never answered (an upgrade that hangs). */
export type Welcome = 'relay' | 'reset' | 'hang';

/** Stands between a client and a server, and breaks what is between them. */
export interface TcpRelay {
  port: number;
  /** Connections that are open, hung ones too. */
  readonly connections: number;
  /** Applies to what is sent from now on, each way. Default: 0. */
  setDelay(ms: number): void;
  welcome(new_: Welcome): void;
  /** Resets every open connection, at both ends. */
  cut(): void;
  /** Ends every open connection in good order, at both ends. */
  finish(): void;
  /** Nothing passes any more on the open connections, which stay open: in one direction, or in both. */
  halfOpen(direction?: Direction): void;
  close(): Promise<void>;
}

/** `up`: from the client to the server. */
export type Direction = 'up' | 'down' | 'both';

interface Pair {
  ends: Socket[];
  frozen: Direction | undefined;
}

export async function openTcpRelay(target: { host: string; port: number }): Promise<TcpRelay> {
  const pairs = new Set<Pair>();
  let welcome: Welcome = 'relay';
  let delayMs = 0;
  const server = createServer((client) => {
    if (welcome === 'reset') {
      client.resetAndDestroy();
      return;
    }
    const pair: Pair = { ends: [client], frozen: undefined };
    pairs.add(pair);
    client.on('error', () => undefined);
    client.on('close', () => pairs.delete(pair));
    if (welcome === 'hang') {
      client.resume();
      return;
    }
    const upstream = connect(target.port, target.host);
    pair.ends.push(upstream);
    upstream.on('error', () => client.resetAndDestroy());
    pass('up', client, upstream, pair, () => delayMs);
    pass('down', upstream, client, pair, () => delayMs);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The relay has no port.');
  const cut = () => {
    for (const { ends } of pairs) for (const end of ends) end.resetAndDestroy();
  };
  return {
    port: address.port,
    get connections() {
      return pairs.size;
    },
    setDelay: (ms) => {
      delayMs = ms;
    },
    welcome: (next) => {
      welcome = next;
    },
    cut,
    finish: () => {
      for (const { ends } of pairs) for (const end of ends) end.end();
    },
    halfOpen: (direction = 'both') => {
      for (const pair of pairs) pair.frozen = direction;
    },
    close: () => {
      cut();
      return new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    },
  };
}

/** A chunk of bytes, or the end of them. */
type Piece = Buffer | 'end';

function pass(way: Direction, from: Socket, to: Socket, pair: Pair, delay: () => number): void {
  const isFrozen = () => pair.frozen === way || pair.frozen === 'both';
  const line = createDelayLine<Piece>((piece) => {
    if (isFrozen() || to.destroyed) return;
    if (piece === 'end') to.end();
    else to.write(piece);
  });
  from.on('data', (bytes) => {
    line.push(bytes, delay());
  });
  from.on('end', () => {
    line.push('end', delay());
  });
  from.on('close', (hadError) => {
    if (hadError && !isFrozen()) to.resetAndDestroy();
  });
  to.on('close', () => {
    line.clear();
  });
}
