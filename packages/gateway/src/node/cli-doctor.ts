import { createSocket } from 'node:dgram';
import { X509Certificate } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, isIPv6 } from 'node:net';
import { join } from 'node:path';
import { isLoopback } from '../config/loopback.ts';
import type { Settings } from '../config/settings.ts';
import { dataKeyFileIn } from '../store/data-key.ts';
import { openStore } from '../store/open-store.ts';
import type { Command } from './cli-command.ts';
import { findProgram, turnHost } from './turn-host.ts';

/** `fail`: the gateway cannot run so. `warn`: it can, and something will be missed. */
interface Finding {
  verdict: 'ok' | 'warn' | 'fail';
  /** One sentence. */
  text: string;
}

type Check = (
  settings: Settings,
  environment: Readonly<Record<string, string | undefined>>,
) => Promise<Finding[]>;

export const doctor: Command = {
  usage: '[OPTION]…',
  help: 'tells what of this machine and these settings will not do',
  run: async ({ settings }, { environment, print }) => {
    const findings = await Promise.all(checks.map((check) => check(settings, environment)));
    for (const { verdict, text } of findings.flat()) print(`${verdict.padEnd(4)}  ${text}`);
    return findings.flat().some(({ verdict }) => verdict === 'fail') ? 1 : 0;
  },
};

const checks: readonly Check[] = [
  checkNode,
  checkDataFolder,
  checkStore,
  checkPort,
  checkMediaPorts,
  checkTls,
  checkTurnServer,
  checkOpenFiles,
];

const ok = (text: string): Finding => ({ verdict: 'ok', text });
const warn = (text: string): Finding => ({ verdict: 'warn', text });
const fail = (text: string): Finding => ({ verdict: 'fail', text });

function checkNode(): Promise<Finding[]> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isNewEnough = major > 20 || (major === 20 && minor >= 19);
  const name = `Node.js ${process.versions.node}`;
  return Promise.resolve([
    isNewEnough ? ok(`${name} is new enough.`) : fail(`${name} is too old: install 20.19 or newer.`),
  ]);
}

async function checkDataFolder({ data }: Settings): Promise<Finding[]> {
  const probe = join(data, `.doctor-${String(process.pid)}`);
  try {
    await mkdir(data, { recursive: true, mode: 0o700 });
    await writeFile(probe, '');
    await rm(probe);
  } catch (error) {
    return [fail(`The data folder ${data} cannot be written: ${messageOf(error)}.`)];
  }
  const key = await stat(dataKeyFileIn(data)).catch(() => undefined);
  if (key !== undefined && (key.mode & 0o077) !== 0) {
    return [fail(`The data key ${dataKeyFileIn(data)} can be read by others: chmod 600 it.`)];
  }
  return [ok(`The data folder ${data} can be written.`)];
}

async function checkStore(settings: Settings): Promise<Finding[]> {
  const name = settings.databaseUrl === null ? 'The SQLite database' : 'The PostgreSQL database';
  try {
    const store = await openStore(settings);
    const { total } = await store.credentials.list({}, { number: 1, size: 1 });
    await store.close();
    return [ok(`${name} answers and has ${String(total)} ${total === 1 ? 'user' : 'users'}.`)];
  } catch (error) {
    return [fail(`${name} cannot be used: ${messageOf(error)}.`)];
  }
}

async function checkPort({ host, port }: Settings): Promise<Finding[]> {
  const server = createServer();
  const mistake = await new Promise<unknown>((resolve) => {
    server.once('error', resolve).listen(port, host, () => {
      server.close(() => {
        resolve(undefined);
      });
    });
  });
  const name = `TCP port ${String(port)} of ${host}`;
  if (mistake === undefined) return [ok(`${name} is free.`)];
  return [
    warn(`${name} cannot be opened, which is right only if the gateway runs already: ${messageOf(mistake)}.`),
  ];
}

async function checkMediaPorts({ mediaAddresses, mediaPorts: { min, max } }: Settings): Promise<Finding[]> {
  if (mediaAddresses.length === 0) {
    return [fail('There is no address for media: give one with --media-address.')];
  }
  return Promise.all(
    mediaAddresses.map(async (address) => {
      const name = `UDP ports ${String(min)} to ${String(max)} of ${address}`;
      const mistake = (await bindUdp(address, min)) ?? (await bindUdp(address, max));
      if (mistake === undefined) return ok(`${name} can be opened; the firewall must let them in.`);
      return warn(`${name} cannot be opened, unless the gateway runs already: ${messageOf(mistake)}.`);
    }),
  );
}

function bindUdp(address: string, port: number): Promise<unknown> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    socket.once('error', (error) => {
      socket.close();
      resolve(error);
    });
    socket.bind(port, address, () => {
      socket.close(() => {
        resolve(undefined);
      });
    });
  });
}

async function checkTls({ tlsCert, tlsKey, host, trustProxy }: Settings): Promise<Finding[]> {
  if (tlsCert === null || tlsKey === null) {
    if (isLoopback(host) || trustProxy.length > 0) return [];
    return [
      warn(
        'There is no TLS: browsers give no microphone to pages of other machines; give --tls-cert and --tls-key, or put a proxy in front and name it with --trust-proxy.',
      ),
    ];
  }
  try {
    await access(tlsKey, constants.R_OK);
    const { validTo } = new X509Certificate(await readFile(tlsCert));
    const days = Math.floor((Date.parse(validTo) - Date.now()) / 86_400_000);
    if (days < 0) return [fail(`The certificate ${tlsCert} expired on ${validTo}: renew it.`)];
    if (days < 14)
      return [
        warn(
          `The certificate ${tlsCert} expires on ${validTo}: renew it; the gateway takes up the new one by itself.`,
        ),
      ];
    return [ok(`The certificate ${tlsCert} is valid until ${validTo}.`)];
  } catch (error) {
    return [fail(`The certificate ${tlsCert} or its key cannot be used: ${messageOf(error)}.`)];
  }
}

async function checkTurnServer(
  { noTurn, turnUrls, turnPort, mediaAddresses }: Settings,
  { PATH }: Readonly<Record<string, string | undefined>>,
): Promise<Finding[]> {
  const without = 'clients whose network lets no UDP out cannot talk';
  if (noTurn) return [warn(`There is no TURN server: ${without}.`)];
  if (turnUrls.length > 0) return [ok(`Clients are told of ${turnUrls.join(', ')}.`)];
  if ((await findProgram('turnserver', PATH)) === undefined) {
    return [warn(`coturn is not installed: ${without}; on Debian, apt-get install coturn.`)];
  }
  const port = await turnHost.findPort(mediaAddresses, turnPort);
  if (typeof port === 'number') return [ok(`coturn is installed, and its port ${String(port)} is free.`)];
  return [warn(`coturn cannot be started, unless the gateway runs already: ${port}`)];
}

async function checkOpenFiles(): Promise<Finding[]> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  const [, limit] = /^Max open files +(\d+)/m.exec(limits) ?? [];
  if (limit === undefined) return [];
  if (Number(limit) >= 16_384) return [ok(`${limit} files may be open, and so many sockets.`)];
  return [
    warn(`Only ${limit} files may be open, and so many sockets: raise the limit (ulimit -n, LimitNOFILE).`),
  ];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
