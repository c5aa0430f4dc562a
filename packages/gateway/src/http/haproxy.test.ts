import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { readEdge } from '../cluster/edge-nodes.ts';
import { haproxyConfig } from '../cluster/haproxy-config.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const program = fileURLToPath(new URL('../../bin/parley-gateway.js', import.meta.url));
const example = fileURLToPath(new URL('../../../../docs/examples/haproxy.cfg', import.meta.url));
/** A person elsewhere, and one of the network that may read metrics, as far as loopback can tell them apart. */
const somebody = '127.0.0.2';
const watcher = '127.0.0.3';

const others = [
  '/metrics/',
  '/%6detrics',
  '/metrics?x',
  '/readyz/',
  '/%72%65adyz',
  '/readyz/?x',
  '/%72eadyz/',
];

let folder: string;
let plain: number;
let secure: number;
let generated: number;
let gatewayLog = '';
const children: ChildProcess[] = [];

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

async function startGateway(): Promise<number> {
  const data = join(folder, 'data');
  execFileSync(process.execPath, [
    program,
    'credential',
    'create',
    'alice',
    '--password',
    'correct horse',
    '--data',
    data,
  ]);
  const child = spawn(
    process.execPath,
    [
      program,
      'start',
      '--port',
      '0',
      '--data',
      data,
      '--trust-proxy',
      '127.0.0.1',
      '--media-address',
      '127.0.0.1',
      '--log-level',
      'debug',
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  children.push(child);
  child.stderr.setEncoding('utf8').on('data', (text: string) => (gatewayLog += text));
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  const port = Number(/:(\d+)\s*$/.exec(String(line))?.[1]);
  await vi.waitFor(async () => {
    expect((await fetch(`http://127.0.0.1:${String(port)}/readyz`)).status).toBe(200);
  }, 30_000);
  return port;
}

/** The example as it stands, but for addresses, ports and files, which are those of this test. */
async function startExample(gatewayPort: number): Promise<void> {
  const pem = pemFile();
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  execFileSync('openssl', ['req', '-x509', ...curve, '-nodes', '-subj', '/CN=localhost', ...files], {
    stdio: 'ignore',
  });
  await writeFile(
    pem,
    (await readFile(join(folder, 'cert.pem'), 'utf8')) + (await readFile(join(folder, 'key.pem'), 'utf8')),
  );
  [plain, secure] = [await freePort(), await freePort()];
  const replacements: [string, string][] = [
    ['bind :80\n', `bind 127.0.0.1:${String(plain)}\n`],
    ['bind :443 ', `bind 127.0.0.1:${String(secure)} `],
    ['/etc/haproxy/parley.pem', pem],
    ['127.0.0.1:8080\n', `127.0.0.1:${String(gatewayPort)}\n`],
    ['src 10.0.0.0/8', `src ${watcher}`],
    ['maxconn 20000', 'maxconn 200'],
  ];
  let config = await readFile(example, 'utf8');
  for (const [from, to] of replacements) {
    expect(config).toContain(from);
    config = config.replaceAll(from, to);
  }
  await startHaproxy('example.cfg', config);
}

/** What `parley-gateway edge-config` writes, of one node. */
async function startGenerated(gatewayPort: number): Promise<void> {
  generated = await freePort();
  const edge = readEdge({
    hosts: ['calls.example.com'],
    bind: `127.0.0.1:${String(generated)}`,
    certificate: pemFile(),
    watchers: [watcher],
    nodes: [{ id: 'n1', address: `127.0.0.1:${String(gatewayPort)}`, region: 'eu' }],
  });
  if (!('nodes' in edge)) throw new Error(edge.join('\n'));
  await startHaproxy('generated.cfg', haproxyConfig(edge));
}

const pemFile = () => join(folder, 'parley.pem');

async function startHaproxy(name: string, config: string): Promise<void> {
  const file = join(folder, name);
  await writeFile(file, config);
  execFileSync('/usr/sbin/haproxy', ['-c', '-q', '-f', file]);
  children.push(spawn('/usr/sbin/haproxy', ['-db', '-f', file], { stdio: 'ignore' }));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-haproxy-'));
  const gatewayPort = await startGateway();
  await startExample(gatewayPort);
  await startGenerated(gatewayPort);
  for (const port of [secure, generated]) {
    await vi.waitFor(async () => {
      expect((await ask('/healthz', { port })).status).toBe(200);
    }, 30_000);
  }
});
afterAll(async () => {
  for (const child of children) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  await rm(folder, { recursive: true });
});

function ask(
  path: string,
  options: RequestOptions = {},
): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const all = {
      port: secure,
      host: '127.0.0.1',
      path,
      localAddress: somebody,
      rejectUnauthorized: false,
      agent: false,
      ...options,
    };
    httpsRequest(all, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.once('end', () => {
        resolve({ status: response.statusCode, body });
      });
    })
      .once('error', reject)
      .end();
  });
}

