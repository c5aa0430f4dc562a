import type { IceServer } from '@parley/protocol';

import { openTcpRelay } from './tcp-relay.ts';
import { openUdpRelay } from './udp-relay.ts';

/** One that relays, by UDP and TCP at one port. */
export interface TurnServer {
  host: string;
  port: number;
  username: string;
  credential: string;
}

/** The first one that relays at an IPv4 address. */
export function turnServerIn(servers: readonly (IceServer | RTCIceServer)[]): TurnServer {
  const { urls = '', username = '', credential = '' } = servers.find((server) => server.username) ?? {};
  const [, host = '', port] = /^turn:([\d.]+):(\d+)/.exec([urls].flat().join()) ?? [];
  return { host, port: Number(port), username, credential };
}

/** A TURN server that is reached over relays alone. */
export interface TurnPath {
  iceServers: RTCIceServer[];
  username: string;
  /** Holds back what passes, each way; by TCP, too. */
  delay(ms: number): void;
  /** Nothing gets through by UDP any more. */
  cutUdp(): void;
  /** Nothing gets through any more. */
  block(): void;
  close(): Promise<void>;
}

export async function openTurnPath(server: TurnServer): Promise<TurnPath> {
  const { host, port, username, credential } = server;
  const udp = await openUdpRelay({ target: { address: host, port } });
  const tcp = await openTcpRelay({ host, port });
  const urls = [`turn:127.0.0.1:${udp.port}?transport=udp`, `turn:127.0.0.1:${tcp.port}?transport=tcp`];
  return {
    iceServers: [{ urls, username, credential }],
    username,
    delay: (ms) => {
      udp.impair({ delayMs: ms });
      tcp.setDelay(ms);
    },
    cutUdp: () => {
      udp.cut();
    },
    block: () => {
      udp.cut();
      tcp.welcome('hang');
      tcp.halfOpen();
    },
    close: async () => {
      await Promise.all([udp.close(), tcp.close()]);
    },
  };
}
