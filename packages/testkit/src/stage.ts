import { createRequire } from 'node:module';

import { launchChromium } from './chromium.ts';
import { launchFirefox } from './firefox.ts';
import { type GatewayProcess, type GatewayProcessOptions, startGateway } from './gateway-process.ts';
import type { Device, LaunchedBrowser } from './launched-browser.ts';
import { describeFrame } from './socket-frames.ts';
import { type PageServer, servePages } from './page-server.ts';
import { type ClientKind, type Person, TELEPHONE_PAGE, describeEvent, openPerson } from './people.ts';

export interface Casting {
  client: ClientKind;
  /** Default: `chromium`. */
  browser?: 'chromium' | 'firefox';
  /** What the microphone hears, in hertz. Default: 440 for alice, 1000 for everybody else. */
  tone?: number;
  /** What the page may use. Default: the microphone. */
  devices?: readonly Device[];
  /** The WebSocket's URL, where a relay stands before the gateway. */
  signaling?: string;
  /** More options for `new TelnyxRTC()`. */
  options?: object;
  /** Default: true. */
  register?: boolean;
}

/**
 * Where system tests play: a gateway, browsers that are started when somebody needs them and are kept, and people
 * who come for one test.
 */
export interface Stage {
  gateway: GatewayProcess;
  /** A demo user, signed in. */
  enter(name: string, casting: Casting): Promise<Person>;
  /** Sends everybody home. @throws Error where the gateway, or a page of our client, had an uncaught error. */
  clear(): Promise<void>;
  /** What everybody who is present, or was until the last clearing, did, said and heard, in order, and the gateway's log: for who looks at a failure. */
  story(): string;
  /** @throws Error where a process is left. */
  close(): Promise<void>;
}

const BUNDLES: Readonly<Record<ClientKind, string>> = {
  ours: '@parley/webrtc/lib/bundle.js',
  official: '@telnyx/webrtc',
};

export async function openStage(options: GatewayProcessOptions = {}): Promise<Stage> {
  const gateway = await startGateway(options);
  const pages = await servePages({ pages: new Map([['/telephone', TELEPHONE_PAGE]]), files: findBundles() });
  const browsers = new Map<string, Promise<LaunchedBrowser>>();
  const present = new Map<Person, ClientKind>();
  const browserFor = (name: string, casting: Casting) => {
    const engine = casting.browser ?? 'chromium';
    const tone = casting.tone ?? (name === 'alice' ? 440 : 1000);
    const key = `${engine} ${tone}`;
    const launched =
      browsers.get(key) ?? (engine === 'chromium' ? launchChromium({ tone }) : launchFirefox({ tone }));
    browsers.set(key, launched);
    return launched;
  };
  let left: string[] = [];
  const clear = async () => {
    left = tell([...present.keys()]);
    await clearStage(present, gateway);
  };
  return {
    gateway,
    enter: async (name, casting) => {
      const browser = await browserFor(name, casting);
      const context = await browser.newContext(pages.origin, casting.devices);
      const person = await openPerson(context, cast(name, casting, gateway, pages));
      present.set(person, casting.client);
      if (casting.register !== false) await person.register();
      return person;
    },
    clear,
    story: () =>
      [...left, ...tell([...present.keys()]), 'The gateway:', ...gateway.log.entries.slice(-60)].join('\n'),
    close: async () => {
      const cleared = clear();
      const closing = cleared.catch(() => undefined).then(() => closeAll(browsers, gateway, pages));
      await assertAll([cleared, closing]);
    },
  };
}

function cast(name: string, casting: Casting, gateway: GatewayProcess, pages: PageServer) {
  const url = casting.signaling ?? gateway.signaling;
  // The official client knows no URL but this one.
  const host = casting.client === 'official' ? { host: url } : { env: url };
  return {
    name,
    url: `${pages.origin}/telephone`,
    script: `/clients/${casting.client}.js`,
    client: { ...host, login: name, password: name, ...casting.options },
    frames: casting.browser !== 'firefox',
  };
}

async function closeAll(
  browsers: ReadonlyMap<string, Promise<LaunchedBrowser>>,
  gateway: GatewayProcess,
  pages: PageServer,
): Promise<void> {
  const closing = [...browsers.values()].map(async (launched) => (await launched).close());
  await assertAll([...closing, gateway.stop(), pages.close()]);
}

/** Waits for all of them even where one fails, so that nothing is left open. */
async function assertAll(tasks: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(tasks);
  const failures = results
    .filter((result) => result.status === 'rejected')
    .map(({ reason }) => String(reason));
  if (failures.length > 0) throw new Error(failures.join('\n'));
}

async function clearStage(present: Map<Person, ClientKind>, gateway: GatewayProcess): Promise<void> {
  const uncaught: string[] = [];
  for (const [person, client] of present) {
    // The official client throws now and then; that is not for us to judge.
    if (client === 'ours')
      uncaught.push(...person.uncaught.entries.map((error) => `${person.name}: ${error}`));
    await person.leave();
  }
  present.clear();
  gateway.assertHealthy();
  if (uncaught.length > 0) throw new Error(`Errors that nobody caught in a page:\n${uncaught.join('\n')}`);
}

function tell(people: readonly Person[]): string[] {
  const lines = people.flatMap(({ events, frames, name }) => [
    ...events.entries.map((event) => ({ at: event.at, name, text: describeEvent(event) })),
    ...frames.entries.map((frame) => ({ at: frame.at, name, text: describeFrame(frame) })),
  ]);
  return lines
    .sort((one, other) => one.at - other.at)
    .map(({ at, name, text }) => `${new Date(at).toISOString().slice(14, 23)} ${name.padEnd(6)} ${text}`);
}

/** A bundle that was not built yet is missed only by who asks for it. */
function findBundles(): Map<string, string> {
  const { resolve } = createRequire(import.meta.url);
  return new Map(
    Object.entries(BUNDLES).flatMap(([client, name]): [string, string][] => {
      try {
        return [[`/clients/${client}.js`, resolve(name)]];
      } catch {
        return [];
      }
    }),
  );
}
