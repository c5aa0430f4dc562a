import { setTimeout as delay } from 'node:timers/promises';

import { commandLoad } from './load-client.ts';
import { type BenchOptions, type Result, ratio, short } from './result.ts';
import { type ServerKind, startLoad, startServer } from './servers.ts';

interface Rested {
  kind: ServerKind;
  sockets: number;
  bytesPerSocket: number;
  /** Of those that came after the number before. */
  bytesPerFurther: number;
  /** Of one core. */
  cpuPercent: number;
}

const GOAL_KB = 20;
const KINDS: readonly ServerKind[] = ['gateway', 'bare'];

/** What a socket costs that is signed in and does nothing. */
export async function measureIdle({ quick, tell }: BenchOptions): Promise<Result> {
  const numbers = quick ? [100, 200] : [1_000, 5_000];
  const rested: Rested[] = [];
  for (const kind of KINDS) {
    const server = await startServer(kind, 'signaling');
    const companion = startLoad();
    const load = commandLoad(companion);
    const login = { login: 'alice', passwd: 'alice' };
    const { signaling } = server;
    // What the first sockets compile and load is none of theirs.
    await load('rest', { signaling, login, sockets: 20 });
    let open = 20;
    await settle(quick);
    await server.collect();
    const first = open;
    const before = { memory: server.memory(), sockets: 0 };
    let previous = before;
    for (const sockets of numbers) {
      await load('rest', { signaling, login, sockets: sockets + first - open });
      open = sockets + first;
      await settle(quick);
      const cpuBefore = server.cpuSeconds();
      const seconds = quick ? 2 : 15;
      await delay(seconds * 1000);
      const cpuPercent = (100 * (server.cpuSeconds() - cpuBefore)) / seconds;
      await server.collect();
      const now = { memory: server.memory(), sockets };
      const bytesPerSocket = perSocket(before, now);
      rested.push({ kind, sockets, bytesPerSocket, bytesPerFurther: perSocket(previous, now), cpuPercent });
      previous = now;
      tell(
        `${kind}, ${sockets} sockets: ${short(bytesPerSocket / 1024)} KB each, ${short(cpuPercent)} % CPU`,
      );
    }
    await companion.stop();
    await server.stop();
  }
  return toResult(numbers, rested);
}

interface Held {
  memory: number;
  sockets: number;
}

function perSocket(before: Held, now: Held): number {
  return (now.memory - before.memory) / (now.sockets - before.sockets);
}

function settle(quick: boolean): Promise<void> {
  return delay(quick ? 500 : 5_000);
}

function toResult(numbers: readonly number[], rested: readonly Rested[]): Result {
  const of = (kind: ServerKind, sockets: number) => {
    const found = rested.find((one) => one.kind === kind && one.sockets === sockets);
    if (found === undefined) throw new Error(`${kind} was not measured with ${sockets} sockets.`);
    return found;
  };
  const rows = numbers.flatMap((sockets) => {
    const [ours, bare] = [of('gateway', sockets), of('bare', sockets)];
    const row = (text: string, left: number, right: number) => [
      `${sockets.toLocaleString('en-GB')} sockets: ${text}`,
      short(left),
      short(right),
      ratio(left, right),
    ];
    return [
      row('memory each, KB', ours.bytesPerSocket / 1024, bare.bytesPerSocket / 1024),
      row('memory of each further one, KB', ours.bytesPerFurther / 1024, bare.bytesPerFurther / 1024),
      row('CPU of all, % of a core', ours.cpuPercent, bare.cpuPercent),
    ];
  });
  const most = numbers.at(-1) ?? 0;
  const kilobytes = of('gateway', most).bytesPerSocket / 1024;
  return {
    tables: [{ title: 'Signed in and idle', columns: ['', 'gateway', 'bare', 'gateway/bare'], rows }],
    goals: [
      {
        figure: `memory of an idle socket, with ${most.toLocaleString('en-GB')} of them`,
        goal: `≤ ${GOAL_KB} KB`,
        measured: `${short(kilobytes)} KB`,
        reached: kilobytes <= GOAL_KB,
      },
    ],
    samples: rested,
  };
}
