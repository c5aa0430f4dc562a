import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../ports.ts';
import type { AssistantVersion } from '../store/assistant-records.ts';
import type { Studio } from './studio.ts';

export interface Greetings {
  /** What the version says first, as a clip; null where it says nothing that could be heard. */
  clipOf(version: AssistantVersion): Promise<string | null>;
}

/** @param folder keeps what was read out once */
export function createGreetings({
  studio,
  folder,
  log,
}: {
  studio: Studio;
  folder: string;
  log: Log;
}): Greetings {
  const spoken = async (text: string): Promise<string | null> => {
    const file = join(folder, `${createHash('sha256').update(text).digest('hex')}.clip`);
    const kept = await readFile(file, 'utf8').catch(() => undefined);
    if (kept !== undefined) return kept;
    const wav = await studio.speak(text);
    if (wav === null) return null;
    const clip = await studio.encode(wav);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const draft = `${file}.${randomUUID()}`;
    await writeFile(draft, clip, { mode: 0o600 });
    await rename(draft, file);
    return clip;
  };
  return {
    async clipOf({ assistantId, greeting, greetingClip }) {
      if (greetingClip !== null || greeting === null) return greetingClip;
      try {
        const clip = await spoken(greeting);
        if (clip === null)
          log.warn({ assistantId }, 'the greeting is not spoken: espeak-ng is not installed here');
        return clip;
      } catch (err) {
        log.error({ err, assistantId }, 'the greeting cannot be spoken');
        return null;
      }
    },
  };
}
