import { loudness, needle } from '../model/loudness.ts';
import type { SoundContext } from './sound-context.ts';

/** Calls back at every frame with the level of a stream, 0 to 1. Returns how to stop. */
export type LevelWatch = (stream: () => MediaStream | null, onLevel: (level: number) => void) => () => void;

/** The stream is asked for at every frame, because a call's tracks change while it goes on. */
export function createLevelWatch(sound: SoundContext): LevelWatch {
  return (stream, onLevel) => {
    const { context, done } = sound.use();
    const analyser = new AnalyserNode(context, { fftSize: 1024 });
    const samples = new Float32Array(analyser.fftSize);
    let source: MediaStreamAudioSourceNode | null = null;
    let heard: MediaStreamTrack | null = null;
    let shown = 0;
    let last = performance.now();

    const follow = () => {
      const track = stream()?.getAudioTracks()[0] ?? null;
      if (track === heard) return;
      source?.disconnect();
      heard = track;
      source = track === null ? null : context.createMediaStreamSource(new MediaStream([track]));
      source?.connect(analyser);
    };
    const frame = (now: number) => {
      follow();
      if (source !== null) analyser.getFloatTimeDomainData(samples);
      shown = needle(shown, source === null ? 0 : loudness(samples), now - last);
      last = now;
      onLevel(shown);
      next = requestAnimationFrame(frame);
    };
    let next = requestAnimationFrame(frame);
    return () => {
      cancelAnimationFrame(next);
      source?.disconnect();
      done();
    };
  };
}
