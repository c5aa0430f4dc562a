import { isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';

import type { Clock } from '../ports.ts';
import { createEngine } from './engines/create-engine.ts';
import type { Engine } from './engines/engine.ts';
import { createEngineEnd } from './engines/engine-end.ts';
import type { EngineName, EngineSettings } from './engines/engine-messages.ts';
import { createLeg, type Leg, type LegPorts } from './leg.ts';
import { MediaError, type MediaCommand, type MediaLegId } from './media-plane.ts';
import { createPortPool } from './port-pool.ts';
import { encodeTones } from './tones.ts';
import {
  type BoundAddresses,
  createPeer,
  makeCertificate,
  type PeerCertificate,
  type PeerEvents,
} from './werift-peer.ts';
import type { FromMediaWorker, MediaResult, MediaSettings, ToMediaWorker } from './worker-protocol.ts';

/** All legs of the calls that one worker has, behind messages. It runs in a process of its own or, in tests, in ours. */
export interface MediaWorkerCore {
  handle(message: ToMediaWorker): void;
}

const TICK_MS = 5;
const PORT_ATTEMPTS = 5;
/** As much as the random source can give at once. */
const MOST_RANDOM = 2 ** 48 - 1;

export interface MediaWorkerPorts {
  clock: Clock;
  /** A whole number from 0 to below `limit`. */
  random(limit: number): number;
  post: (message: FromMediaWorker) => void;
}

export function createMediaWorkerCore(ports: MediaWorkerPorts): MediaWorkerCore {
  const { post } = ports;
  let running: Promise<Legs> | undefined;
  const carryOut = async (id: number, command: MediaCommand): Promise<void> => {
    try {
      if (running === undefined) throw new MediaError('closed', 'The media worker was not started.');
      const legs = await running;
      post({ type: 'result', id, result: await legs.carryOut(command) });
    } catch (error) {
      post({ type: 'refused', id, ...refusalOf(error) });
    }
  };
  return {
    handle: (message) => {
      switch (message.type) {
        case 'start':
          running = startLegs(message.settings, ports);
          void running.then(() => post({ type: 'ready' }));
          return;
        case 'command':
          void carryOut(message.id, message.command);
          return;
        case 'close':
          void running?.then((legs) => legs.close()).then(() => post({ type: 'closed' }));
          return;
      }
    },
  };
}

function refusalOf(error: unknown): { failure: MediaError['failure']; message: string } {
  if (error instanceof MediaError) return { failure: error.failure, message: error.message };
  const reason = error instanceof Error ? error.message : String(error);
  return { failure: 'worker-lost', message: `The media worker failed at this command: ${reason}` };
}

interface Legs {
  carryOut(command: MediaCommand): Promise<MediaResult>;
  close(): Promise<void>;
}

async function startLegs(settings: MediaSettings, ports: MediaWorkerPorts): Promise<Legs> {
  const { clock, post } = ports;
  const certificate = await makeCertificate();
  const tones = encodeTones();
  const boundTo = boundAddresses(settings.addresses);
  const pool = settings.portRange === undefined ? undefined : createPortPool(settings.portRange);
  const legs = new Map<MediaLegId, Leg>();
  const engines = new Map<MediaLegId, Engine>();
  /** The last command of each leg: one waits for the one before it. */
  const lastOf = new Map<MediaLegId, Promise<unknown>>();
  let stopTicking: (() => void) | undefined;

  const openPeer = async (
    offerer: 'browser' | 'gateway',
    identity: PeerCertificate,
    events: PeerEvents,
  ): ReturnType<typeof createPeer> => {
    for (let attempt = 1; ; attempt += 1) {
      const taken = pool?.take(settings.addresses.length);
      const options = { addresses: settings.addresses, boundTo, certificate: identity, offerer };
      try {
        const peer = await createPeer(taken === undefined ? options : { ...options, ports: taken }, events);
        return { ...peer, close: () => peer.close().finally(() => pool?.giveBack(taken ?? [])) };
      } catch (error) {
        // Somebody else has the port: it goes to the end of the queue.
        pool?.giveBack(taken ?? []);
        if (taken === undefined || attempt === PORT_ATTEMPTS) throw error;
      }
    }
  };
  const legPorts = (): LegPorts => ({
    clock,
    tones,
    // Below 2^15, so that the first packets cannot be on both sides of a wrap: RFC 3711 §3.3.1.
    start: { sequence: ports.random(0x8000), timestamp: ports.random(0x1_0000_0000) },
    silenceTimeoutMs: settings.silenceTimeoutMs,
    createPeer: (offerer, events) => openPeer(offerer, certificate, events),
    createFreshPeer: async (offerer, events) => openPeer(offerer, await makeCertificate(), events),
    emit: (event) => post({ type: 'event', event }),
  });
  const existing = (id: MediaLegId): Leg => {
    const leg = legs.get(id);
    if (leg === undefined) throw new MediaError('no-such-leg', `There is no leg ${id}.`);
    return leg;
  };
  const make = (id: MediaLegId, call: string): Leg => {
    const leg = createLeg(id, call, legPorts());
    legs.set(id, leg);
    tick();
    return leg;
  };
  /** A leg whose first command fails is no leg. */
  const firstOr = async <T>(id: MediaLegId, call: string, command: (leg: Leg) => Promise<T>): Promise<T> => {
    const known = legs.get(id);
    if (known !== undefined) return command(known);
    const leg = make(id, call);
    try {
      return await command(leg);
    } catch (error) {
      await close(id);
      throw error;
    }
  };
  const close = async (id: MediaLegId): Promise<void> => {
    const leg = legs.get(id);
    if (leg === undefined) return;
    legs.delete(id);
    part(leg);
    await leg.close();
  };
  const converse = (leg: Leg, name: EngineName, settings: EngineSettings): void => {
    part(leg);
    const end = createEngineEnd(leg, (enginePorts) => createEngine(name, settings, enginePorts), {
      tell: (output) => post({ type: 'event', event: { type: 'engine', leg: leg.id, output } }),
      callId: () => `call_${ports.random(MOST_RANDOM).toString(36)}${ports.random(MOST_RANDOM).toString(36)}`,
      closed: () => engines.delete(leg.id),
    });
    engines.set(leg.id, end.engine);
    leg.listenTo(end);
  };
  const engineOf = (id: MediaLegId): Engine => {
    const engine = engines.get(id);
    if (engine === undefined) throw new MediaError('wrong-state', `Leg ${existing(id).id} has no engine.`);
    return engine;
  };
  const tick = (): void => {
    stopTicking ??= clock.after(TICK_MS, () => {
      stopTicking = undefined;
      for (const leg of legs.values()) leg.tick();
      if (legs.size > 0) tick();
    });
  };

  const dispatch = async (command: MediaCommand): Promise<MediaResult> => {
    switch (command.type) {
      case 'accept':
        return firstOr(command.leg, command.call, (leg) => leg.accept(command.sdp));
      case 'offer':
        return firstOr(command.leg, command.call, (leg) => leg.offer());
      case 'remake':
        return firstOr(command.leg, command.call, (leg) => leg.remake(command.sdp));
      case 'answer':
        return existing(command.leg).answer(command.sdp);
      case 'candidate':
        return existing(command.leg).addCandidate(command.candidate);
      case 'bridge':
        bridge(existing(command.legs[0]), existing(command.legs[1]));
        return undefined;
      case 'hold':
        existing(command.leg).hold(command.held);
        return undefined;
      case 'play':
        existing(command.leg).play(command.tone);
        return undefined;
      case 'dtmf':
        existing(command.leg).sendDigits(command.digits);
        return undefined;
      case 'converse':
        converse(existing(command.leg), command.engine, command.settings);
        return undefined;
      case 'tell':
        engineOf(command.leg).take(command.input);
        return undefined;
      case 'close':
        await close(command.leg);
        return undefined;
    }
  };

  return {
    carryOut: (command) => {
      const ids = command.type === 'bridge' ? command.legs : [command.leg];
      const before = ids.map((id) => lastOf.get(id)).filter((last) => last !== undefined);
      const done = Promise.allSettled(before).then(() => dispatch(command));
      const settled = done.then(
        () => undefined,
        () => undefined,
      );
      for (const id of ids) lastOf.set(id, settled);
      void settled.then(() => {
        for (const id of ids) if (lastOf.get(id) === settled) lastOf.delete(id);
      });
      return done;
    },
    close: async () => {
      stopTicking?.();
      await Promise.allSettled([...legs.keys()].map(close));
    },
  };
}

/**
 * Sockets listen at the advertised address alone, where it is one of this machine's and the only one of its family.
 * An address that a NAT translates is not the machine's, and several cannot be told to the media library.
 */
function boundAddresses(addresses: readonly string[]): BoundAddresses {
  const own = Object.values(networkInterfaces()).flatMap(
    (entries) => entries?.map(({ address }) => address) ?? [],
  );
  const [udp4, ...others4] = addresses.filter((address) => isIPv4(address));
  const [udp6, ...others6] = addresses.filter((address) => !isIPv4(address));
  return {
    ...(udp4 !== undefined && others4.length === 0 && own.includes(udp4) && { udp4 }),
    ...(udp6 !== undefined && others6.length === 0 && own.includes(udp6) && { udp6 }),
  };
}

function bridge(left: Leg, right: Leg): void {
  part(left);
  part(right);
  left.listenTo(right);
  right.listenTo(left);
}

function part(leg: Leg): void {
  leg.partner()?.listenTo(undefined);
  leg.listenTo(undefined);
}
