import type { ClientKind, Person, PersonCall } from './people.ts';
import type { Stage } from './stage.ts';
import { type TcpRelay, openTcpRelay } from './tcp-relay.ts';

/** What was measured, in milliseconds unless its name says otherwise. */
export type Figures = Readonly<Record<string, number>>;

/** Alice, whose connection is to be broken, in a call with bob, whose is not. */
export interface FaultScene {
  readonly alice: Person;
  readonly bob: Person;
  /** Between alice and the gateway. */
  readonly relay: TcpRelay;
  /** Alice's end, and bob's. */
  readonly outgoing: PersonCall;
  readonly incoming: PersonCall;
  close(): Promise<void>;
}

/** Something that happens to a call, and what was seen of it. */
export interface Fault {
  readonly name: string;
  /** Breaks something, and waits until it is whole again. @throws Error where it is not */
  run(scene: FaultScene): Promise<Figures>;
}

/** @param server the WebSocket's URL that alice's connection leads to. Default: the gateway's */
export async function openFaultScene(
  stage: Stage,
  client: ClientKind,
  options: object = {},
  server = stage.gateway.signaling,
): Promise<FaultScene> {
  const relay = await openTcpRelay({ host: '127.0.0.1', port: Number(new URL(server).port) });
  const signaling = `ws://127.0.0.1:${relay.port}`;
  const [alice, bob] = await Promise.all([
    stage.enter('alice', { client, signaling, options }),
    stage.enter('bob', { client }),
  ]);
  const outgoing = await alice.dial('bob');
  const incoming = await bob.ringing();
  await incoming.invoke('answer');
  await Promise.all([outgoing.until('active'), incoming.until('active')]);
  const since = Date.now();
  await Promise.all([alice.ear.firstSound(since), bob.ear.firstSound(since)]);
  return { alice, bob, relay, outgoing, incoming, close: () => relay.close() };
}

/** @returns when alice was next ready, in milliseconds after `since` */
export async function readyAfter(
  { alice }: Pick<FaultScene, 'alice'>,
  since: number,
  withinMs = 60_000,
): Promise<number> {
  const isReady = ({ name, at }: { name: string; at: number }) => name === 'telnyx.ready' && at > since;
  const { at } = await alice.events.next(isReady, 'telnyx.ready', { withinMs });
  return at - since;
}

/** @returns the longest silence that somebody heard from `since` on, in milliseconds */
export async function stallSince({ ear }: Person, since: number): Promise<number> {
  return Math.max(0, ...(await ear.silences(since)).map(({ ms }) => ms));
}

/** @throws Error where the call is not what it was, or somebody hears nothing */
export async function assertTalking({ alice, bob, outgoing, incoming }: FaultScene): Promise<void> {
  for (const call of [outgoing, incoming]) {
    const { state } = await call.snapshot();
    if (state !== 'active') throw new Error(`Call ${call.id} is ${state}, not active.`);
  }
  const since = Date.now();
  await Promise.all([alice.ear.firstSound(since, -45), bob.ear.firstSound(since, -45)]);
}

export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
