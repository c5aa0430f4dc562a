import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';

/** Node waits a minute for headers and five for a body, which lets few clients hold many sockets. */
const patience = { headersTimeout: 5_000, requestTimeout: 10_000, connectionsCheckingInterval: 1_000 };

/** @throws Error where the certificate or its key cannot be used */
export function createNodeServer(
  tls: { tlsCert: string | null; tlsKey: string | null },
  listener: RequestListener,
): Server {
  if (tls.tlsCert === null || tls.tlsKey === null) return createServer(patience, listener);
  const files = { cert: readFileSync(tls.tlsCert), key: readFileSync(tls.tlsKey) };
  return createTlsServer({ ...patience, ...files, handshakeTimeout: 5_000, minVersion: 'TLSv1.2' }, listener);
}
