import { createServer, type IncomingMessage } from 'node:http';
import { type RawData, WebSocket, WebSocketServer } from 'ws';

import { forwardHttp } from './http-forward.ts';
import { type Impairment, type Tap, type UdpRelay, openUdpRelay } from './udp-relay.ts';

/**
 * Leads the media of every call that is signaled through it over relays: it stands before the gateway's WebSocket
 * and puts a UDP relay in the place of every host candidate, in both directions. Either end then learns nothing but
 * relays, with any client and any browser.
 */
export interface MediaDetour {
  /** The URL to give to a client instead of the gateway's. */
  signaling: string;
  /** Applies to the paths there are and to those to come. */
  impair(impairment: Partial<Impairment>): void;
  /** Drops everything on the paths that are known by now; paths of a later offer or answer work. */
  cutPresent(): void;
  /** Paths made so far. */
  readonly paths: number;
  close(): Promise<void>;
}

const HOST_CANDIDATE = /(candidate:\S+ \d+ udp \d+ )(\d+\.\d+\.\d+\.\d+) (\d+)( typ host)/gi;

/** @param tap is shown every packet of every path */
export async function openMediaDetour(gateway: string, tap?: Tap): Promise<MediaDetour> {
  const relays: UdpRelay[] = [];
  let impairment: Partial<Impairment> = {};
  const detour = async (text: string) => {
    const ports = new Map<string, number>();
    for (const [, , address = '', port = ''] of text.matchAll(HOST_CANDIDATE)) {
      const key = `${address} ${port}`;
      if (ports.has(key)) continue;
      const relay = await openUdpRelay({
        target: { address, port: Number(port) },
        ...(tap && { tap }),
        ...impairment,
      });
      relays.push(relay);
      ports.set(key, relay.port);
    }
    return text.replaceAll(HOST_CANDIDATE, (...[whole, before, address, port, after]: string[]) => {
      const relayPort = ports.get(`${String(address)} ${port}`);
      return relayPort === undefined
        ? String(whole)
        : `${String(before)}127.0.0.1 ${String(relayPort)}${String(after)}`;
    });
  };
  const http = createServer((request, response) => {
    forwardHttp(request, response, gateway);
  });
  const server = new WebSocketServer({ server: http });
  server.on('connection', (client, request) => {
    connectThrough(client, request, gateway, detour);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const address = http.address();
  if (address === null || typeof address === 'string') throw new Error('The detour has no port.');
  return {
    signaling: `ws://127.0.0.1:${address.port}`,
    impair: (change) => {
      impairment = { ...impairment, ...change };
      for (const relay of relays) relay.impair(change);
    },
    cutPresent: () => {
      for (const relay of relays) relay.cut();
    },
    get paths() {
      return relays.length;
    },
    close: async () => {
      for (const client of server.clients) client.terminate();
      server.close();
      http.closeAllConnections();
      await new Promise((resolve) => {
        http.close(resolve);
      });
      await Promise.all(relays.map((relay) => relay.close()));
    },
  };
}

function connectThrough(
  client: WebSocket,
  request: IncomingMessage,
  gateway: string,
  detour: (text: string) => Promise<string>,
): void {
  const { origin } = request.headers;
  const upstream = new WebSocket(
    new URL(request.url ?? '/', gateway),
    origin === undefined ? {} : { origin },
  );
  const opened = new Promise<void>((resolve) => upstream.once('open', resolve));
  carry(client, upstream, detour, opened);
  carry(upstream, client, detour, Promise.resolve());
}

/** Frames stay in order although rewriting one takes a while. */
function carry(
  from: WebSocket,
  to: WebSocket,
  detour: (text: string) => Promise<string>,
  ready: Promise<void>,
): void {
  let turn = ready;
  const inTurn = (step: () => Promise<void>) => {
    turn = turn.then(step).catch(() => {
      to.terminate();
    });
  };
  from.on('message', (data: RawData, isBinary: boolean) => {
    inTurn(async () => {
      to.send(isBinary ? data : await detour(textOf(data)), { binary: isBinary });
    });
  });
  from.on('close', (code, reason) => {
    inTurn(async () => {
      if (code === 1006) to.terminate();
      else if (code === 1005) to.close();
      else to.close(code, reason);
      return Promise.resolve();
    });
  });
  from.on('error', () => {
    to.terminate();
  });
}

function textOf(data: RawData): string {
  const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data);
  return bytes.toString('utf8');
}
