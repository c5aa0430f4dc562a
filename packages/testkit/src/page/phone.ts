import { type Ear, openEar } from './ear.ts';
import { type Ledger, installLedger } from './ledger.ts';

/** What a client's event said, in a form that can leave the page. */
export interface PhoneEvent {
  /** Unix time in milliseconds. */
  at: number;
  name: string;
  /** Of a notification. */
  type?: string;
  /** Of an error or a warning. */
  code?: number;
  message?: string;
  /** Of the connection: what it is, and why. */
  connection?: string;
  /** Of an event of an assistant's. */
  params?: unknown;
  /** Of an event about statistics, all of it. */
  stats?: unknown;
  call?: CallSnapshot;
}

export interface CallSnapshot {
  id: string;
  state: string;
  direction: string;
  cause?: string;
  causeCode?: number;
  sipCode?: number;
  sipReason?: string;
  remoteCallerName?: string;
  remoteCallerNumber?: string;
}

/** The part of a client's surface that the rig uses; ours and the official one have it alike. */
interface Client {
  on(event: string, listener: (payload: unknown) => void): unknown;
  connect(): Promise<void>;
  newCall(options: object): Call;
  [method: string]: unknown;
}

interface Call {
  id: string;
  [member: string]: unknown;
}

declare global {
  interface Window {
    phone: Phone;
    TelnyxWebRTC?: { TelnyxRTC: new (options: object) => Client };
    /** Exposed by the test. */
    report(event: PhoneEvent): Promise<void>;
  }
}

export interface Phone {
  ear: Ear;
  ledger: Ledger;
  /** Loads a client's bundle. */
  load(script: string): Promise<void>;
  /** Makes the client, with every event of it reported. @returns the error's message where it throws */
  open(options: object): string | undefined;
  connect(): Promise<void>;
  /** @returns the call's id */
  dial(options: object): string;
  /** Calls a method of the client, or of a call. */
  invoke(callId: string | undefined, method: string, args: readonly unknown[]): Promise<unknown>;
  /** @param path of a member of the client, such as `connection.host` */
  read(path: string): unknown;
  snapshot(callId: string): CallSnapshot;
  inboundAudio(callId: string): Promise<InboundAudio>;
  /** Makes the browser say that the call's path has failed, as where no check is answered any more; or closes it. */
  losePath(callId: string, how: 'failed' | 'closed'): void;
  /** Lets go of the calls that have ended. */
  forgetCalls(): void;
}

/** W3C statistics of what a call receives. */
export interface InboundAudio {
  packetsReceived: number;
  packetsLost: number;
  concealedSamples: number;
  silentConcealedSamples: number;
  totalSamplesReceived: number;
}

const EVENTS = [
  'telnyx.ready',
  'telnyx.connection',
  'telnyx.error',
  'telnyx.warning',
  'telnyx.warning.cleared',
  'telnyx.stats.frame',
  'telnyx.stats.report',
  'telnyx.notification',
  'telnyx.ai.conversation',
  'telnyx.socket.open',
  'telnyx.socket.close',
  'telnyx.socket.error',
];

/** Puts a telephone into the page: one client, its events, and an ear at the element that plays the remote party. */
export async function installPhone(remote: HTMLAudioElement): Promise<void> {
  const ear = await openEar(() => (remote.srcObject instanceof MediaStream ? remote.srcObject : null));
  // Behind the ear, whose own timer is none of the client's.
  const ledger = installLedger();
  window.phone = { ear, ledger, ...createTelephone(remote) };
}

