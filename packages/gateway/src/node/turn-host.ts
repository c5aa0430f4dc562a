import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { createServer, isIPv6 } from 'node:net';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { HostedProcess, TurnHost } from '../ice/turn-host.ts';

/** Ends the program when the pipe at 3 ends: with the gateway, even where that was killed. */
const GUARD = `
"$@" 3<&- </dev/null & program=$!
{ read -r _ <&3; kill "$program"; } 2>/dev/null & guard=$!
wait "$program"; code=$?
kill "$guard" 2>/dev/null
exit "$code"
`;

const ATTEMPTS = 20;
const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;

export const turnHost: TurnHost = {
  findProgram: (name) => findProgram(name, process.env['PATH']),
  findPort,
  run,
  answers,
};

/** @param path folders as in the environment; those of the system's programs are searched in any case */
export async function findProgram(name: string, path = ''): Promise<string | undefined> {
  const folders = [...path.split(delimiter), '/usr/local/sbin', '/usr/sbin'];
  for (const folder of folders) {
    const file = join(folder, name);
    const isProgram = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isProgram) return file;
  }
  return undefined;
}

async function findPort(addresses: readonly string[], wanted: number): Promise<number | string> {
  const [first = ''] = addresses;
  for (let attempt = 1; ; attempt += 1) {
    const port = wanted === 0 ? await freeUdpPort(first) : wanted;
    const mistakes = await Promise.all(
      addresses.flatMap((address) => [bindUdp(address, port), bindTcp(address, port)]),
    );
    const mistake = mistakes.find((one) => one !== undefined);
    if (mistake === undefined) return port;
    if (wanted !== 0 || attempt === ATTEMPTS) return explained(mistake, addresses, port);
  }
}

function explained(error: NodeJS.ErrnoException, addresses: readonly string[], port: number): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `port ${String(port)} is in use; stop what uses it (on Debian perhaps systemctl disable --now coturn), or give another --turn-port.`;
    case 'EADDRNOTAVAIL':
      return `${addresses.join(' or ')} is no address of this machine; name a TURN server that clients reach with --turn-url.`;
    default:
      return `port ${String(port)} cannot be opened (${error.message}); give another --turn-port.`;
  }
}

function freeUdpPort(address: string): Promise<number> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    socket.once('error', () => {
      socket.close(() => resolve(0));
    });
    socket.bind(0, address, () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}

function bindUdp(address: string, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket({ type: isIPv6(address) ? 'udp6' : 'udp4', ipv6Only: isIPv6(address) });
    socket.once('error', (error) => {
      socket.close();
      resolve(error);
    });
    socket.bind(port, address, () => {
      socket.close(() => resolve(undefined));
    });
  });
}

function bindTcp(address: string, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen({ port, host: address, ipv6Only: isIPv6(address) }, () => {
      server.close(() => resolve(undefined));
    });
  });
}

function run(program: string, args: readonly string[], onLine: (line: string) => void): HostedProcess {
  const child = spawn('/bin/sh', ['-c', GUARD, 'sh', program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    // A group of its own: what a terminal sends to the gateway must not end it before the calls have ended.
    detached: true,
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on('line', onLine);
  }
  const [, , , leash] = child.stdio;
  leash?.on('error', () => undefined);
  const exited = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('exit', (code, signal) => resolve(signal ?? `exit code ${String(code)}`));
  });
  return { exited, stop: () => leash?.destroy() };
}

function answers(address: string, port: number, withinMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    const settle = (answered: boolean): void => {
      clearTimeout(timer);
      socket.close();
      resolve(answered);
    };
    const timer = setTimeout(() => settle(false), withinMs);
    const transaction = randomBytes(12);
    socket.on('error', () => undefined);
    socket.on('message', (message) => {
      const isAnswer = message.length >= 20 && message.readUInt16BE(0) === BINDING_SUCCESS;
      if (isAnswer && message.subarray(8, 20).equals(transaction)) settle(true);
    });
    const header = Buffer.from([0, BINDING_REQUEST, 0, 0, 0x21, 0x12, 0xa4, 0x42]);
    socket.send(Buffer.concat([header, transaction]), port, address);
  });
}
