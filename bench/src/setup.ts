import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type ClientKind,
  type MediaDetour,
  type Person,
  type Stage,
  type TcpRelay,
  openMediaDetour,
  openStage,
  openTcpRelay,
} from '@parley/testkit';

import { answerAt, dialAt, firstTone, tapSocket, tappedAt } from './page-taps.ts';
import { type BenchOptions, type Result, ratio, short, withRange } from './result.ts';
import { type Summary, summarise } from './statistics.ts';

/** Milliseconds of one round of calls. */
interface Round {
  ready: number;
  echo: number;
  ringback: number;
  callerHears: number;
  calleeHears: number;
}

type Figure = keyof Round;

const FIGURES: readonly { figure: Figure; text: string; goalRoundTrips?: number }[] = [
  // One round trip and the time that two processes need to say what they say.
  { figure: 'ready', text: 'socket open → ready', goalRoundTrips: 1.2 },
  { figure: 'echo', text: 'newCall → first audio, from `echo`', goalRoundTrips: 4 },
  { figure: 'ringback', text: 'newCall → ringback heard', goalRoundTrips: 4 },
  { figure: 'callerHears', text: "gateway has the callee's answer → caller hears", goalRoundTrips: 0.6 },
  { figure: 'calleeHears', text: 'answer() → callee hears' },
];

const CALLER_HZ = 440;
const CALLEE_HZ = 1000;
/** A person takes a while to answer, and the clients use it. */
const RINGING_MS = 1_500;

const ROUND_TRIPS_MS = [0, 100] as const;

interface Sample extends Round {
  client: ClientKind;
  roundTripMs: number;
}

/** How long people wait before they hear each other, with our client and with the official one, at one gateway. */
export async function measureSetup({ quick, tell }: BenchOptions): Promise<Result> {
  const clients: ClientKind[] = isBuilt() ? ['ours', 'official'] : ['official'];
  const runs = quick ? 1 : 9;
  const samples: Sample[] = [];
  const failures: string[] = [];
  const stage = await openStage();
  for (const roundTripMs of ROUND_TRIPS_MS) {
    const path = await openPath(stage.gateway.signaling, roundTripMs);
    // The first calls of a process are slower than all that follow: round 0 does not count.
    for (let run = 0; run <= runs; run += 1) {
      for (const client of clients) {
        try {
          const round = await takeRound(stage, path, client, roundTripMs);
          if (run > 0) samples.push({ client, roundTripMs, ...round });
          tell(`${roundTripMs} ms, ${client}, run ${run}: ${inWords(round)}`);
        } catch (error) {
          failures.push(`${roundTripMs} ms, ${client}, run ${run}: ${String(error)}`);
          tell(`failed: ${failures.at(-1) ?? ''}`);
        }
        await stage.clear();
      }
    }
    await path.close();
  }
  await stage.close();
  return toResult(samples, failures);
}

function isBuilt(): boolean {
  try {
    createRequire(import.meta.url).resolve('@parley/webrtc/lib/bundle.js');
    return true;
  } catch {
    return false;
  }
}

interface Path {
  signaling: string;
  close(): Promise<void>;
}

/** Everything that a page sends to the gateway and hears from it takes half a round trip. */
async function openPath(gateway: string, roundTripMs: number): Promise<Path> {
  const detour: MediaDetour = await openMediaDetour(gateway);
  detour.impair({ delayMs: roundTripMs / 2 });
  const { hostname, port } = new URL(detour.signaling);
  const relay: TcpRelay = await openTcpRelay({ host: hostname, port: Number(port) });
  relay.setDelay(roundTripMs / 2);
  return {
    signaling: `ws://127.0.0.1:${relay.port}`,
    close: async () => {
      await relay.close();
      await detour.close();
    },
  };
}

async function takeRound(
  stage: Stage,
  { signaling }: Path,
  client: ClientKind,
  roundTripMs: number,
): Promise<Round> {
  const enter = async (name: string, tone: number) => {
    const person = await stage.enter(name, { client, tone, signaling, register: false });
    await tapSocket(person.page);
    await person.register();
    return person;
  };
  const alice = await enter('alice', CALLER_HZ);
  const bob = await enter('bob', CALLEE_HZ);
  const ready = (await eventAt(alice, 'telnyx.ready')) - (await tappedAt(alice.page, 'open'));
  const echo = await callEcho(alice);
  const spoken = await callPerson(alice, bob, roundTripMs);
  return { ready, echo, ...spoken };
}

