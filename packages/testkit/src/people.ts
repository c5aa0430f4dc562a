import type { BrowserContext, Page } from 'puppeteer-core';

import type { Ear } from './page/ear.ts';
import type { CallSnapshot, InboundAudio, PhoneEvent } from './page/phone.ts';
import { type Recorder, createRecorder } from './recorder.ts';
import { type SocketFrame, recordFrames } from './socket-frames.ts';

/** Our client, or the published `@telnyx/webrtc`. */
export type ClientKind = 'ours' | 'official';

/** Somebody with a telephone: a page, a client in it, and everything that they do on record. */
export interface Person {
  name: string;
  page: Page;
  events: Recorder<PhoneEvent>;
  /** What the client says and hears on its sockets; empty in Firefox, which does not tell. */
  frames: Recorder<SocketFrame>;
  /** Errors that nobody in the page caught. */
  uncaught: Recorder<string>;
  connect(): Promise<void>;
  /** Connects, and waits for `telnyx.ready`. */
  register(): Promise<void>;
  /** Calls somebody; a visitor needs to name nobody. */
  dial(destinationNumber?: string, options?: object): Promise<PersonCall>;
  /** Waits for a call that rings, each time for another one. */
  ringing(withinMs?: number): Promise<PersonCall>;
  /** Calls a method of the client. */
  invoke(method: string, ...args: unknown[]): Promise<unknown>;
  /** Measures what the page plays. */
  ear: Ear;
  /** Loads the page again, with a client of the same options in it, which connects. */
  reload(): Promise<void>;
  /** Another tab of the same browser, with a copy of this one's storage; its client does not connect yet. Goes with this one. */
  copyTab(): Promise<Omit<Person, 'leave' | 'copyTab'>>;
  /** Disconnects, which hangs up, and closes the page. */
  leave(): Promise<void>;
}

export interface PersonCall {
  id: string;
  /** Every state that was notified, without repetitions. */
  states(): string[];
  /** Waits for a state, which may have been reached before. */
  until(state: string, withinMs?: number): Promise<PhoneEvent & { call: CallSnapshot }>;
  snapshot(): Promise<CallSnapshot>;
  inboundAudio(): Promise<InboundAudio>;
  /** Calls a method of the call, such as `answer`, `hold` or `dtmf`. */
  invoke(method: string, ...args: unknown[]): Promise<unknown>;
}

export interface PersonOptions {
  name: string;
  /** The page that has a telephone, see {@link telephonePage}. */
  url: string;
  /** The path of the client's bundle on the page's server. */
  script: string;
  /** Options for `new TelnyxRTC()`. */
  client: object;
  /** Whether the browser tells of frames (Chromium). */
  frames: boolean;
}

/** A page with a telephone in it; served at any path by the page server. */
export const TELEPHONE_PAGE = `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8" /><link rel="icon" href="data:," /><title>Telephone</title></head>
  <body>
    <audio id="remote" autoplay></audio>
    <script type="module">
      import { installPhone } from '/rig/phone.js';
      await installPhone(document.getElementById('remote'));
    </script>
  </body>
</html>`;

/** Opens a page with a telephone and makes its client, which does not connect yet. */
export async function openPerson(context: BrowserContext, options: PersonOptions): Promise<Person> {
  const page = await context.newPage();
  const events = createRecorder<PhoneEvent>(describeEvent);
  const uncaught = createRecorder<string>((error) => error);
  page.on('pageerror', (error) => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    // Firefox tells a refused socket as if it were an error of the page.
    if (!text.includes('establish a connection to the server')) uncaught.record(text);
  });
  const frames = options.frames ? await recordFrames(page) : createRecorder<SocketFrame>(({ text }) => text);
  // Where there is nothing but the loopback interface, a browser takes itself for offline.
  await page.evaluateOnNewDocument(() => {
    Object.defineProperty(navigator, 'onLine', { value: true, configurable: true });
  });
  await page.exposeFunction('report', events.record);
  await page.goto(options.url);
  await openClient(page, options);
  const does = actions(page, events);
  const reload = async () => {
    await page.reload();
    await openClient(page, options);
    await does.connect();
  };
  const copyTab = async () => {
    const items = await page.evaluate(() => Object.entries(sessionStorage));
    const copy = await openPerson(context, options);
    await copy.page.evaluate((copied) => {
      for (const [key, value] of copied) sessionStorage.setItem(key, String(value));
    }, items);
    return copy;
  };
  return { name: options.name, page, events, frames, uncaught, reload, copyTab, ...does };
}

