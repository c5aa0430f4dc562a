import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { causes } from '@parley/protocol';
import { storeConfigured } from './assistants/configured-assistants.ts';
import { createGreetings } from './assistants/greetings.ts';
import { createVisits } from './assistants/visits.ts';
import { StoredCallJournal } from './calls/call-journal.ts';
import { watchedBy } from './calls/call-watch.ts';
import { restoreCalls } from './calls/restoring.ts';
import { resolveSettings, type Settings } from './config/settings.ts';
import { clientAddressOf, createProxyCheck } from './http/client-address.ts';
import { isUpload } from './http/call-reports.ts';
import { createHttp } from './http/create-http.ts';
import { createOriginCheck } from './http/origins.ts';
import { openIce } from './ice/open-ice.ts';
import { createEmbeddedMediaPlane } from './media/embedded-media-plane.ts';
import type { MediaPlane } from './media/media-plane.ts';
import { createMetrics } from './metrics.ts';
import { CallHistory } from './reports/call-history.ts';
import { systemClock, systemRandom } from './node/clock.ts';
import { createNodeServer } from './node/http-server.ts';
import { createLogger } from './node/logger.ts';
import { mediaProcesses } from './node/media-processes.ts';
import { consoleFolder, version } from './node/own-files.ts';
import { createStudio } from './node/studio.ts';
import { turnHost } from './node/turn-host.ts';
import { attachWebSockets } from './node/websocket.ts';
import { seedDemo } from './registrar/demo.ts';
import { openRegistrar } from './registrar/registrar.ts';
import { watchRevocations } from './sessions/revocation-watch.ts';
import { createSessionControl } from './session-control.ts';
import { createSignaling } from './signaling.ts';
import { openDataKey } from './store/data-key.ts';
import { openStore } from './store/open-store.ts';
import { startRetention } from './store/retention.ts';
import { CallTraces } from './traces/call-traces.ts';

export interface Gateway {
  /** Where people and clients reach it, such as `http://127.0.0.1:8080`. */
  url: string;
  /** The secret of the demonstration's API key, in the run that made it. */
  demoApiKey: string | undefined;
  /** What it does without, and how to have it: whole sentences. */
  notices: readonly string[];
  /**
   * Stops: no new calls nor clients, then none at all once `drainSeconds` have passed or the last call has ended.
   *
   * @param drain false to end the calls at once
   */
  close(drain?: boolean): Promise<void>;
}

/** What takes the place of a part of the gateway. */
export interface GatewayParts {
  /** Default: the embedded media plane. The gateway closes it. */
  media?: MediaPlane;
}

/**
 * Starts a gateway in this process.
 *
 * @param options what is left out has its default; see `parley-gateway --help` for the meanings
 * @throws {SettingsError} where settings cannot be used, naming each
 */
export async function createGateway(
  options: Partial<Settings> = {},
  parts: GatewayParts = {},
): Promise<Gateway> {
  const settings = resolveSettings(options);
  const scope = createScope();
  try {
    return await open(settings, parts, scope);
  } catch (error) {
    await scope.close();
    throw error;
  }
}