async function callEcho(alice: Person): Promise<number> {
  const { id, at } = await dialAt(alice.page, 'echo');
  const heardAt = await alice.ear.firstSound(at);
  await hangUp(alice, id);
  return heardAt - at;
}

async function callPerson(
  alice: Person,
  bob: Person,
  roundTripMs: number,
): Promise<Pick<Round, 'ringback' | 'callerHears' | 'calleeHears'>> {
  const { id, at: dialledAt } = await dialAt(alice.page, 'bob');
  const incoming = await bob.ringing();
  const ringback = (await alice.ear.firstSound(dialledAt)) - dialledAt;
  await delay(RINGING_MS);
  const answeredAt = await answerAt(bob.page, incoming.id);
  const calleeHears = (await firstTone(bob.page, CALLER_HZ, answeredAt)) - answeredAt;
  const gatewayHasIt = (await tappedAt(bob.page, 'telnyx_rtc.answer')) + roundTripMs / 2;
  const callerHears = (await firstTone(alice.page, CALLEE_HZ, answeredAt)) - gatewayHasIt;
  await hangUp(alice, id);
  return { ringback, callerHears, calleeHears };
}

async function hangUp(person: Person, callId: string): Promise<void> {
  await person.page.evaluate((id) => window.phone.invoke(id, 'hangup', []), callId);
  await person.events.next(
    ({ call }) => call?.id === callId && ['hangup', 'destroy'].includes(call.state),
    'end of the call',
  );
  // What was still to be heard is not taken for the next call's first sound.
  await delay(500);
}

async function eventAt(person: Person, name: string): Promise<number> {
  return (await person.events.next((event) => event.name === name, name)).at;
}

function toResult(samples: readonly Sample[], failures: readonly string[]): Result {
  const figureOf = (client: ClientKind, roundTripMs: number, figure: Figure): Summary | undefined => {
    const ofKind = samples.filter((one) => one.client === client && one.roundTripMs === roundTripMs);
    return ofKind.length === 0 ? undefined : summarise(ofKind.map((one) => one[figure]));
  };
  const tables = ROUND_TRIPS_MS.map((roundTripMs) => ({
    note: `${samples.length} rounds of calls; ${failures.length} more failed.`,
    title: `Set-up at ${roundTripMs} ms round trip, ms: median (least–most)`,
    columns: [
      'from → to',
      '@parley/webrtc',
      '@telnyx/webrtc',
      'ours/official',
      ...(roundTripMs === 0 ? [] : ['in round trips', 'official']),
    ],
    rows: FIGURES.map(({ figure, text }) => {
      const ours = figureOf('ours', roundTripMs, figure);
      const official = figureOf('official', roundTripMs, figure);
      const trips = (summary: Summary | undefined) =>
        summary === undefined ? '–' : (summary.median / roundTripMs).toFixed(2);
      return [
        text,
        ours === undefined ? '–' : withRange(ours),
        official === undefined ? '–' : withRange(official),
        ours === undefined || official === undefined ? '–' : ratio(ours.median, official.median),
        ...(roundTripMs === 0 ? [] : [trips(ours), trips(official)]),
      ];
    }),
  }));
  const goals = FIGURES.flatMap(({ figure, text, goalRoundTrips }) => {
    const ours = figureOf('ours', 100, figure);
    if (goalRoundTrips === undefined || ours === undefined) return [];
    const trips = ours.median / 100;
    return [
      {
        figure: text,
        goal: `≤ ${goalRoundTrips} round trips`,
        measured: trips.toFixed(2),
        reached: trips <= goalRoundTrips,
      },
    ];
  });
  return { tables, goals, samples: { samples, failures } };
}

function inWords(round: Round): string {
  return FIGURES.map(({ figure }) => `${figure} ${short(round[figure])}`).join(', ');
}