function createTelephone(remoteElement: HTMLAudioElement): Omit<Phone, 'ear' | 'ledger'> {
  const calls = new Map<string, Call>();
  let client: Client | undefined;
  const opened = () => {
    if (client === undefined) throw new Error('This page has no client yet.');
    return client;
  };
  const call = (id: string) => {
    const found = calls.get(id);
    if (found === undefined) throw new Error(`This page knows no call ${id}.`);
    return found;
  };
  return {
    load: loadScript,
    open: (options) => {
      const Client = window.TelnyxWebRTC?.TelnyxRTC;
      if (Client === undefined) throw new Error('The bundle made no TelnyxWebRTC.TelnyxRTC.');
      try {
        client = new Client(options);
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
      client['remoteElement'] = remoteElement;
      for (const name of EVENTS) {
        client.on(name, (payload) => {
          const notified = member(payload, 'call');
          if (isCall(notified)) calls.set(notified.id, notified);
          void window.report(toEvent(name, payload));
        });
      }
      return undefined;
    },
    connect: () => opened().connect(),
    dial: (options) => {
      const made = opened().newCall(options);
      calls.set(made.id, made);
      return made.id;
    },
    invoke: async (callId, method, args) => {
      const target = callId === undefined ? opened() : call(callId);
      const found = target[method];
      if (typeof found !== 'function') throw new Error(`There is no method ${method}.`);
      const result: unknown = await found.apply(target, args);
      return toPlain(result);
    },
    read: (path) => toPlain(path.split('.').reduce<unknown>(member, opened())),
    snapshot: (callId) => toSnapshot(call(callId)),
    inboundAudio: async (callId) => inboundAudioOf(await connectionOf(call(callId)).getStats()),
    losePath: (callId, how) => {
      const connection = connectionOf(call(callId));
      if (how === 'closed') {
        connection.close();
        return;
      }
      Object.defineProperty(connection, 'connectionState', { value: how });
      connection.dispatchEvent(new Event('connectionstatechange'));
    },
    forgetCalls: () => {
      for (const [id, { state }] of calls) if (state === 'destroy') calls.delete(id);
    },
  };
}

function loadScript(source: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.onload = () => {
      resolve();
    };
    script.onerror = () => {
      reject(new Error(`${source} cannot be loaded.`));
    };
    script.src = source;
    document.head.append(script);
  });
}

function toEvent(name: string, payload: unknown): PhoneEvent {
  const event: PhoneEvent = { at: performance.timeOrigin + performance.now(), name };
  const type = member(payload, 'type');
  if (typeof type === 'string') event.type = type;
  const params = member(payload, 'params');
  if (name === 'telnyx.ai.conversation' && params !== undefined) event.params = params;
  if (name.startsWith('telnyx.stats.')) event.stats = JSON.parse(JSON.stringify(payload));
  const problem = member(payload, 'error') ?? member(payload, 'warning');
  const code = member(problem, 'code');
  if (typeof code === 'number') event.code = code;
  const message = member(problem, 'message');
  if (typeof message === 'string') event.message = message;
  if (name === 'telnyx.connection') {
    event.connection = `${String(member(payload, 'state'))}: ${String(member(payload, 'reason'))}`;
  }
  const call = member(payload, 'call');
  if (isCall(call)) event.call = toSnapshot(call);
  return event;
}

function toSnapshot(call: Call): CallSnapshot {
  const options = call['options'];
  const named = {
    cause: call['cause'],
    causeCode: call['causeCode'],
    sipCode: call['sipCode'],
    sipReason: call['sipReason'],
    remoteCallerName: member(options, 'remoteCallerName'),
    remoteCallerNumber: member(options, 'remoteCallerNumber'),
  };
  const given = Object.entries(named).filter(([, value]) => value !== undefined && value !== null);
  return {
    id: call.id,
    state: String(call['state']),
    direction: String(call['direction']),
    ...Object.fromEntries(given),
  };
}

function inboundAudioOf(report: RTCStatsReport): InboundAudio {
  const inbound: unknown[] = [];
  report.forEach((entry: unknown) => {
    if (member(entry, 'type') === 'inbound-rtp') inbound.push(entry);
  });
  const count = (name: string) => Number(member(inbound[0], name) ?? 0);
  return {
    packetsReceived: count('packetsReceived'),
    packetsLost: count('packetsLost'),
    concealedSamples: count('concealedSamples'),
    silentConcealedSamples: count('silentConcealedSamples'),
    totalSamplesReceived: count('totalSamplesReceived'),
  };
}

function connectionOf(call: Call): RTCPeerConnection {
  const connection = member(call['peer'], 'instance');
  if (!(connection instanceof RTCPeerConnection)) throw new Error(`Call ${call.id} has no peer.instance.`);
  return connection;
}

function isCall(value: unknown): value is Call {
  return typeof member(value, 'id') === 'string';
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const found: unknown = Reflect.get(value, name);
  return found;
}

/** Only plain data can leave the page; of anything else it is enough to know that it came. */
function toPlain(value: unknown): unknown {
  return ['string', 'number', 'boolean'].includes(typeof value) || value === null ? value : undefined;
}
