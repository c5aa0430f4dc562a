import { FRAME_SAMPLES, SAMPLE_RATE, type Heard, analyse, levelOf } from './sound.ts';
import { type Frame, type StreamSource, now, openTape } from './tape.ts';

/** A stretch in which nothing was heard. */
export interface Silence {
  /** Unix time in milliseconds. */
  at: number;
  ms: number;
}

/** The level of one 10 ms frame, for a test that follows what was heard over time. */
export interface Moment {
  at: number;
  level: number;
}

/** Measures what a page plays. Times are Unix times in milliseconds, levels dBFS. */
export interface Ear {
  /** Waits for `windowMs` of sound that is played from now on, and measures it. */
  hear(windowMs?: number): Promise<Heard>;
  /** Measures the sound that was played between two times. */
  heardBetween(from: number, to: number): Promise<Heard>;
  /** The stretches below `threshold` from `since` on; the last one may go on still. */
  silences(since: number, threshold?: number): Promise<Silence[]>;
  levels(since: number): Promise<Moment[]>;
  /** Waits for sound of at least `threshold`, and gives the time of the first such frame from `since` on. */
  firstSound(since: number, threshold?: number, withinMs?: number): Promise<number>;
  /** Waits for a silence of at least `lastingMs`, and gives the time at which it began. */
  firstSilence(since: number, lastingMs?: number, threshold?: number, withinMs?: number): Promise<number>;
  close(): Promise<void>;
}

const FRAME_MS = (1000 * FRAME_SAMPLES) / SAMPLE_RATE;
const SILENCE_DBFS = -60;
/** Resolves 3 Hz before interpolation. */
const DEFAULT_WINDOW_MS = 350;

/**
 * Listens to what `source` gives, now and whenever it gives another stream. A stream of a peer connection flows in
 * Chromium only while a media element plays it.
 */
export async function openEar(source: StreamSource): Promise<Ear> {
  const tape = await openTape(source);
  const hear = async (from: number, to: number) => analyse(samplesOf(await tape.frames(), from, to));
  return {
    hear: async (windowMs = DEFAULT_WINDOW_MS) => {
      const from = now();
      const heardAll = async () => ((await tape.frames()).at(-1)?.at ?? 0) >= from + windowMs;
      await until(heardAll, windowMs + 5_000, 'sound to measure');
      return hear(from, from + windowMs);
    },
    heardBetween: hear,
    silences: async (since, threshold = SILENCE_DBFS) => silencesOf(await tape.frames(), since, threshold),
    levels: async (since) =>
      (await tape.frames())
        .filter(({ at }) => at >= since)
        .map(({ at, samples }) => ({ at, level: levelOf(samples) })),
    firstSound: async (since, threshold = SILENCE_DBFS, withinMs = 10_000) => {
      const loud = ({ at, samples }: Frame) => at >= since && levelOf(samples) >= threshold;
      let first: Frame | undefined;
      const found = async () => {
        first = (await tape.frames()).find(loud);
        return first !== undefined;
      };
      await until(found, withinMs, `sound of ${threshold} dBFS`);
      return first?.at ?? Number.NaN;
    },
    firstSilence: async (since, lastingMs = 200, threshold = SILENCE_DBFS, withinMs = 10_000) => {
      let first: Silence | undefined;
      const found = async () => {
        const silences = silencesOf(await tape.frames(), since, threshold);
        first = silences.find(({ ms }) => ms >= lastingMs);
        return first !== undefined;
      };
      await until(found, withinMs, `silence of ${lastingMs} ms below ${threshold} dBFS`);
      return first?.at ?? Number.NaN;
    },
    close: () => tape.close(),
  };
}

function samplesOf(frames: readonly Frame[], from: number, to: number): Float32Array {
  const chosen = frames.filter(({ at }) => at >= from && at < to);
  const joined = new Float32Array(chosen.length * FRAME_SAMPLES);
  chosen.forEach(({ samples }, index) => {
    joined.set(samples, index * FRAME_SAMPLES);
  });
  return joined;
}

function silencesOf(frames: readonly Frame[], since: number, threshold: number): Silence[] {
  const silences: Silence[] = [];
  let current: Silence | undefined;
  for (const { at, samples } of frames) {
    if (at < since) continue;
    if (levelOf(samples) >= threshold) {
      current = undefined;
    } else if (current === undefined) {
      current = { at, ms: FRAME_MS };
      silences.push(current);
    } else {
      current.ms += FRAME_MS;
    }
  }
  return silences;
}

async function until(condition: () => Promise<boolean>, withinMs: number, what: string): Promise<void> {
  const deadline = now() + withinMs;
  while (!(await condition())) {
    if (now() > deadline) throw new Error(`No ${what} within ${withinMs} ms.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
