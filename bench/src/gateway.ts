import { setTimeout as delay } from 'node:timers/promises';

import { commandLoad } from './load-client.ts';
import type { Storm } from './load-commands.ts';
import { type BenchOptions, type Goal, type Result, type Table, ratio, short, withRange } from './result.ts';
import { type Server, type ServerKind, startLoad, startServer } from './servers.ts';
import { percentile, summarise } from './statistics.ts';
import { callers, makeCallees } from './users.ts';

const KINDS: readonly ServerKind[] = ['gateway', 'bare'];

/** What one storm of calls took. */
interface Stormed {
  kind: ServerKind;
  perSecond: number;
  failed: number;
  cpuMsPerCall: number;
  answered: { p50: number; p99: number };
  heard: { p50: number; p99: number };
}

/** What calls that are up cost. */
interface Carried {
  kind: ServerKind;
  calls: number;
  /** Of one core. */
  cpuPercentPerCall: number;
  memoryPerCall: number;
  delay: { p50: number; p99: number };
  lostPercent: number;
}

/** The gateway on one core, under the same load as the least that could take its place on that core. */
export async function measureGateway(options: BenchOptions): Promise<Result> {
  const signaling = await measureSignaling(options);
  const media = await measureMedia(options);
  return {
    tables: [...signaling.tables, ...media.tables],
    goals: [...signaling.goals, ...media.goals],
    samples: { signaling: signaling.samples, media: media.samples },
  };
}

/** Set-ups a second that are asked for, and that must be had. */
const SIGNALING_GOAL = { perSecond: 100, p99: 300 };
const MEDIA_GOAL = { perSecond: 20 };

async function measureSignaling({ quick, tell }: BenchOptions): Promise<Result> {
  const [runs, seconds] = quick ? [1, 2] : [3, 10];
  const steady: Stormed[] = [];
  const saturated: Stormed[] = [];
  const rigs = await Promise.all(
    KINDS.map(async (kind) => ({ kind, ...(await openRig(kind, 'signaling', quick ? 8 : 64)) })),
  );
  for (let run = 1; run <= runs; run += 1) {
    for (const { kind, server, load } of rigs) {
      const { perSecond } = SIGNALING_GOAL;
      steady.push(await stormed(kind, server, () => load('storm', { perSecond, seconds })));
      saturated.push(await stormed(kind, server, () => load('storm', { atOnce: 32, seconds })));
      tell(
        `${kind}, signaling only, run ${run}: ${inWords(steady.at(-1))}; at most ${inWords(saturated.at(-1))}`,
      );
    }
  }
  for (const rig of rigs) await rig.close();
  const tables = [
    stormTable(`Signaling only: ${SIGNALING_GOAL.perSecond} set-ups a second are asked for`, steady, false),
    stormTable('Signaling only: 32 set-ups at once, as fast as they go', saturated, false),
  ];
  const ours = steady.filter(({ kind }) => kind === 'gateway');
  const rate = summarise(ours.map(({ perSecond }) => perSecond)).median;
  const p99 = summarise(ours.map(({ answered }) => answered.p99)).median;
  const goal: Goal = {
    figure: 'call set-ups a second, signaling only',
    goal: `${SIGNALING_GOAL.perSecond}, p99 ≤ ${SIGNALING_GOAL.p99} ms`,
    measured: `${short(rate)}, p99 ${short(p99)} ms`,
    reached: rate >= 0.98 * SIGNALING_GOAL.perSecond && p99 <= SIGNALING_GOAL.p99,
  };
  return { tables, goals: [goal], samples: { steady, saturated } };
}

async function measureMedia({ quick, tell }: BenchOptions): Promise<Result> {
  const [runs, seconds] = quick ? [1, 2] : [3, 10];
  const numbers = quick ? [2, 4] : [10, 25];
  const carried: Carried[] = [];
  const steady: Stormed[] = [];
  const saturated: Stormed[] = [];
  for (let run = 1; run <= runs; run += 1) {
    for (const kind of KINDS) {
      const { server, load, close } = await openRig(kind, 'media', 8);
      const before = server.memory();
      for (const calls of numbers) {
        await load('raise', { calls });
        await delay(quick ? 500 : 5_000);
        const cpuBefore = server.cpuSeconds();
        const { sent, received, delays } = await load('watch', { seconds });
        const cpu = server.cpuSeconds() - cpuBefore;
        carried.push({
          kind,
          calls,
          cpuPercentPerCall: (100 * cpu) / seconds / calls,
          memoryPerCall: (server.memory() - before) / calls,
          delay: { p50: percentile(delays, 50), p99: percentile(delays, 99) },
          lostPercent: Math.max(0, 100 * (1 - received / sent)),
        });
      }
      await load('hangUp', {});
      await delay(1_000);
      steady.push(await stormed(kind, server, () => load('storm', { perSecond: 10, seconds })));
      saturated.push(await stormed(kind, server, () => load('storm', { atOnce: 8, seconds })));
      tell(`${kind}, media, run ${run}: ${inWords(steady.at(-1))}; at most ${inWords(saturated.at(-1))}`);
      await close();
    }
  }
  const fastest = summarise(
    saturated.filter(({ kind }) => kind === 'gateway').map(({ perSecond }) => perSecond),
  );
  const goal: Goal = {
    figure: 'call set-ups a second, with embedded media',
    goal: `≥ ${MEDIA_GOAL.perSecond}`,
    measured: `${short(fastest.median)} on one core`,
    reached: fastest.median >= MEDIA_GOAL.perSecond,
  };
  const tables = [
    ...numbers.map((calls) => carriedTable(calls, carried)),
    stormTable('Embedded media: 10 set-ups a second are asked for', steady, true),
    stormTable('Embedded media: 8 set-ups at once, as fast as they go', saturated, true),
  ];
  return { tables, goals: [goal], samples: { carried, steady, saturated } };
}

