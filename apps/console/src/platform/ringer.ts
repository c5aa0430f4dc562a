import type { SoundContext } from './sound-context.ts';

interface Note {
  /** Hertz. */
  pitch: number;
  /** Seconds after the beginning of the phrase. */
  at: number;
  length: number;
}

interface Phrase {
  notes: readonly Note[];
  loudness: number;
  everyMs: number;
}

/** A rising fourth and third, twice: heard through a room, and not taken for an alarm. */
const BELL: Phrase = {
  loudness: 0.16,
  everyMs: 3000,
  notes: [0, 0.75].flatMap((start) => [
    { pitch: 587.33, at: start, length: 0.5 },
    { pitch: 783.99, at: start + 0.14, length: 0.5 },
    { pitch: 987.77, at: start + 0.28, length: 0.7 },
  ]),
};

/** Two short notes under a conversation. */
const KNOCK: Phrase = {
  loudness: 0.06,
  everyMs: 4000,
  notes: [
    { pitch: 659.26, at: 0, length: 0.25 },
    { pitch: 659.26, at: 0.3, length: 0.25 },
  ],
};

export function createRinger(sound: SoundContext) {
  let stop: () => void = () => undefined;
  return {
    ring(how: 'silent' | 'bell' | 'knock') {
      stop();
      stop = how === 'silent' ? () => undefined : repeat(sound, how === 'bell' ? BELL : KNOCK);
    },
  };
}

function repeat(sound: SoundContext, phrase: Phrase): () => void {
  const { context, done } = sound.use();
  const volume = new GainNode(context, { gain: phrase.loudness });
  volume.connect(context.destination);
  const once = () => {
    for (const note of phrase.notes) play(context, volume, note);
  };
  once();
  const timer = setInterval(once, phrase.everyMs);
  return () => {
    clearInterval(timer);
    volume.disconnect();
    done();
  };
}

/** Struck, like a bar of wood: at once there, then dying away. */
function play(context: AudioContext, into: AudioNode, { pitch, at, length }: Note): void {
  const start = context.currentTime + at;
  const envelope = new GainNode(context, { gain: 0 });
  envelope.gain.setValueAtTime(0, start);
  envelope.gain.linearRampToValueAtTime(1, start + 0.01);
  envelope.gain.exponentialRampToValueAtTime(0.001, start + length);
  const tone = new OscillatorNode(context, { type: 'triangle', frequency: pitch });
  tone.connect(envelope).connect(into);
  tone.start(start);
  tone.stop(start + length);
}
