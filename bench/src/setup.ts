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
import { type BenchOptions, type Goal, type Result, type Table, ratio, short, withRange } from './result.ts';
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

const CLIENTS: readonly ClientKind[] = ['ours', 'official'];
const ROUND_TRIPS_MS = [0, 100] as const;

interface Conditions {
  client: ClientKind;
  roundTripMs: number;
}

type Sample = Conditions & Round;
type Failure = Conditions & { reason: string };

/** How long people wait before they hear each other, with our client and with the official one, at one gateway. */
export async function measureSetup({ quick, tell }: BenchOptions): Promise<Result> {
  const runs = quick ? 1 : 9;
  const samples: Sample[] = [];
  const failures: Failure[] = [];
  const stage = await openStage();
  for (const roundTripMs of ROUND_TRIPS_MS) {
    const path = await openPath(stage.gateway.signaling, roundTripMs);
    // The first calls of a process are slower than all that follow: round 0 does not count.
    for (let run = 0; run <= runs; run += 1) {
      for (const client of CLIENTS) {
        try {
          const round = await takeRound(stage, path, client, roundTripMs);
          if (run > 0) samples.push({ client, roundTripMs, ...round });
          tell(`${roundTripMs} ms, ${client}, run ${run}: ${inWords(round)}`);
        } catch (error) {
          failures.push({ client, roundTripMs, reason: String(error) });
          tell(`${roundTripMs} ms, ${client}, run ${run} failed: ${String(error)}`);
        }
        await stage.clear();
      }
    }
    await path.close();
  }
  await stage.close();
  return {
    tables: ROUND_TRIPS_MS.map((roundTripMs) =>
      table(at(roundTripMs, samples), at(roundTripMs, failures), roundTripMs),
    ),
    goals: goalsOf(at(100, samples)),
    samples: { samples, failures },
  };
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

function at<T extends Conditions>(roundTripMs: number, all: readonly T[]): T[] {
  return all.filter((one) => one.roundTripMs === roundTripMs);
}

function table(samples: readonly Sample[], failures: readonly Failure[], roundTripMs: number): Table {
  const count = (all: readonly Conditions[]) =>
    CLIENTS.map((client) => String(all.filter((one) => one.client === client).length));
  const inRoundTrips = (median: number) => (roundTripMs === 0 ? '–' : (median / roundTripMs).toFixed(2));
  return {
    title: `Set-up at ${roundTripMs} ms round trip, ms: median (least–most)`,
    columns: ['from → to', '@parley/webrtc', '@telnyx/webrtc', 'ours/official', 'in round trips', 'official'],
    rows: [
      ...FIGURES.map(({ figure, text }) => {
        const [ours, official] = [of('ours', figure, samples), of('official', figure, samples)];
        return [
          text,
          withRange(ours),
          withRange(official),
          ratio(ours.median, official.median),
          inRoundTrips(ours.median),
          inRoundTrips(official.median),
        ];
      }),
      ['rounds that succeeded', ...count(samples)],
      ['rounds that failed', ...count(failures)],
    ],
  };
}

function goalsOf(samples: readonly Sample[]): Goal[] {
  return FIGURES.flatMap(({ figure, text, goalRoundTrips }) => {
    if (goalRoundTrips === undefined) return [];
    const roundTrips = of('ours', figure, samples).median / 100;
    return [
      {
        figure: text,
        goal: `≤ ${goalRoundTrips} round trips`,
        measured: `${roundTrips.toFixed(2)} round trips`,
        reached: roundTrips <= goalRoundTrips,
      },
    ];
  });
}

function of(client: ClientKind, figure: Figure, samples: readonly Sample[]): Summary {
  return summarise(samples.filter((one) => one.client === client).map((one) => one[figure]));
}

function inWords(round: Round): string {
  return FIGURES.map(({ figure }) => `${figure} ${short(round[figure])}`).join(', ');
}