function openSocket(origin: string): WebSocket {
  const headers = { host: `calls.example.com:${String(secure)}` };
  return new WebSocket(`wss://127.0.0.1:${String(secure)}/`, { origin, headers, rejectUnauthorized: false });
}

describe('the HAProxy example, before a gateway,', () => {
  it('sends plain HTTP to TLS', async () => {
    const response = await fetch(`http://127.0.0.1:${String(plain)}/x`, { redirect: 'manual' });
    expect(response.status).toBe(301);
    expect(response.headers.get('location')).toBe(`https://127.0.0.1:${String(plain)}/x`);
  });

  it('serves pages and REST', async () => {
    expect((await ask('/v2/telephony_credentials')).status).toBe(401);
    expect((await ask('/v2/openapi.json')).body).toContain('"openapi":"3.1.0"');
  });

  it("tells the gateway the client's address, and not the one that the client claims", async () => {
    await ask('/healthz', { headers: { 'x-forwarded-for': '8.8.8.8' } });
    await vi.waitFor(() => {
      expect(gatewayLog).toContain(`"ip":"${somebody}"`);
    });
    expect(gatewayLog).not.toContain('8.8.8.8');
  });

  it('carries WebSockets of its own pages, in which a user logs in', async () => {
    const socket = openSocket(`https://calls.example.com:${String(secure)}`);
    await once(socket, 'open');
    const params = { login: 'alice', passwd: 'correct horse', loginParams: {}, userVariables: {} };
    socket.send(JSON.stringify({ jsonrpc: '2.0', id: '1', method: 'login', params }));
    const [answer] = await once(socket, 'message');
    expect(JSON.parse(String(answer))).toMatchObject({ id: '1', result: { sessid: expect.any(String) } });
    socket.terminate();
  });

  it('carries no WebSockets of foreign pages', async () => {
    const socket = openSocket('https://evil.example');
    const [error] = await once(socket, 'error');
    expect(String(error)).toContain('403');
  });
});

describe.each([
  ['the HAProxy example', () => secure],
  ['the generated configuration', () => generated],
])('%s', (_, port) => {
  it('shows metrics and readiness to watchers alone', async () => {
    for (const path of ['/metrics', '/readyz']) {
      expect((await ask(path, { port: port() })).status).toBe(404);
      expect((await ask(path, { port: port(), localAddress: watcher })).status).toBe(200);
    }
  });

  it.each(others)('shows them to nobody else by another spelling: %s', async (path) => {
    const { status, body } = await ask(path, { port: port() });
    expect({ status, byGateway: body.includes('"errors"') }).toEqual({ status: 404, byGateway: false });
  });
});

it.each(['', '.', ':443', '.:443'])(
  'a host is of no region that is not there, ending in "%s"',
  async (end) => {
    const statusOf = async (region: string) =>
      (await ask('/healthz', { port: generated, headers: { host: `${region}.Calls.example.com${end}` } }))
        .status;
    expect([await statusOf('eu'), await statusOf('apac')]).toEqual([200, 421]);
  },
);
