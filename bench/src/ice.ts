import {
  type Person,
  type Stage,
  type TurnPath,
  openStage,
  openTurnPath,
  turnServerIn,
} from '@parley/testkit';

import { dialAt, tapSocket, tappedAt } from './page-taps.ts';
import { type BenchOptions, type Result, ratio, withRange } from './result.ts';
import { summarise } from './statistics.ts';

interface Options {
  prefetchIceCandidates: boolean;
  trickleIce: boolean;
}

type Sample = Options & { inviteMs: number };

const ROUND_TRIP_MS = 100;
/** A person takes longer than this from the page's being ready to the first call. */
const BEFORE_CALL_MS = 1_500;
const CHOICES: readonly Options[] = [false, true].flatMap((trickleIce) =>
  [false, true].map((prefetchIceCandidates) => ({ trickleIce, prefetchIceCandidates })),
);

/** What it costs to look for relays before a call is described, and what two options save of it. */
export async function measureIce({ quick, tell }: BenchOptions): Promise<Result> {
  const runs = quick ? 1 : 15;
  const samples: Sample[] = [];
  const stage = await openStage({ turn: ['--turn-port', '0'] });
  const path = await openPath(stage);
  // The first calls of a process are slower than all that follow: round 0 does not count.
  for (let run = 0; run <= runs; run += 1) {
    for (const options of CHOICES) {
      const inviteMs = await measureCall(stage, path, options);
      if (run > 0) samples.push({ ...options, inviteMs });
      tell(`${JSON.stringify(options)}, run ${run}: ${inviteMs.toFixed(0)} ms`);
    }
  }
  await path.close();
  await stage.close();
  return { tables: [table(samples)], goals: [], samples };
}

async function openPath(stage: Stage): Promise<TurnPath> {
  const alice = await stage.enter('alice', { client: 'ours' });
  const login = alice.frames.entries.find(
    ({ direction, text }) => direction === 'received' && text.includes('"granted"'),
  );
  // Written by the gateway.
  const { result }: { result: { parley: { iceServers: RTCIceServer[] } } } = JSON.parse(login?.text ?? '{}');
  const path = await openTurnPath(turnServerIn(result.parley.iceServers));
  path.delay(ROUND_TRIP_MS / 2);
  await stage.clear();
  return path;
}

async function measureCall(stage: Stage, { iceServers }: TurnPath, options: Options): Promise<number> {
  const alice: Person = await stage.enter('alice', {
    client: 'ours',
    options: { ...options, iceServers },
    register: false,
  });
  await tapSocket(alice.page);
  await alice.register();
  await new Promise((resolve) => setTimeout(resolve, BEFORE_CALL_MS));
  const { id, at } = await dialAt(alice.page, 'echo');
  await alice.events.next(({ call }) => call?.id === id && call.state === 'active', 'active call');
  const invitedAt = await tappedAt(alice.page, 'telnyx_rtc.invite');
  await stage.clear();
  return invitedAt - at;
}

function table(samples: readonly Sample[]) {
  const of = (trickle: boolean, prefetch: boolean) =>
    summarise(
      samples
        .filter((one) => one.trickleIce === trickle && one.prefetchIceCandidates === prefetch)
        .map(({ inviteMs }) => inviteMs),
    );
  const without = of(false, false).median;
  const row = (text: string, trickle: boolean) => {
    const [off, on] = [of(trickle, false), of(trickle, true)];
    return [text, withRange(off), withRange(on), ratio(on.median, off.median), ratio(on.median, without)];
  };
  return {
    title: `newCall → invite, TURN servers ${ROUND_TRIP_MS} ms away, ms: median (least–most)`,
    columns: ['', 'prefetch off', 'prefetch on', 'on/off', 'on/both off'],
    rows: [row('trickle off', false), row('trickle on', true)],
  };
}
