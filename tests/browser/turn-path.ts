import type { IceServer } from '@parley/protocol';
import {
  type Impairment,
  type GatewayProcess,
  type TcpRelay,
  type UdpRelay,
  openTcpRelay,
  openUdpRelay,
} from '@parley/testkit';

import { openRawClient } from '../security/raw-client.ts';

export interface TurnServer {
  host: string;
  port: number;
  username: string;
  credential: string;
}

/** What the gateway grants a user now, as another page of that user would get it. */
export async function grantedServers(gateway: GatewayProcess, user: string): Promise<IceServer[]> {
  const client = await openRawClient(gateway.signaling);
  try {
    const parley = { capabilities: ['iceServers'] };
    const { result } = await client.request('login', { login: user, passwd: user, parley });
    const extension: { iceServers?: IceServer[] } = result?.['parley'] ?? {};
    return extension.iceServers ?? [];
  } finally {
    client.close();
  }
}

export function turnServerIn(servers: readonly (IceServer | RTCIceServer)[]): TurnServer {
  const { urls = '', username = '', credential = '' } = servers.find((server) => server.username) ?? {};
  const [, host = '', port] = /^turn:([\d.]+):(\d+)/.exec([urls].flat().join()) ?? [];
  return { host, port: Number(port), username, credential };
}

/** The gateway's TURN server, reached over relays alone. */
export interface TurnPath {
  iceServers: RTCIceServer[];
  username: string;
  /** Holds back what passes, each way; by TCP, too. */
  delay(ms: number): void;
  impair(impairment: Partial<Impairment>): void;
  /** Nothing gets through any more. */
  block(): void;
  close(): Promise<void>;
}

export async function openTurnPath(gateway: GatewayProcess, user: string): Promise<TurnPath> {
  const { host, port, username, credential } = turnServerIn(await grantedServers(gateway, user));
  const udp: UdpRelay = await openUdpRelay({ target: { address: host, port } });
  const tcp: TcpRelay = await openTcpRelay({ host, port });
  const urls = [`turn:127.0.0.1:${udp.port}?transport=udp`, `turn:127.0.0.1:${tcp.port}?transport=tcp`];
  return {
    iceServers: [{ urls, username, credential }],
    username,
    delay: (ms) => {
      udp.impair({ delayMs: ms });
      tcp.setDelay(ms);
    },
    impair: udp.impair,
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
