import type { Server } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createNodeServer } from './http-server.ts';

const log = { info: () => undefined, error: () => undefined };
let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** A request whose body comes slowly. @returns what was answered, and after how many milliseconds it was over */
async function dripTo(path: string, body: { bytes: number; everyMs: number }) {
  server = createNodeServer(
    { tlsCert: null, tlsKey: null, log, bodyMs: 200, isUpload: ({ url }) => url !== '/small' },
    (request, response) => {
      if (request.url === '/refused') response.writeHead(404).end();
      else request.resume().once('end', () => response.writeHead(204).end());
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const socket = connect(typeof address === 'object' ? (address?.port ?? 0) : 0, '127.0.0.1');
  const startedAt = performance.now();
  let answer = '';
  socket.on('data', (data) => {
    answer += data.toString('utf8');
    // What is answered is not waited for by this client once its body is out.
    if (left === 0) socket.end();
  });
  socket.on('error', () => undefined);
  let left = body.bytes;
  socket.write(`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${String(left)}\r\n\r\n`);
  const drip = setInterval(() => {
    if (left > 0) socket.write('x');
    left = Math.max(0, left - 1);
  }, body.everyMs);
  await new Promise((resolve) => socket.once('close', resolve));
  clearInterval(drip);
  return { status: Number(answer.split(' ')[1]), ms: performance.now() - startedAt };
}

describe('a body that comes slowly', () => {
  it('is cut off, and answered with 408', async () => {
    const { status, ms } = await dripTo('/small', { bytes: 100, everyMs: 50 });
    expect(status).toBe(408);
    expect(ms).toBeLessThan(2_000);
  });

  it('is waited for where it is an upload', async () => {
    expect(await dripTo('/upload', { bytes: 10, everyMs: 50 })).toMatchObject({ status: 204 });
  });

  it('is cut off where the upload was refused', async () => {
    const { status, ms } = await dripTo('/refused', { bytes: 1_000, everyMs: 50 });
    expect(status).toBe(404);
    expect(ms).toBeLessThan(2_000);
  });
});
