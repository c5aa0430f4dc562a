import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';

import { forwardHttp, readBody, wait } from '@parley/testkit';

/** How reports are taken: handed on, refused with a status, never answered, or answered late. */
export type Reception = 'take' | 'hang' | 'slow' | 500 | 413;

/** Stands before a gateway: its socket is as it is, and reports are taken as it is told. */
export interface ReportFront {
  signaling: string;
  receive(reception: Reception): void;
  /** How many reports have come, and how large they were. */
  readonly sizes: readonly number[];
  close(): Promise<void>;
}

const SLOW_MS = 3_000;

export async function openReportFront(gateway: string): Promise<ReportFront> {
  const { hostname, port } = new URL(gateway);
  let reception: Reception = 'take';
  const sizes: number[] = [];
  const open = new Set<Duplex>();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method !== 'POST') {
      forwardHttp(request, response, gateway);
      return;
    }
    const how = reception;
    const body = await readBody(request);
    sizes.push(body.length);
    if (how === 'hang') return;
    if (how === 'slow') await wait(SLOW_MS);
    if (typeof how === 'number') response.writeHead(how, { 'access-control-allow-origin': '*' }).end();
    else forwardHttp(request, response, gateway, body);
  };
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  server.on('upgrade', (request, socket, head) => {
    const upstream = connect(Number(port), hostname, () => {
      const headers = request.rawHeaders.flatMap((text, index) =>
        index % 2 === 0 ? [`${text}: ${String(request.rawHeaders[index + 1])}`] : [],
      );
      upstream.write(`GET ${String(request.url)} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
      upstream.write(head);
      socket.pipe(upstream).pipe(socket);
    });
    for (const end of [socket, upstream]) {
      open.add(end);
      end.on('error', () => undefined);
      end.on('close', () => open.delete(end));
    }
    socket.on('close', () => upstream.destroy());
    upstream.on('close', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The front has no port.');
  return {
    signaling: `ws://127.0.0.1:${address.port}`,
    receive: (next) => {
      reception = next;
    },
    get sizes() {
      return sizes;
    },
    close: async () => {
      server.closeAllConnections();
      for (const end of open) end.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