async function openClient(page: Page, { client, script }: PersonOptions): Promise<void> {
  await page.waitForFunction(() => 'phone' in window);
  await page.evaluate((source) => window.phone.load(source), script);
  const refusal = await page.evaluate((options) => window.phone.open(options), client);
  if (refusal !== undefined) throw new Error(`The client refused its options: ${refusal}`);
}

function actions(page: Page, events: Recorder<PhoneEvent>) {
  const answered = new Set<string>();
  const invoke = (callId: string | undefined, method: string, args: unknown[]) =>
    page.evaluate(
      (...[id, name, list]) => window.phone.invoke(id ?? undefined, name, list),
      callId ?? null,
      method,
      args,
    );
  const connect = () => page.evaluate(() => window.phone.connect());
  const follow = (id: string) => followCall(page, events, id, (method, args) => invoke(id, method, args));
  return {
    connect,
    register: async () => {
      await connect();
      await events.next(({ name }) => name === 'telnyx.ready', 'telnyx.ready');
    },
    dial: async (destinationNumber?: string, options: object = {}) => {
      const dialled = destinationNumber === undefined ? options : { destinationNumber, ...options };
      return follow(await page.evaluate((given) => window.phone.dial(given), dialled));
    },
    ringing: async (withinMs = 10_000) => {
      const ended = (id: string) =>
        events.entries.some(({ call }) => call?.id === id && call.state === 'destroy');
      const rings = ({ call }: PhoneEvent) =>
        call?.direction === 'inbound' &&
        call.state === 'ringing' &&
        !answered.has(call.id) &&
        !ended(call.id);
      const { call } = await events.next(rings, 'call that rings', { withinMs });
      if (call === undefined) throw new Error('A call rings that has no id.');
      answered.add(call.id);
      return follow(call.id);
    },
    invoke: (method: string, ...args: unknown[]) => invoke(undefined, method, args),
    ear: earOf(page),
    leave: async () => {
      const patience = new Promise((resolve) => setTimeout(resolve, 3_000));
      await Promise.race([invoke(undefined, 'disconnect', []), patience]).catch(() => undefined);
      await page.browserContext().close();
    },
  };
}

/** The ear in the page, used from outside of it. */
function earOf(page: Page): Ear {
  return {
    hear: (...args) => page.evaluate((...given) => window.phone.ear.hear(...given), ...args),
    heardBetween: (...args) => page.evaluate((...given) => window.phone.ear.heardBetween(...given), ...args),
    silences: (...args) => page.evaluate((...given) => window.phone.ear.silences(...given), ...args),
    levels: (...args) => page.evaluate((...given) => window.phone.ear.levels(...given), ...args),
    firstSound: (...args) => page.evaluate((...given) => window.phone.ear.firstSound(...given), ...args),
    firstSilence: (...args) => page.evaluate((...given) => window.phone.ear.firstSilence(...given), ...args),
    close: () => page.evaluate(() => window.phone.ear.close()),
  };
}

function followCall(
  page: Page,
  events: Recorder<PhoneEvent>,
  id: string,
  invoke: (method: string, args: unknown[]) => Promise<unknown>,
): PersonCall {
  return {
    id,
    states: () => {
      const states = events.entries.flatMap(({ call }) => (call?.id === id ? [call.state] : []));
      return states.filter((state, index) => state !== states[index - 1]);
    },
    until: async (state, withinMs = 10_000) => {
      const reached = ({ call }: PhoneEvent) => call?.id === id && call.state === state;
      const event = await events.next(reached, `state ${state} of call ${id}`, { withinMs });
      if (event.call === undefined) throw new Error('The event has no call.');
      return { ...event, call: event.call };
    },
    snapshot: () => page.evaluate((callId) => window.phone.snapshot(callId), id),
    inboundAudio: () => page.evaluate((callId) => window.phone.inboundAudio(callId), id),
    invoke: (method, ...args) => invoke(method, args),
  };
}

/** One line. */
export function describeEvent({ name, type, code, message, connection, params, call }: PhoneEvent): string {
  const state = call === undefined ? '' : `${call.direction} ${call.state} ${call.cause ?? ''} ${call.id}`;
  const told = params === undefined ? '' : JSON.stringify(params);
  return [name, type, code, message, connection, told, state]
    .filter((part) => part !== undefined && part !== '')
    .join(' ');
}
