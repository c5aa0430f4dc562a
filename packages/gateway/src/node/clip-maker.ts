import { AudioError } from '../media/clips/audio-error.ts';
import { encodeClip } from '../media/clips/encode-clip.ts';

/** The entry of a process that makes one clip: a file comes in as base64, a clip or what is wrong goes out. */

export type ClipOutcome = { clip: string } | { problem: string };

process.once('message', (file: string) => {
  process.send?.(outcomeOf(Buffer.from(file, 'base64')), undefined, undefined, () => {
    process.disconnect();
  });
});
// A terminal or a supervisor signals the whole group; it ends with the gateway.
process.on('disconnect', () => process.exit());

function outcomeOf(file: Buffer): ClipOutcome {
  try {
    return { clip: encodeClip(file) };
  } catch (error) {
    if (error instanceof AudioError) return { problem: error.message };
    throw error;
  }
}
