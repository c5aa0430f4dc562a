/**
 * Faults for applications to test themselves with: `import { simulate } from '@parley/webrtc/simulate'`. A page that
 * does not import it does not load it.
 */
import type { TelnyxRTC } from './index.ts';
import type { StartTimer } from './kernel/machine.ts';
import type { SocketPort } from './platform/ports.ts';

/**
 * - `drop`: the socket closes
 * - `half-open`: the socket stays open, and nothing passes in either direction
 * - `server-leaves`: the server closes as it does before a restart, and asks to be left alone for the time
 * - `offline`: no socket can be opened, the open one is half-open, and the browser says that it is offline
 * - `sleep`: the page does nothing at all, and its socket does not survive; it cannot be used meanwhile
 * - `media-fails`: the peer connection of every call closes
 * - `microphone-lost`: the microphone of every call ends, as if it were unplugged
 */
export type Fault =
  'drop' | 'half-open' | 'server-leaves' | 'offline' | 'sleep' | 'media-fails' | 'microphone-lost';

export interface ISimulation {
  /** How long it lasts, from 0 to 600; for faults that last. Default: 10. */
  seconds?: number | undefined;
}

const LONGEST_SECONDS = 600;

/**
 * Makes a fault happen to one client. Nothing else of the page is touched, but that `offline` also tells its
 * listeners of `offline` and `online`, and `sleep` stops them.
 *
 * @returns settles when the fault is over; what the client makes of it is told by its events
 * @throws RangeError where the time is out of bounds; Error where there is nothing to break
 */
export async function simulate(
  client: TelnyxRTC,
  fault: Fault,
  { seconds = 10 }: ISimulation = {},
): Promise<void> {
  if (!(seconds >= 0 && seconds <= LONGEST_SECONDS)) {
    throw new RangeError(`seconds must be from 0 to ${LONGEST_SECONDS}, not ${seconds}`);
  }
  switch (fault) {
    case 'drop':
      portOf(client).close();
      break;
    case 'half-open':
      await halfOpen(client, seconds);
      break;
    case 'server-leaves':
      leave(client, seconds);
      break;
    case 'offline':
      await offline(client, seconds);
      break;
    case 'sleep':
      breakSocket(client);
      stopThePage(client, seconds);
      break;
    case 'media-fails':
      for (const { peer } of callsOf(client)) peer?.instance.close();
      break;
    case 'microphone-lost':
      for (const { localStream } of callsOf(client)) {
        for (const track of localStream?.getAudioTracks() ?? []) {
          track.stop();
          track.dispatchEvent(new Event('ended'));
        }
      }
      break;
  }
}

function portOf(client: TelnyxRTC) {
  const socket = client.core().session.sockets.current;
  if (!socket) throw new Error('There is no connection to break: connect first.');
  return socket.port;
}

function callsOf(client: TelnyxRTC) {
  const calls = client.getActiveCalls();
  if (calls.length === 0) throw new Error('There is no call to break: make one first.');
  return calls;
}

async function halfOpen(client: TelnyxRTC, seconds: number): Promise<void> {
  const mend = breakSocket(client);
  await pass(client, seconds);
  mend();
}

/**
 * Nothing passes any more. That the client closes the socket is heard by both sides nevertheless.
 * @returns mends it where it is in use still
 */
function breakSocket(client: TelnyxRTC): () => void {
  const port = portOf(client);
  const { onmessage } = port;
  port.onmessage = null;
  port.send = () => undefined;
  return () => {
    if (client.core().session.sockets.current?.port !== port) return;
    port.onmessage = onmessage;
    // That of its prototype is back.
    Reflect.deleteProperty(port, 'send');
  };
}

function leave(client: TelnyxRTC, seconds: number): void {
  const port = portOf(client);
  const reason = `restarting, retry-after=${Math.round(seconds)}`;
  port.onclose?.(new CloseEvent('close', { code: 1012, reason, wasClean: true }));
  port.close();
}

async function offline(client: TelnyxRTC, seconds: number): Promise<void> {
  // Throws while nothing has been changed yet.
  portOf(client);
  const { platform } = client.core();
  if (!platform.isOnline()) throw new Error('It is offline already: wait until it is back.');
  const { isOnline, openSocket } = platform;
  platform.isOnline = () => false;
  platform.openSocket = () => unreachable(platform.startTimer);
  globalThis.dispatchEvent(new Event('offline'));
  await halfOpen(client, seconds);
  Object.assign(platform, { isOnline, openSocket });
  globalThis.dispatchEvent(new Event('online'));
}

function unreachable(startTimer: StartTimer): SocketPort {
  const port: SocketPort = {
    onopen: null,
    onmessage: null,
    onerror: null,
    onclose: null,
    send: () => undefined,
    close: () => undefined,
  };
  startTimer(0, () => {
    port.onerror?.(new Event('error'));
    port.onclose?.(new CloseEvent('close', { code: 1006 }));
  });
  return port;
}

/** Keeps the thread of the page, so that none of its timers and events come. */
function stopThePage(client: TelnyxRTC, seconds: number): void {
  const { now } = client.core().platform;
  const until = now() + seconds * 1_000;
  while (now() < until);
}

async function pass(client: TelnyxRTC, seconds: number): Promise<void> {
  const { startTimer } = client.core().platform;
  await new Promise<void>((resolve) => startTimer(seconds * 1_000, resolve));
}