/** A server on its core, and a load on another that has signed in to it. */
async function openRig(kind: ServerKind, does: 'media' | 'signaling', calleeCount: number) {
  const server = await startServer(kind, does);
  const companion = startLoad();
  const load = commandLoad(companion);
  const callees = await makeCallees(server, calleeCount);
  const { signaling } = server;
  await load('signIn', { signaling, callers: callers(2 * calleeCount), callees, media: does === 'media' });
  const close = async () => {
    await companion.stop();
    await server.stop();
  };
  return { server, load, close };
}

async function stormed(kind: ServerKind, server: Server, storm: () => Promise<Storm>): Promise<Stormed> {
  const cpuBefore = server.cpuSeconds();
  const { seconds, failed, answered, heard } = await storm();
  const cpuMs = 1000 * (server.cpuSeconds() - cpuBefore);
  return {
    kind,
    perSecond: answered.length / seconds,
    failed,
    cpuMsPerCall: cpuMs / answered.length,
    answered: { p50: percentile(answered, 50), p99: percentile(answered, 99) },
    heard: { p50: percentile(heard, 50), p99: percentile(heard, 99) },
  };
}

function stormTable(title: string, all: readonly Stormed[], withMedia: boolean): Table {
  return compare(title, all, [
    ['set-ups a second', ({ perSecond }) => perSecond],
    ['failed', ({ failed }) => failed],
    ['CPU a set-up, ms', ({ cpuMsPerCall }) => cpuMsPerCall],
    ['set-ups a second that a core of its own has time for', ({ cpuMsPerCall }) => 1000 / cpuMsPerCall],
    ['invite → answer, p50, ms', ({ answered }) => answered.p50],
    ['invite → answer, p99, ms', ({ answered }) => answered.p99],
    ...(withMedia
      ? ([
          ["invite → callee's first packet, p50, ms", ({ heard }) => heard.p50],
          ["invite → callee's first packet, p99, ms", ({ heard }) => heard.p99],
        ] satisfies Row<Stormed>[])
      : []),
  ]);
}

function carriedTable(calls: number, all: readonly Carried[]): Table {
  const alike = all.filter((one) => one.calls === calls);
  return compare(`Embedded media: ${calls} calls that are up`, alike, [
    ['CPU a call, % of a core', ({ cpuPercentPerCall }) => cpuPercentPerCall],
    ['memory a call, KB', ({ memoryPerCall }) => memoryPerCall / 1024],
    ['delay of a packet, p50, ms', ({ delay: { p50 } }) => p50],
    ['delay of a packet, p99, ms', ({ delay: { p99 } }) => p99],
    ['lost packets, %', ({ lostPercent }) => lostPercent],
  ]);
}

type Row<T> = [string, (one: T) => number];

function compare<T extends { kind: ServerKind }>(
  title: string,
  all: readonly T[],
  rows: readonly Row<T>[],
): Table {
  return {
    title,
    columns: ['median (least–most)', 'gateway', 'bare', 'gateway/bare'],
    rows: rows.map(([text, valueOf]) => {
      const of = (kind: ServerKind) => summarise(all.filter((one) => one.kind === kind).map(valueOf));
      const [ours, bare] = [of('gateway'), of('bare')];
      return [text, withRange(ours), withRange(bare), ratio(ours.median, bare.median)];
    }),
  };
}

function inWords(one: Stormed | undefined): string {
  if (one === undefined) return 'nothing';
  const { perSecond, cpuMsPerCall, answered, failed } = one;
  return `${short(perSecond)}/s, ${short(cpuMsPerCall)} ms CPU, p99 ${short(answered.p99)} ms, ${failed} failed`;
}
