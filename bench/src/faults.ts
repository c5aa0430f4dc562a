import {
  type ClientKind,
  type Fault,
  type FaultScene,
  type Figures,
  loseMediaPath,
  openFaultScene,
  openMediaScene,
  openStage,
  pageFaults,
  signalingFaults,
  type Stage,
} from '@parley/testkit';

import { type BenchOptions, type Result, ratio, short, withRange } from './result.ts';
import { summarise } from './statistics.ts';

interface Sample {
  fault: string;
  client: ClientKind;
  /** Left out where the call did not survive. */
  figures?: Figures;
  error?: string;
}

/** By fault, for our client: milliseconds until it is ready again. */
const GOALS: ReadonlyMap<string, number> = new Map([
  [signalingFaults.halfOpen.name, 8_000],
  [signalingFaults.deaf.name, 8_000],
  [signalingFaults.mute.name, 8_000],
  [signalingFaults.offline.name, 2_000],
  [signalingFaults.asleep.name, 2_000],
]);

const FAULTS: readonly Fault[] = Object.values(signalingFaults);
const MEDIA_PATH = 'the media path goes dead';
const CLIENTS: readonly ClientKind[] = ['ours', 'official'];

/** The same faults happen to a call of our client and to one of the published client, at the same gateway. */
export async function measureFaults({ quick, tell }: BenchOptions): Promise<Result> {
  const runs = quick ? 1 : 3;
  const faults = quick ? FAULTS.slice(0, 2) : FAULTS;
  const samples: Sample[] = [];
  const stage = await openStage();
  for (let run = 1; run <= runs; run += 1) {
    for (const client of CLIENTS) {
      for (const sample of await measureClient(stage, client, faults)) {
        samples.push(sample);
        tell(`${client}, run ${run}, ${sample.fault}: ${JSON.stringify(sample.figures ?? sample.error)}`);
      }
    }
  }
  if (!quick) samples.push(...(await measureSilences(stage, runs, tell)));
  await stage.close();
  const tables = quick ? [table(faults, samples)] : [table(faults, samples), silenceTable(samples)];
  return { tables, goals: goals(samples), samples };
}

/** Faults after which the two do not hear each other: a call for each. */
async function measureSilences(
  stage: Stage,
  runs: number,
  tell: BenchOptions['tell'],
): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  for (let run = 1; run <= runs; run += 1) {
    for (const client of CLIENTS) {
      for (const [fault, measure] of SILENCES) {
        const outcome = await measure(stage, client).catch((error: unknown) => firstLine(error));
        await stage.clear();
        const figures = typeof outcome === 'string' ? { error: outcome } : { figures: outcome };
        samples.push({ fault, client, ...figures });
        tell(`${client}, run ${run}, ${fault}: ${JSON.stringify(outcome)}`);
      }
    }
  }
  return samples;
}

const SILENCES: ReadonlyMap<string, (stage: Stage, client: ClientKind) => Promise<Figures>> = new Map([
  [
    MEDIA_PATH,
    async (stage, client) => {
      const scene = await openMediaScene(stage, { client });
      try {
        const { near = NaN, far = NaN } = await loseMediaPath(scene);
        return { heard: Math.max(near, far) };
      } finally {
        await scene.close();
      }
    },
  ],
  [
    pageFaults.reload.name,
    async (stage, client) => {
      const scene = await openFaultScene(stage, client, { hangupOnBeforeUnload: false });
      try {
        return await pageFaults.reload.run(scene);
      } finally {
        await scene.close();
      }
    },
  ],
]);

/** One call goes through all of it; where it does not survive, another takes its place. */
async function measureClient(stage: Stage, client: ClientKind, faults: readonly Fault[]): Promise<Sample[]> {
  const samples: Sample[] = [];
  let scene: FaultScene | undefined;
  for (const fault of faults) {
    scene ??= await openFaultScene(stage, client);
    try {
      samples.push({ fault: fault.name, client, figures: await fault.run(scene) });
    } catch (error) {
      samples.push({ fault: fault.name, client, error: firstLine(error) });
      await leave(stage, scene);
      scene = undefined;
    }
  }
  if (scene) await leave(stage, scene);
  return samples;
}

