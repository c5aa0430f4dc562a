import type { FaultScene, Figures } from './fault-scene.ts';
import { type MediaDetour, openMediaDetour } from './media-detour.ts';
import type { ClientKind, Person, PersonCall } from './people.ts';
import type { SocketFrame } from './socket-frames.ts';
import type { Stage } from './stage.ts';

/** Alice, whose media goes over relays, in a call with bob, whose does not. */
export interface MediaScene extends Omit<FaultScene, 'relay'> {
  readonly detour: MediaDetour;
}

export interface MediaSceneOptions {
  readonly client: ClientKind;
  /** Of alice. Default: caller. */
  readonly role?: 'caller' | 'callee';
  /** For alice's client. */
  readonly options?: object;
}

export async function openMediaScene(
  stage: Stage,
  { client, role = 'caller', options = {} }: MediaSceneOptions,
): Promise<MediaScene> {
  const detour = await openMediaDetour(stage.gateway.signaling);
  const [alice, bob] = await Promise.all([
    stage.enter('alice', { client, signaling: detour.signaling, options }),
    stage.enter('bob', { client }),
  ]);
  const [caller, callee] = role === 'caller' ? [alice, bob] : [bob, alice];
  const placed = await caller.dial(callee.name);
  const taken = await callee.ringing();
  await taken.invoke('answer');
  await Promise.all([placed.until('active'), taken.until('active')]);
  const [outgoing, incoming]: [PersonCall, PersonCall] =
    role === 'caller' ? [placed, taken] : [taken, placed];
  return { alice, bob, detour, outgoing, incoming, close: () => detour.close() };
}

/**
 * Lets everything vanish on the path that alice's media takes, while another is to be had for whoever asks.
 * @returns after how many milliseconds alice asked for it, and each of the two heard the other again
 */
export async function loseMediaPath({ alice, bob, detour }: MediaScene): Promise<Figures> {
  const since = Date.now();
  detour.cutPresent();
  const asks = ({ at, direction, text }: SocketFrame) =>
    at > since && direction === 'sent' && text.includes('"action":"updateMedia"');
  const { at } = await alice.frames.next(asks, 'updateMedia', { withinMs: 30_000 });
  // What was on its way when the path was cut has been played by now.
  const heard = ({ ear }: Person) => ear.firstSound(at, -45, 30_000);
  const [near, far] = await Promise.all([heard(alice), heard(bob)]);
  return { asked: at - since, near: near - since, far: far - since };
}
