import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type GatewayProcess, startGateway } from '@parley/testkit';
import { vi } from 'vitest';

const PROGRAM = fileURLToPath(new URL('../../packages/gateway/bin/parley-gateway.js', import.meta.url));
const HOST = 'calls.test';

export interface EdgeNode {
  id: string;
  region: string;
  canary?: boolean;
  /** The ports of its media, by which it can be told from that of others. */
  mediaPorts?: string;
}

/** HAProxy before several gateways, configured by `parley-gateway edge-config`. */
export interface Edge {
  port: number;
  /** `ws://calls.test:PORT` */
  signaling: string;
  /** The host and the port that a node is known by. */
  addressOf(id: string): { host: string; port: number };
  close(): Promise<void>;
}

/** The nodes share one data folder. Where one cannot be started, none is left. */
export async function openEdge(nodes: readonly EdgeNode[]): Promise<Edge> {
  const gateways = new Map<string, GatewayProcess>();
  try {
    return await startAll(nodes, gateways);
  } catch (error) {
    await Promise.allSettled([...gateways.values()].map((gateway) => gateway.stop()));
    throw error;
  }
}

async function startAll(nodes: readonly EdgeNode[], gateways: Map<string, GatewayProcess>): Promise<Edge> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-edge-'));
  // One after the other: the first makes the database.
  for (const { id, region, canary, mediaPorts = '46000-46099' } of nodes) {
    const place = ['--node-id', id, '--region', region, '--media-ports', mediaPorts];
    const args = [...place, ...(canary === true ? ['--canary'] : [])];
    gateways.set(id, await startGateway({ args, data: join(folder, 'data') }));
  }
  const addressOf = (id: string) => {
    const { hostname: host, port } = new URL(gateways.get(id)?.origin ?? '');
    return { host, port: Number(port) };
  };
  const port = await freePort();
  const file = join(folder, 'nodes.json');
  const described = nodes.map(({ id, region, canary = false }) => {
    const { host, port: own } = addressOf(id);
    return { id, region, canary, address: `${host}:${String(own)}` };
  });
  const bind = `127.0.0.1:${String(port)}`;
  await writeFile(file, JSON.stringify({ hosts: [HOST], bind, nodes: described }));
  const config = join(folder, 'haproxy.cfg');
  await writeFile(config, execFileSync(process.execPath, [PROGRAM, 'edge-config', '--nodes', file]));
  const haproxy = spawn('/usr/sbin/haproxy', ['-db', '-f', config], { stdio: 'ignore' });
  await vi.waitFor(async () => {
    const { ok } = await fetch(`http://${bind}/healthz`);
    if (!ok) throw new Error('HAProxy has no node yet.');
  }, 20_000);
  return {
    port,
    signaling: `ws://${HOST}:${String(port)}`,
    addressOf,
    close: async () => {
      await end(haproxy);
      await Promise.all([...gateways.values()].map((gateway) => gateway.stop()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
