import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { SettingsError } from '../config/settings.ts';
import type { Log } from '../ports.ts';

export interface ServerOptions {
  tlsCert: string | null;
  tlsKey: string | null;
  log: Pick<Log, 'info' | 'error'>;
  /** How often the certificate's file is looked at. Default: a minute. */
  lookEveryMs?: number;
  /** @returns whether its body is large, and may take a minute over a poor uplink */
  isUpload(request: IncomingMessage): boolean;
  /** How long any other body may take. Default: 10 s. */
  bodyMs?: number;
}

/** Node waits a minute for headers and five for a body, which lets few clients hold many sockets. */
const patience = { headersTimeout: 5_000, requestTimeout: 60_000, connectionsCheckingInterval: 1_000 };

/**
 * A server that nobody can hold by sending slowly. A certificate that is renewed in its files is taken up; calls and
 * sockets go on.
 *
 * @throws SettingsError where the certificate or its key cannot be used
 */
export function createNodeServer(options: ServerOptions, onRequest: RequestListener): Server {
  const { tlsCert, tlsKey, log, lookEveryMs = 60_000 } = options;
  const listener: RequestListener = (request, response) => {
    limitBody(request, response, options);
    onRequest(request, response);
  };
  if (tlsCert === null || tlsKey === null) return createServer(patience, listener);
  const readFiles = () => ({
    cert: readFileSync(tlsCert),
    key: readFileSync(tlsKey),
    minVersion: 'TLSv1.2' as const,
  });
  const server = firstTime(() =>
    createTlsServer({ ...patience, ...readFiles(), handshakeTimeout: 5_000 }, listener),
  );
  const renew = () => {
    try {
      server.setSecureContext(readFiles());
      log.info({ tlsCert }, 'the certificate was renewed');
    } catch (err) {
      log.error({ tlsCert, err }, 'the renewed certificate cannot be used; the old one stays');
    }
  };
  watchFile(tlsCert, { interval: lookEveryMs, persistent: false }, renew);
  server.once('close', () => {
    unwatchFile(tlsCert, renew);
  });
  return server;
}

function firstTime<Made>(create: () => Made): Made {
  try {
    return create();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SettingsError([`The TLS certificate and its key cannot be used: ${why}.`]);
  }
}

/** Node knows one limit for all requests, which is the one of uploads. */
function limitBody(
  request: IncomingMessage,
  response: ServerResponse,
  { isUpload, bodyMs = 10_000 }: ServerOptions,
): void {
  const { 'content-length': length, 'transfer-encoding': coding } = request.headers;
  if (coding === undefined && (length === undefined || length === '0')) return;
  const timer = setTimeout(() => {
    // Who was refused has no upload any more.
    if (isUpload(request) && !response.headersSent) return;
    if (!response.headersSent)
      request.socket.write('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
    request.socket.destroySoon();
  }, bodyMs);
  const rest = () => {
    clearTimeout(timer);
  };
  request.once('end', rest);
  request.once('close', rest);
}
