import type { HangupCause, ServerMethod } from '@parley/protocol';
import type { CallJournal } from './calls/call-journal.ts';
import { type CallWatch, unwatched } from './calls/call-watch.ts';
import type { IceService } from './ice/ice-grants.ts';
import type { MediaCommand, MediaEvent, MediaPlane, MediaResults } from './media/media-plane.ts';
import type { Clock, Log } from './ports.ts';
import type { Authentication, Authenticator, Identity } from './registrar/authenticator.ts';
import type { Connection, Socket } from './sessions/connection.ts';
import { createSignaling, type Signaling } from './signaling.ts';
import { fakeVisits, type VisitsRig } from './assistants/visits.fixture.ts';

/** Time that passes only when told to. */
export class FakeClock implements Clock {
  #now = 0;
  readonly #timers = new Set<{ at: number; callback: () => void }>();

  now = (): number => 1_800_000_000_000 + this.#now;
  monotonic = (): number => this.#now;
  after = (milliseconds: number, callback: () => void): (() => void) => {
    const timer = { at: this.#now + milliseconds, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  };

  get timers(): number {
    return this.#timers.size;
  }

  async advance(milliseconds: number): Promise<void> {
    const until = this.#now + milliseconds;
    for (;;) {
      const next = [...this.#timers].sort((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > until) break;
      this.#timers.delete(next);
      this.#now = next.at;
      next.callback();
      await settled();
    }
    this.#now = until;
  }
}

/** Answers every command at once, and remembers it. */
export class FakeMediaPlane implements MediaPlane {
  readonly commands: MediaCommand[] = [];
  readonly legs = new Set<string>();
  capacity = 100;
  /** Legs whose processes were ended. */
  readonly killed: string[] = [];
  /** Answers no command any more. */
  stuck = false;
  /** What the next commands of a type are refused with. */
  readonly failures = new Map<MediaCommand['type'], Error>();
  readonly #listeners = new Set<(event: MediaEvent) => void>();

  send<C extends MediaCommand>(command: C): Promise<MediaResults[C['type']]>;
  send(command: MediaCommand): Promise<MediaResults[MediaCommand['type']]> {
    this.commands.push(command);
    const failure = this.failures.get(command.type);
    if (failure !== undefined) return Promise.reject(failure);
    if (this.stuck) return new Promise(() => undefined);
    switch (command.type) {
      case 'accept':
      case 'offer':
      case 'remake':
        this.legs.add(command.leg);
        return Promise.resolve({ sdp: `${command.type} ${command.leg}` });
      case 'close':
        this.legs.delete(command.leg);
        return Promise.resolve(undefined);
      case 'answer':
      case 'candidate':
      case 'bridge':
      case 'hold':
      case 'play':
      case 'dtmf':
      case 'converse':
      case 'tell':
        return Promise.resolve(undefined);
    }
  }

  onEvent(listener: (event: MediaEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: MediaEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  killWorkerOf(leg: string): boolean {
    this.killed.push(leg);
    return this.legs.has(leg);
  }

  status() {
    return { ready: true, workers: 1, legs: this.legs.size, capacity: this.capacity };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  typed<T extends MediaCommand['type']>(type: T): Extract<MediaCommand, { type: T }>[] {
    return this.commands.filter(
      (command): command is Extract<MediaCommand, { type: T }> => command.type === type,
    );
  }
}

export interface Frame {
  id?: number | string;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
  error?: { code: number; message: string };
  voice_sdk_id?: string;
}

/** One client's socket, spoken to by hand. */
export class FakeClient {
  readonly frames: Frame[] = [];
  closed: { code: number; reason: string } | null = null;
  stalledForMs: number | null = null;
  readonly connection: Connection;
  #nextId = 1;

  constructor(signaling: Signaling, address: string) {
    const socket: Socket = {
      send: (text) => this.frames.push(JSON.parse(text) as Frame),
      close: (code, reason) => {
        this.closed ??= { code, reason };
        this.connection.socketClosed();
      },
      terminate: () => {
        socket.close(1006, '');
      },
      stall: (forMs) => (this.stalledForMs = forMs),
    };
    this.connection = signaling.onSocket(socket, address);
  }

  /** @returns the answer */
  async request(method: ServerMethod, params: object = {}): Promise<Frame> {
    const id = this.send(method, params);
    await settled();
    const answer = this.frames.find((frame) => frame.id === id && frame.method === undefined);
    if (answer === undefined) throw new Error(`${method} was not answered`);
    return answer;
  }

  /** @returns the request's id */
  send(method: string, params: object = {}): string {
    const id = `c${String(this.#nextId++)}`;
    this.connection.receive(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    return id;
  }

  async login(user: string, more: object = {}): Promise<Frame> {
    return await this.request('login', { login: user, passwd: user, ...more });
  }

  /** Logs in as a visitor of assistant `a`. */
  async visit(more: object = {}): Promise<Frame> {
    return await this.request('anonymous_login', { target_type: 'ai_assistant', target_id: 'a', ...more });
  }

  async invite(callID: string, destination: string, more: object = {}): Promise<Frame> {
    return await this.request('telnyx_rtc.invite', {
      sdp: `offer ${callID}`,
      dialogParams: { callID, destination_number: destination, ...more },
    });
  }

  async bye(callID: string, cause?: HangupCause): Promise<Frame> {
    return await this.request('telnyx_rtc.bye', { dialogParams: { callID }, ...cause });
  }

  /** The parameters of every request of this method so far. */
  got(method: string): Record<string, unknown>[] {
    return this.frames.flatMap((frame) => (frame.method === method ? [frame.params ?? {}] : []));
  }

  /** Takes the latest request of this method, as a client does. @returns its parameters */
  async acknowledge(method: string): Promise<Record<string, unknown>> {
    const request = this.frames.findLast((frame) => frame.method === method);
    if (request === undefined) throw new Error(`no ${method} came`);
    this.connection.receive(JSON.stringify({ jsonrpc: '2.0', id: request.id, result: { method } }));
    await settled();
    return request.params ?? {};
  }

  /** The order in which things came: methods, and `result` for answers. */
  get order(): string[] {
    return this.frames.map((frame) => frame.method ?? 'result');
  }
}

/** How long a token of a rig holds that does not say so. */
const TOKEN_MS = 86_400_000;

export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

export interface Rig extends VisitsRig {
  signaling: Signaling;
  authenticator: Authenticator;
  clock: FakeClock;
  media: FakeMediaPlane;
  /** From now on users are looked up slowly. @returns lets what waits for it go on */
  stallLookUps(): () => Promise<void>;
  /** Counted by name. */
  metered: string[];
  client(address?: string): FakeClient;
  signedIn(user: string, more?: object): Promise<FakeClient>;
}

export interface RigParts {
  /** What it does otherwise. */
  authenticator?: Partial<Authenticator>;
  /** One that several gateways share, which come one after another. */
  clock?: FakeClock;
  journal?: CallJournal;
  watch?: CallWatch;
  /** Makes the ids of this one differ from those of others. */
  run?: string;
}

const noJournal: CallJournal = {
  callStarted: () => undefined,
  callChanged: () => undefined,
  sessionChanged: () => undefined,
  sessionEnded: () => undefined,
};

/** A gateway's signaling with users whose passwords and tokens are their names; `alice for 60` is a token for 60 s. */
export function rig(
  users: readonly (Partial<Identity> & { sipUsername: string })[] = [
    { sipUsername: 'alice' },
    { sipUsername: 'bob' },
  ],
  iceService?: IceService,
  {
    clock = new FakeClock(),
    journal = noJournal,
    watch = unwatched,
    run = '',
    authenticator: given,
  }: RigParts = {},
): Rig {
  const media = new FakeMediaPlane();
  const metered: string[] = [];
  const assistants = fakeVisits();
  let serial = 0;
  let lookUps = Promise.resolve();
  const authenticator = { ...authenticatorOf(users, clock, () => lookUps), ...given };
  const unique = (kind: string) => `${kind}-${run}${String((serial += 1))}`;
  const signaling = createSignaling({
    visits: assistants.visits,
    authenticator,
    media,
    clock,
    random: { uuid: () => unique('id'), token: () => unique('token') },
    log: silentLog,
    meter: {
      loginRefused: (reason) => metered.push(reason === 'wrong' ? 'loginRefused' : reason),
      callSetUp: () => metered.push('callSetUp'),
      callEnded: (cause) => metered.push(cause),
    },
    journal,
    watch,
    nodeId: 'n1',
    region: 'here',
    iceService,
    holdMs: 190_000,
    ringMs: 60_000,
    waitingPerAddress: 20,
  });
  const client = (address = '192.0.2.1') => new FakeClient(signaling, address);
  return {
    ...assistants,
    signaling,
    authenticator,
    clock,
    media,
    stallLookUps: () => {
      let goOn: () => void = () => undefined;
      lookUps = new Promise((resolve) => {
        goOn = resolve;
      });
      return async () => {
        goOn();
        await settled();
      };
    },
    metered,
    client,
    signedIn: async (user, more) => {
      const signedIn = client();
      await signedIn.login(user, more);
      await signedIn.request('telnyx_rtc.gatewayState');
      return signedIn;
    },
  };
}

function authenticatorOf(
  users: readonly (Partial<Identity> & { sipUsername: string })[],
  clock: Clock,
  lookedUp: () => Promise<void>,
): Authenticator {
  const authentications = new Map<string, Authentication>(
    users.map((user) => [
      user.sipUsername,
      {
        identity: {
          credentialId: `credential-${user.sipUsername}`,
          displayName: user.sipUsername.toUpperCase(),
          callerNumbers: [],
          generateRingback: true,
          maxCalls: null,
          ...user,
        },
        expiresAt: null,
        tokenId: null,
      },
    ]),
  );
  return {
    password: async (login, password) => {
      await lookedUp();
      return login === password ? (authentications.get(login) ?? null) : null;
    },
    token: async (token) => {
      await lookedUp();
      const [user = '', seconds] = token.split(' for ');
      const authentication = authentications.get(user);
      if (authentication === undefined) return null;
      const expiresAt = clock.now() + (seconds === undefined ? TOKEN_MS : Number(seconds) * 1000);
      return { ...authentication, expiresAt, tokenId: `token-of-${token}` };
    },
    identityOf: (credentialId) => {
      const identities = [...authentications.values()].map(({ identity }) => identity);
      return Promise.resolve(identities.find((identity) => identity.credentialId === credentialId) ?? null);
    },
    isUser: async (user) => {
      await lookedUp();
      return authentications.has(user);
    },
  };
}

/**
 * Alice has called Bob, whose client has taken the invite.
 *
 * @param more members of both their logins
 */
export async function ringing(
  gateway: Rig,
  more?: object,
): Promise<{ alice: FakeClient; bob: FakeClient; bobsCallId: string }> {
  const alice = await gateway.signedIn('alice', more);
  const bob = await gateway.signedIn('bob', more);
  await alice.invite('a-1', 'bob');
  await settled();
  const { callID } = await bob.acknowledge('telnyx_rtc.invite');
  return { alice, bob, bobsCallId: String(callID) };
}

/** Bob has answered, and Alice's client has taken that. */
export async function talking(gateway: Rig, more?: object) {
  const call = await ringing(gateway, more);
  await call.bob.request('telnyx_rtc.answer', {
    sdp: 'answer of bob',
    dialogParams: { callID: call.bobsCallId },
  });
  await settled();
  await call.alice.acknowledge('telnyx_rtc.answer');
  return call;
}

/** Time goes by, and these clients show that they are alive. */
export async function pass({ clock }: Rig, milliseconds: number, ...clients: FakeClient[]): Promise<void> {
  const step = 10_000;
  for (let left = milliseconds; left > 0; left -= step) {
    await clock.advance(Math.min(left, step));
    await Promise.all(clients.map((client) => client.request('telnyx_rtc.ping')));
  }
}

/** Lets everything that is under way come to rest. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
