import type { StartTimer } from '../kernel/machine.ts';
import type { Scope } from '../kernel/scope.ts';
import { Stopped } from '../kernel/task-queue.ts';

/** A microphone that did not open, and the person who may repair that within a time. */
export interface MicrophonePrompt {
  readonly error: Error;
  readonly forMs: number;
  resume(): void;
  reject(): void;
}

/**
 * Waits for a decision; the first one counts, and is never told twice.
 *
 *      prompting ── resume ──▶ settled: try again
 *          └── reject, time over (`error`), call ended (`Stopped`) ──▶ rejected
 */
export async function promptFor(
  { error, forMs }: Pick<MicrophonePrompt, 'error' | 'forMs'>,
  startTimer: StartTimer,
  scope: Scope,
  prompted: (prompt: MicrophonePrompt) => void,
): Promise<void> {
  let cancel = (): void => undefined;
  try {
    await new Promise<void>((resume, fail) => {
      const reject = (): void => {
        fail(error);
      };
      cancel = startTimer(forMs, reject);
      scope.add(() => {
        fail(new Stopped());
      });
      prompted({ error, forMs, resume, reject });
    });
  } finally {
    cancel();
  }
}
