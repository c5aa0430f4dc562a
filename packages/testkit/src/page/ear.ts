import { FRAME_SAMPLES, SAMPLE_RATE, type Heard, analyse, levelOf } from './sound.ts';

/** A stretch in which nothing was heard. */
export interface Silence {
  /** Unix time in milliseconds. */
  at: number;
  ms: number;
}

/** One 10 ms frame, for a test that follows what was heard over time. */
export interface Moment {
  at: number;
  level: number;
}

export interface Ear {
  /** Waits for `windowMs` of sound that is played from now on, and measures it. */
  hear(windowMs?: number): Promise<Heard>;
  /** Measures the sound that was played between two Unix times. */
  heardBetween(from: number, to: number): Heard;
  /** The stretches below `threshold` dBFS that began at or after `since`; the last one may go on still. */
  silences(since: number, threshold?: number): Silence[];
  levels(since: number): Moment[];
  /** Waits until sound of at least `threshold` dBFS is played; the Unix time of the first such frame from `since` on. */
  firstSound(since: number, threshold?: number, withinMs?: number): Promise<number>;
  close(): Promise<void>;
}

interface Frame {
  at: number;
  samples: Float32Array;
}

const FRAME_MS = (1000 * FRAME_SAMPLES) / SAMPLE_RATE;
const KEPT_FRAMES = 12_000;
const SILENCE_DBFS = -60;
/** 341 ms: resolves 3 Hz before interpolation. */
const DEFAULT_WINDOW_MS = 350;

function now(): number {
  return performance.timeOrigin + performance.now();
}

/**
 * Listens to what `source` gives, now and whenever it gives another stream. A stream of a peer connection flows in
 * Chromium only while a media element plays it.
 */
export async function openEar(source: () => MediaStream | null): Promise<Ear> {
  const context = new AudioContext({ sampleRate: SAMPLE_RATE });
  await context.audioWorklet.addModule(new URL('./ear-worklet.js', import.meta.url));
  const worklet = new AudioWorkletNode(context, 'ear', { channelCount: 1, channelCountMode: 'explicit' });
  // The worklet's own output is silence, but nothing runs that is not connected.
  worklet.connect(context.destination);
  await context.resume();
  const clockOffset = now() - context.currentTime * 1000;
  const frames: Frame[] = [];
  worklet.port.onmessage = ({ data }: MessageEvent<{ startedAt: number; samples: Float32Array }>) => {
    frames.push({ at: data.startedAt * 1000 + clockOffset, samples: data.samples });
    if (frames.length > KEPT_FRAMES) frames.shift();
  };
  const follower = follow(source, context, worklet);
  return {
    ...measures(frames),
    close: async () => {
      clearInterval(follower);
      await context.close();
    },
  };
}

/** Elements change their stream without telling; 20 ms is less than a call needs to be heard. */
function follow(source: () => MediaStream | null, context: AudioContext, sink: AudioNode): number {
  let heard: { tracks: string; node: MediaStreamAudioSourceNode } | undefined;
  return window.setInterval(() => {
    const stream = source();
    const tracks = stream?.getAudioTracks().filter(({ readyState }) => readyState === 'live') ?? [];
    const ids = tracks.map(({ id }) => id).join(' ');
    if (ids === (heard?.tracks ?? '')) return;
    heard?.node.disconnect();
    heard = undefined;
    if (stream === null || ids === '') return;
    const node = context.createMediaStreamSource(new MediaStream(tracks));
    node.connect(sink);
    heard = { tracks: ids, node };
  }, 20);
}

function measures(frames: readonly Frame[]): Omit<Ear, 'close'> {
  const between = (from: number, to: number) => {
    const chosen = frames.filter(({ at }) => at >= from && at < to);
    const joined = new Float32Array(chosen.length * FRAME_SAMPLES);
    chosen.forEach(({ samples }, index) => {
      joined.set(samples, index * FRAME_SAMPLES);
    });
    return joined;
  };
  return {
    hear: async (windowMs = DEFAULT_WINDOW_MS) => {
      const from = now();
      await until(
        () => (frames.at(-1)?.at ?? 0) >= from + windowMs,
        windowMs + 5_000,
        'sound from the audio thread',
      );
      return analyse(between(from, from + windowMs));
    },
    heardBetween: (from, to) => analyse(between(from, to)),
    silences: (since, threshold = SILENCE_DBFS) => silencesOf(frames, since, threshold),
    levels: (since) =>
      frames.filter(({ at }) => at >= since).map(({ at, samples }) => ({ at, level: levelOf(samples) })),
    firstSound: async (since, threshold = SILENCE_DBFS, withinMs = 10_000) => {
      const find = () => frames.find(({ at, samples }) => at >= since && levelOf(samples) >= threshold);
      await until(() => find() !== undefined, withinMs, `sound of ${String(threshold)} dBFS`);
      return find()?.at ?? Number.NaN;
    },
  };
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

async function until(condition: () => boolean, withinMs: number, what: string): Promise<void> {
  const deadline = now() + withinMs;
  while (!condition()) {
    if (now() > deadline) throw new Error(`No ${what} within ${String(withinMs)} ms.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