async function open(settings: Settings, parts: GatewayParts, scope: Scope): Promise<Gateway> {
  const clock = systemClock;
  const log = createLogger(settings.logLevel);
  const store = await openStore(settings);
  scope.add(() => store.close());
  scope.add(startRetention({ store, clock, log }));
  // Its workers take a while to start, beside what follows.
  const media = parts.media ?? openMedia(settings, { clock, log });
  scope.add(() => media.close());
  const dataKey = await openDataKey(settings.data);
  const { now } = clock;
  const { authenticator, provisioning, tokens } = await openRegistrar({
    store,
    dataKey,
    random: systemRandom,
    now,
  });
  const demo = settings.demo ? await seedDemo(store, provisioning, now()) : undefined;

  const { service, turnServer, notice } = await openIce(settings, {
    host: turnHost,
    clock,
    random: systemRandom,
    log,
  });
  if (turnServer !== undefined) scope.add(turnServer.close);

  const metrics = createMetrics({
    sessions: () => signaling.directory.count().attached,
    callsByState: () => new Map(Object.entries(signaling.calls.counts())),
    mediaLegs: () => media.status().legs,
    node: settings,
    turnServer: turnServer?.status,
  });
  const studio = createStudio();
  await storeConfigured(settings.assistants, { assistants: store.assistants, studio, now: now() });
  const greetings = createGreetings({ studio, folder: join(settings.data, 'speech'), now, log });
  const visits = createVisits({ store, greetings, random: systemRandom, now, log });
  scope.add(() => visits.written());
  const legacy = await store.callRecords.takeOver(settings.nodeId, now());
  const journal = new StoredCallJournal({
    records: store.callRecords,
    writer: { nodeId: settings.nodeId, epoch: legacy.epoch },
    clock,
    log,
  });
  scope.add(() => journal.close());
  const history = new CallHistory({ archive: store.callArchive, nodeId: settings.nodeId, clock, log });
  scope.add(() => history.close());
  const tracing = await openTracing(settings);
  if (tracing !== null) scope.add(tracing.close);
  const watch = watchedBy(tracing === null ? [history] : [history, new CallTraces(tracing.tracer)], log);
  const signaling = createSignaling({
    authenticator,
    visits,
    media,
    clock,
    random: systemRandom,
    log,
    meter: metrics,
    journal,
    watch,
    traces: tracing !== null,
    nodeId: settings.nodeId,
    region: settings.region,
    iceService: service,
    holdMs: settings.holdSeconds * 1000,
    ringMs: settings.ringSeconds * 1000,
    waitingPerAddress: settings.waitingPerAddress,
  });
  scope.add(signaling.iceGrants.close);

  const isAllowedOrigin = createOriginCheck(settings);
  const isTrustedProxy = createProxyCheck(settings.trustProxy);
  const http = await createHttp({
    settings,
    createServer: (listener) => createNodeServer({ ...settings, log, isUpload }, listener),
    log,
    version,
    consoleFolder,
    store,
    provisioning,
    tokens,
    studio,
    uuid: systemRandom.uuid,
    sessions: createSessionControl({ ...signaling, media, log }),
    allowsSimulation: settings.allowSimulate || settings.demo,
    history,
    authenticator,
    guard: signaling.guard,
    clock,
    isAllowedOrigin,
    count: metrics.callReport,
    checks: new Map([
      ['store', () => store.check()],
      ['media', () => checkMedia(media)],
      ['accepting', () => checkAccepting(signaling.isDraining())],
      ...(turnServer === undefined ? [] : [['turn', turnServer.check] as const]),
    ]),
    registry: metrics.registry,
    now,
  });
  scope.add(() => http.close());
  const sockets = attachWebSockets(http.server, {
    isAllowedOrigin: (origin, request) => isAllowedOrigin(origin, request.headers.host),
    remoteAddress: (request) => clientAddressOf(request, isTrustedProxy),
    admits: signaling.admits,
    onSocket: signaling.onSocket,
  });
  scope.add(sockets.close);
  // From before the sessions of the last run are looked at, so that nothing is missed.
  scope.add(watchRevocations({ revocations: store.revocations, clock, log, onRevoked: signaling.revoke }));
  // First of all to end, while there are sockets to say so.
  scope.add(async () => {
    if (settings.keepCalls) signaling.calls.leave(causes.temporaryFailure);
    else signaling.calls.close(causes.temporaryFailure);
    // What is told of sessions from now on is that their sockets close.
    signaling.directory.close();
    await journal.close();
  });
  if ('started' in media) await media.started;
  await history.recall(legacy.calls.map(({ id }) => id));
  await restoreCalls(legacy, {
    ...signaling,
    journal,
    watch,
    authenticator,
    revocations: store.revocations,
    visits,
    clock,
    log,
    holdMs: settings.holdSeconds * 1000,
  });
  // Those that were still set up when the last run ended.
  const lastSeenAt = legacy.lastWrittenAt ?? now();
  await store.callArchive.endOthers(settings.nodeId, history.alive(), lastSeenAt, causes.temporaryFailure);
  const url = await http.listen();
  log.info({ url, data: settings.data, nodeId: settings.nodeId }, 'gateway started');
  return {
    url,
    demoApiKey: demo?.apiKey,
    notices: notice === undefined ? [] : [notice],
    close: async (drain = true) => {
      if (drain) await signaling.drain(settings.drainSeconds * 1000);
      await scope.close();
      log.info({}, 'gateway stopped');
    },
  };
}

function openMedia(
  settings: Settings,
  ports: Pick<Parameters<typeof createEmbeddedMediaPlane>[1], 'clock' | 'log'>,
) {
  return createEmbeddedMediaPlane(
    {
      addresses: settings.mediaAddresses,
      portRange: [settings.mediaPorts.min, settings.mediaPorts.max],
      workers: availableParallelism(),
    },
    { ...ports, forkWorker: mediaProcesses() },
  );
}

/** Loaded by who wants it alone. */
async function openTracing({ otlpEndpoint, nodeId }: Settings) {
  if (otlpEndpoint === null) return null;
  const { openTracer } = await import('./node/otlp.ts');
  return openTracer(otlpEndpoint, { nodeId, version });
}

function checkMedia(media: MediaPlane): Promise<void> {
  return media.status().ready ? Promise.resolve() : Promise.reject(new Error('no media worker runs'));
}

function checkAccepting(isDraining: boolean): Promise<void> {
  return isDraining ? Promise.reject(new Error('the gateway stops')) : Promise.resolve();
}

/** What was opened so far, to be closed in the reverse order. */
interface Scope {
  add(close: () => Promise<void> | void): void;
  close(): Promise<void>;
}

function createScope(): Scope {
  const closers: (() => Promise<void> | void)[] = [];
  return {
    add: (close) => {
      closers.push(close);
    },
    close: async () => {
      for (let close = closers.pop(); close !== undefined; close = closers.pop()) await close();
    },
  };
}
