import { type Socket, createSocket } from 'node:dgram';

import { createDelayLine } from './delay-line.ts';

/** What a path does to packets, each way. */
export interface Impairment {
  delayMs: number;
  /** A packet takes up to this much longer, and may be overtaken. */
  jitterMs: number;
  /** From 0 to 1. */
  loss: number;
}

/** A path to a UDP port: packets sent to `port` reach the target, and its answers their sender. */
export interface UdpRelay {
  port: number;
  /** Applies to packets that are sent from now on. */
  impair(impairment: Partial<Impairment>): void;
  /** Drops everything until `mend()`. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

export interface UdpRelayOptions extends Partial<Impairment> {
  target: { address: string; port: number };
  /** Gives numbers from 0 up to 1; the default repeats itself from run to run. */
  random?: () => number;
  /** Is shown every packet as it goes on, or as it is dropped. */
  tap?: Tap;
}

/** @param sent false: it is dropped */
export type Tap = (bytes: Buffer, sent: boolean) => void;

type Packet = () => void;

export async function openUdpRelay(options: UdpRelayOptions): Promise<UdpRelay> {
  const { target, random = seededRandom(1), tap, ...impairment } = options;
  const path: Impairment & { cut: boolean } = { delayMs: 0, jitterMs: 0, loss: 0, cut: false, ...impairment };
  const line = createDelayLine<Packet>((send) => {
    send();
  });
  const late = new Set<NodeJS.Timeout>();
  const forward = (bytes: Buffer, pass: Packet) => {
    const send = () => {
      tap?.(bytes, true);
      pass();
    };
    if (path.cut || random() < path.loss) {
      tap?.(bytes, false);
      return;
    }
    if (path.jitterMs === 0) {
      line.push(send, path.delayMs);
      return;
    }
    const timer = setTimeout(
      () => {
        late.delete(timer);
        send();
      },
      path.delayMs + random() * path.jitterMs,
    );
    late.add(timer);
  };
  const clients = new Map<string, Socket>();
  const front = await bind();
  const openBack = (address: string, port: number) => {
    const back = createSocket('udp4');
    back.on('error', () => undefined);
    back.on('message', (bytes) => {
      forward(bytes, () => {
        front.send(bytes, port, address);
      });
    });
    clients.set(`${address}:${port}`, back);
    return back;
  };
  front.on('error', () => undefined);
  front.on('message', (bytes, { address, port }) => {
    const back = clients.get(`${address}:${port}`) ?? openBack(address, port);
    forward(bytes, () => {
      back.send(bytes, target.port, target.address);
    });
  });
  return {
    port: front.address().port,
    impair: (change) => Object.assign(path, change),
    cut: () => {
      path.cut = true;
    },
    mend: () => {
      path.cut = false;
    },
    close: async () => {
      path.cut = true;
      line.clear();
      for (const timer of late) clearTimeout(timer);
      await Promise.all([front, ...clients.values()].map(closeSocket));
    },
  };
}

async function bind(): Promise<Socket> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return socket;
}

function closeSocket(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.close(() => {
      resolve();
    });
  });
}

/** Park and Miller's generator: good enough to drop packets, and the same every time. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 0x7fffffff;
    return state / 0x7fffffff;
  };
}
