import { FRAME_SAMPLES, SAMPLE_RATE } from './sound.ts';

/** 10 ms of sound. */
export interface Frame {
  /** Unix time of its first sample, in milliseconds. */
  at: number;
  samples: Float32Array;
}

/** What was played so far. */
export interface Tape {
  frames(): Promise<readonly Frame[]>;
  close(): Promise<void>;
}

/** The stream to listen to, now and whenever it gives another. */
export type StreamSource = () => MediaStream | null;

/** Two minutes. */
const KEPT_FRAMES = 12_000;
const FRAME_MS = (1000 * FRAME_SAMPLES) / SAMPLE_RATE;

export function now(): number {
  return performance.timeOrigin + performance.now();
}

/**
 * Listens on the audio thread. Firefox without a sound card never starts an audio context, and leaves the promise
 * pending, so that it records, with a card too.
 */
export function openTape(source: StreamSource): Promise<Tape> {
  const isFirefox = navigator.userAgent.includes('Firefox');
  return isFirefox ? Promise.resolve(openRecordedTape(source)) : openLiveTape(source);
}

async function openLiveTape(source: StreamSource): Promise<Tape> {
  const context = new AudioContext({ sampleRate: SAMPLE_RATE });
  await context.resume();
  await context.audioWorklet.addModule(new URL('./ear-worklet.js', import.meta.url));
  const worklet = new AudioWorkletNode(context, 'ear', { channelCount: 1, channelCountMode: 'explicit' });
  // The worklet's own output is silence, but nothing runs that is not connected.
  worklet.connect(context.destination);
  const frames: Frame[] = [];
  worklet.port.onmessage = ({ data }: MessageEvent<{ startedAt: number; samples: Float32Array }>) => {
    frames.push({ at: data.startedAt, samples: data.samples });
    if (frames.length > KEPT_FRAMES) frames.shift();
  };
  const unfollow = follow(source, (stream) => {
    const node = context.createMediaStreamSource(stream);
    node.connect(worklet);
    return () => {
      node.disconnect();
    };
  });
  return {
    frames: () => Promise.resolve(frames),
    close: async () => {
      unfollow();
      await context.close();
    },
  };
}

interface Recording {
  startedAt: number;
  chunks: Blob[];
  /** As far as it was decoded: so many chunks, these frames. */
  decoded: { chunks: number; frames: readonly Frame[] };
}

/** Records the stream and decodes what is there when somebody asks: later by about 0.2 s, and not of the exact time. */
function openRecordedTape(source: StreamSource): Tape {
  const recordings: Recording[] = [];
  const unfollow = follow(source, (stream) => {
    const recording: Recording = {
      startedAt: now(),
      chunks: [],
      decoded: { chunks: 0, frames: [] },
    };
    const recorder = new MediaRecorder(stream);
    recorder.ondataavailable = ({ data }) => {
      if (data.size > 0) recording.chunks.push(data);
    };
    recorder.start(100);
    recordings.push(recording);
    return () => {
      recorder.stop();
    };
  });
  return {
    frames: async () => (await Promise.all(recordings.map(decode))).flat(),
    close: () => {
      unfollow();
      return Promise.resolve();
    },
  };
}

async function decode(recording: Recording): Promise<readonly Frame[]> {
  const { chunks, decoded, startedAt } = recording;
  if (decoded.chunks === chunks.length) return decoded.frames;
  const known = chunks.length;
  const decoder = new OfflineAudioContext(1, 1, SAMPLE_RATE);
  try {
    const sound = await decoder.decodeAudioData(await new Blob(chunks).arrayBuffer());
    recording.decoded = { chunks: known, frames: cut(sound.getChannelData(0), startedAt) };
  } catch {
    // The first chunk alone, or half a page at the end, is no file yet; what was decoded before still stands.
  }
  return recording.decoded.frames;
}

function cut(samples: Float32Array, startedAt: number): Frame[] {
  return Array.from({ length: Math.floor(samples.length / FRAME_SAMPLES) }, (_, index) => ({
    at: startedAt + index * FRAME_MS,
    samples: samples.subarray(index * FRAME_SAMPLES, (index + 1) * FRAME_SAMPLES),
  }));
}

/** Elements change their stream without telling; 20 ms is less than a new path needs to be heard. */
function follow(source: StreamSource, listen: (stream: MediaStream) => () => void): () => void {
  let heard = '';
  let unlisten: (() => void) | undefined;
  const timer = setInterval(() => {
    const tracks = source()?.getAudioTracks() ?? [];
    const live = tracks.filter(({ readyState }) => readyState === 'live');
    const ids = live.map(({ id }) => id).join(' ');
    if (ids === heard) return;
    unlisten?.();
    heard = ids;
    unlisten = ids === '' ? undefined : listen(new MediaStream(live));
  }, 20);
  return () => {
    clearInterval(timer);
    unlisten?.();
  };
}
