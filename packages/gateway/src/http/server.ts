import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { SettingsError } from '../config/settings.ts';
import type { Log } from '../ports.ts';

export interface ServerOptions {
  tlsCert: string | null;
  tlsKey: string | null;
  log: Pick<Log, 'info' | 'error'>;
  /** How often the certificate's file is looked at. Default: a minute. */
  lookEveryMs?: number;
}

/** Node waits a minute for headers and five for a body, which lets few clients hold many sockets. */
const patience = { headersTimeout: 5_000, requestTimeout: 10_000, connectionsCheckingInterval: 1_000 };

/**
 * A server that nobody can hold by sending slowly. A certificate that is renewed in its files is taken up; calls and
 * sockets go on.
 *
 * @throws SettingsError where the certificate or its key cannot be used
 */
export function createNodeServer(options: ServerOptions, listener: RequestListener): Server {
  const { tlsCert, tlsKey, log, lookEveryMs = 60_000 } = options;
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