async function leave(stage: Stage, scene: FaultScene): Promise<void> {
  await scene.close();
  await stage.clear();
}

function firstLine(error: unknown): string {
  return String(error).split('\n', 1)[0] ?? '';
}

function figuresOf(samples: readonly Sample[], fault: string, client: ClientKind, name: string): number[] {
  return samples.flatMap((sample) => {
    const value = sample.figures?.[name];
    return sample.fault === fault && sample.client === client && value !== undefined ? [value] : [];
  });
}

function cellsOf(samples: readonly Sample[]) {
  return (fault: string, client: ClientKind, figure: string) => {
    const lost = samples.filter((one) => one.fault === fault && one.client === client && one.error);
    const found = withRange(summarise(figuresOf(samples, fault, client, figure)));
    return lost.length > 0 ? `${found}, not in ${lost.length}` : found;
  };
}

function ratioOf(samples: readonly Sample[], fault: string, figure: string): string {
  const median = (client: ClientKind) => summarise(figuresOf(samples, fault, client, figure)).median;
  return ratio(median('ours'), median('official'));
}

function silenceTable(samples: readonly Sample[]) {
  const cell = cellsOf(samples);
  return {
    title:
      'both hear each other again, ms after the path was cut or the new page was there: median (least–most)',
    columns: ['', 'ours', 'theirs', 'ours/theirs'],
    rows: [...SILENCES.keys()].map((fault) => [
      fault,
      cell(fault, 'ours', 'heard'),
      cell(fault, 'official', 'heard'),
      ratioOf(samples, fault, 'heard'),
    ]),
    note: '“not in N”: so many runs in which they did not.',
  };
}

function table(faults: readonly Fault[], samples: readonly Sample[]) {
  const cell = cellsOf(samples);
  return {
    title: 'ready again and longest silence at either end, ms: median (least–most)',
    columns: ['', 'ready, ours', 'ready, theirs', 'ours/theirs', 'silence, ours', 'silence, theirs'],
    rows: faults.map(({ name }) => [
      name,
      cell(name, 'ours', 'ready'),
      cell(name, 'official', 'ready'),
      ratioOf(samples, name, 'ready'),
      cell(name, 'ours', 'stall'),
      cell(name, 'official', 'stall'),
    ]),
    note: '“not in N”: so many runs in which the client did not come back within a minute, or its call was lost.',
  };
}

function goals(samples: readonly Sample[]) {
  const reset = signalingFaults.reset.name;
  const median = (client: ClientKind) => summarise(figuresOf(samples, reset, client, 'ready')).median;
  const share = median('ours') / median('official');
  const longest = Math.max(...figuresOf(samples, reset, 'ours', 'stall'));
  return [
    { figure: `${reset}, of the official time`, goal: '≤ 0.3', ...reached(share, 0.3, '') },
    { figure: `${reset}, longest silence`, goal: '≤ 60 ms', ...reached(longest, 60, ' ms') },
    ...[...GOALS].map(([fault, goal]) => ({
      figure: fault,
      goal: `≤ ${short(goal)} ms`,
      ...reached(Math.max(...figuresOf(samples, fault, 'ours', 'ready')), goal, ' ms'),
    })),
    {
      figure: `${MEDIA_PATH}, heard again`,
      goal: '≤ 3000 ms',
      ...reached(Math.max(...figuresOf(samples, MEDIA_PATH, 'ours', 'heard')), 3_000, ' ms'),
    },
  ];
}

/** What was not measured is not reached. */
function reached(value: number, goal: number, unit: string): { measured: string; reached: boolean } {
  return { measured: `${short(value)}${unit}`, reached: Number.isFinite(value) && value <= goal };
}
