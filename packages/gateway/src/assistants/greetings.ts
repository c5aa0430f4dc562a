import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LONGEST_CLIP_SECONDS } from '../media/clips/clip.ts';
import { cutWav } from '../media/clips/wav.ts';
import type { Log } from '../ports.ts';
import type { AssistantVersion } from '../store/assistant-records.ts';
import type { Studio } from './studio.ts';

export interface Greetings {
  /** What the version says first, as a clip; null where it says nothing that could be heard. */
  clipOf(version: AssistantVersion): Promise<string | null>;
}

interface GreetingsPorts {
  studio: Studio;
  /** Keeps what was read out once. */
  folder: string;
  /** Milliseconds of the epoch. */
  now: () => number;
  log: Log;
}

/** What could not be read out is not tried again for so long: anybody can call, and each attempt is a process. */
const RETRY_MS = 10 * 60_000;

/** A text is read out once, whoever asks for it, and as often as it is asked for meanwhile. */
export function createGreetings({ studio, folder, now, log }: GreetingsPorts): Greetings {
  const fileOf = (text: string) => join(folder, `${createHash('sha256').update(text).digest('hex')}.clip`);
  const underWay = new Map<string, Promise<string | null>>();
  /** By file: when to try again. */
  const failed = new Map<string, number>();

  const speak = async (text: string, assistantId: string): Promise<string | null> => {
    const wav = await studio.speak(text);
    if (wav === null) {
      log.warn({ assistantId }, 'the greeting is not spoken: espeak-ng is not installed here');
      return null;
    }
    const whole = Buffer.from(wav.buffer, wav.byteOffset, wav.byteLength);
    const heard = cutWav(whole, LONGEST_CLIP_SECONDS);
    if (heard.length < whole.length)
      log.warn({ assistantId }, 'the greeting is spoken no further than a minute: its text is too long');
    return await studio.encode(heard);
  };

  const spoken = async (text: string, assistantId: string): Promise<string | null> => {
    const file = fileOf(text);
    const kept = await readFile(file, 'utf8').catch(() => undefined);
    if (kept !== undefined) return kept;
    if (now() < (failed.get(file) ?? 0)) return null;
    const clip = await speak(text, assistantId).catch((err: unknown) => {
      log.error({ err, assistantId }, 'the greeting cannot be spoken');
      return null;
    });
    for (const [other, retryAt] of failed) if (retryAt <= now()) failed.delete(other);
    if (clip === null) failed.set(file, now() + RETRY_MS);
    else
      await keep(file, clip).catch((err: unknown) => {
        log.error({ err, assistantId }, 'the greeting as it was spoken cannot be kept');
      });
    return clip;
  };

  const keep = async (file: string, clip: string): Promise<void> => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const draft = `${file}.${randomUUID()}`;
    await writeFile(draft, clip, { mode: 0o600 });
    await rename(draft, file);
  };

  return {
    async clipOf({ assistantId, greeting, greetingClip }) {
      if (greetingClip !== null || greeting === null) return greetingClip;
      const running = underWay.get(greeting) ?? spoken(greeting, assistantId);
      underWay.set(greeting, running);
      try {
        return await running;
      } finally {
        underWay.delete(greeting);
      }
    },
  };
}
