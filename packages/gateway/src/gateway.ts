import { createServer } from 'node:http';
import { availableParallelism } from 'node:os';
import { causes } from '@parley/protocol';
import { resolveSettings, type Settings } from './config/settings.ts';
import { createEmbeddedMediaPlane } from './media/embedded-media-plane.ts';
import { systemClock, systemRandom } from './node/clock.ts';
import { mediaProcesses } from './node/media-processes.ts';
import { attachWebSockets } from './node/websocket.ts';
import type { Log } from './ports.ts';
import { createAuthenticator } from './registrar/create-authenticator.ts';
import { seedDemo } from './registrar/demo.ts';
import { createPasswordHasher } from './registrar/password-hash.ts';
import { createProvisioning } from './registrar/provisioning.ts';
import { openTokens } from './registrar/tokens.ts';
import { createSignaling } from './signaling.ts';
import { openDataKey } from './store/data-key.ts';
import { openStore } from './store/open-store.ts';

export interface Gateway {
  /** Where clients reach it, such as `http://127.0.0.1:8080`. */
  url: string;
  close(): Promise<void>;
}

export async function createGateway(options: Partial<Settings> = {}): Promise<Gateway> {
  const settings = resolveSettings(options);
  const clock = systemClock;
  const log: Log = consoleLog;
  const store = await openStore(settings);
  const dataKey = await openDataKey(settings.data);
  const hasher = createPasswordHasher();
  const { credentials, signingKeys, revocations } = store;
  const tokens = await openTokens({ signingKeys, revocations, dataKey, now: clock.now });
  const authenticator = createAuthenticator({ credentials, dataKey, hasher, tokens, now: clock.now });
  const provisioning = createProvisioning({ credentials, dataKey, hasher, now: clock.now });
  if (settings.demo) await seedDemo(store, provisioning, clock.now());
  const media = createEmbeddedMediaPlane(
    {
      addresses: settings.mediaAddresses,
      portRange: [settings.mediaPorts.min, settings.mediaPorts.max],
      workers: availableParallelism(),
    },
    { forkWorker: mediaProcesses(), clock, log },
  );
  const signaling = createSignaling({
    authenticator,
    media,
    clock,
    random: systemRandom,
    log,
    meter: { loginRefused: () => undefined, callSetUp: () => undefined, callEnded: () => undefined },
    nodeId: settings.nodeId,
    region: settings.region,
    holdMs: settings.holdSeconds * 1000,
    ringMs: settings.ringSeconds * 1000,
  });
  const server = createServer((_, response) => response.writeHead(404).end());
  const sockets = attachWebSockets(server, {
    isAllowedOrigin: () => true,
    remoteAddress: (request) => request.socket.remoteAddress ?? '',
    onSocket: signaling.onSocket,
  });
  await new Promise<void>((resolve) => server.listen(settings.port, settings.host, resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : settings.port;
  return {
    url: `http://${settings.host}:${String(port)}`,
    close: async () => {
      signaling.calls.close(causes.temporaryFailure);
      sockets.close();
      await media.close();
      server.close();
      await store.close();
    },
  };
}

const consoleLog: Log = {
  debug: () => undefined,
  info: (fields, message) => {
    process.stderr.write(`${JSON.stringify({ level: 'info', message, ...fields })}\n`);
  },
  warn: (fields, message) => {
    process.stderr.write(`${JSON.stringify({ level: 'warn', message, ...fields })}\n`);
  },
  error: (fields, message) => {
    process.stderr.write(`${JSON.stringify({ level: 'error', message, ...fields, err: String('err' in fields ? fields.err : '') })}\n`);
  },
};
