import { fork, spawn } from 'node:child_process';
import type { Studio } from '../assistants/studio.ts';
import { AudioError } from '../media/clips/audio-error.ts';
import type { ClipOutcome } from './clip-maker.ts';
import { clipMakerFile } from './own-files.ts';

/** A minute of sound takes less than a second of a processor. */
const patienceMs = 20_000;

/**
 * Makes sounds in processes that live as long as that takes, one at a time: encoding takes a processor for a while, and a
 * file from somewhere is read where it can do no harm.
 *
 * @param speaker reads text from its standard input and writes a WAV file to its standard output
 */
export function createStudio(
  speaker: readonly [string, ...string[]] = ['espeak-ng', '--stdin', '--stdout'],
): Studio {
  let busy: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const done = busy.then(work);
    busy = done.catch(() => undefined);
    return done;
  };
  return {
    encode: (file) => inTurn(() => makeClip(file)),
    speak: (text) => inTurn(() => runSpeaker(speaker, text)),
  };
}

function makeClip(file: Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = fork(clipMakerFile, [], {
      execArgv: [],
      stdio: ['ignore', 2, 2, 'ipc'],
      timeout: patienceMs,
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      reject(new Error(`The process that makes clips ended: ${signal ?? `exit code ${String(code)}`}.`));
    });
    child.once('message', (outcome: ClipOutcome) => {
      if ('clip' in outcome) resolve(outcome.clip);
      else reject(new AudioError(outcome.problem));
    });
    child.send(Buffer.from(file).toString('base64'), () => undefined);
  });
}

function runSpeaker(
  [program, ...args]: readonly [string, ...string[]],
  text: string,
): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'], timeout: patienceMs });
    const parts: Buffer[] = [];
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') resolve(null);
      else reject(error);
    });
    child.on('close', (code, signal) => {
      if (code === 0) resolve(Buffer.concat(parts));
      else reject(new Error(`${program} ended: ${signal ?? `exit code ${String(code)}`}.`));
    });
    child.stdout.on('data', (part: Buffer) => parts.push(part));
    // It may have ended before it has read everything; its exit code tells.
    child.stdin.on('error', () => undefined);
    child.stdin.end(text);
  });
}
