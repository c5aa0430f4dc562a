import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pino } from 'pino';
import { resolveSettings, type Settings } from '../config/settings.ts';
import { encodeClip } from '../media/clips/encode-clip.ts';
import { createMetrics } from '../metrics.ts';
import { issueApiKey } from '../registrar/api-key.ts';
import { createPasswordHasher } from '../registrar/password-hash.ts';
import { openRegistrar, type Registrar } from '../registrar/registrar.ts';
import { createDataKey } from '../store/data-key.ts';
import { openStore } from '../store/open-store.ts';
import type { Store } from '../store/store.ts';
import { systemClock, systemRandom } from '../node/clock.ts';
import { CallHistory } from '../reports/call-history.ts';
import { archivedCall } from '../reports/archived-call.fixture.ts';
import { silentLog } from '../signaling.fixture.ts';
import { LoginGuard } from '../sessions/login-guard.ts';
import { createNodeServer } from '../node/http-server.ts';
import { isUpload } from './call-reports.ts';
import { createHttp, type HttpPorts } from './create-http.ts';
import { createOriginCheck } from './origins.ts';

export interface HttpFixture {
  url: string;
  store: Store;
  registrar: Registrar;
  apiKey: string;
  /** What the gateway takes for the present; tests move it. */
  clock: { now: number };
  history: CallHistory;
  /** Lines of the log, in JSON. */
  logged: string[];
  /** Asks the REST interface with the API key. */
  ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  close(): Promise<void>;
}

export const startOfTest = 1_763_800_000_000;

/** The HTTP part of a gateway, on a free port, with a real store. */
export async function startHttp(
  settings: Partial<Settings> = {},
  parts: Partial<HttpPorts> = {},
): Promise<HttpFixture> {
  const data = await mkdtemp(join(tmpdir(), 'parley-http-'));
  const resolved = resolveSettings({ port: 0, data, ...settings });
  const clock = { now: startOfTest };
  const now = () => clock.now;
  const store = await openStore(resolved);
  const dataKey = createDataKey(randomBytes(32));
  const hasher = createPasswordHasher({ ln: 4, r: 1, p: 1 });
  const registrar = await openRegistrar({ store, dataKey, hasher, random: systemRandom, now });
  const { secret: apiKey } = await issueApiKey(store.apiKeys, 'test', clock.now);
  const history = new CallHistory({
    archive: store.callArchive,
    nodeId: 'n1',
    clock: { ...systemClock, now },
    log: silentLog,
  });
  await store.callArchive.write([archivedCall('call-1', clock.now)]);
  const metrics = createMetrics({
    sessions: () => 3,
    callsByState: () => new Map([['active', 2]]),
    mediaLegs: () => 4,
    node: resolved,
  });
  const logged: string[] = [];
  const http = await createHttp({
    settings: resolved,
    createServer: (listener) =>
      createNodeServer(
        { ...resolved, log: { info: () => undefined, error: () => undefined }, isUpload },
        listener,
      ),
    store,
    ...registrar,
    now,
    uuid: systemRandom.uuid,
    studio: {
      // It takes its time, as a process does.
      encode: (file) => setTimeout(20).then(() => encodeClip(file)),
      speak: () => Promise.resolve(null),
    },
    sessions: {
      list: () => [],
      find: () => undefined,
      callsOf: () => [],
      makeFault: () => ({ calls: [] }),
    },
    allowsSimulation: false,
    history,
    guard: new LoginGuard(systemClock),
    clock: { ...systemClock, now },
    isAllowedOrigin: createOriginCheck(resolved),
    count: metrics.callReport,
    checks: new Map([['database', store.check]]),
    registry: metrics.registry,
    log: pino({ level: 'debug' }, { write: (line) => void logged.push(line) }),
    consoleFolder: join(data, 'no-console'),
    version: '0.0.0',
    ...parts,
  });
  const url = await http.listen();
  return {
    url,
    store,
    registrar,
    history,
    apiKey,
    clock,
    logged,
    async ask(method, path, body) {
      const response = await fetch(url + path, {
        method,
        headers: {
          authorization: `Bearer ${apiKey}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.includes('json') === true;
      const parsed: unknown = isJson ? JSON.parse(text) : text;
      return { status: response.status, body: parsed };
    },
    async close() {
      await history.close();
      await http.close();
      await store.close();
      await rm(data, { recursive: true });
    },
  };
}
