import { type ChildProcess } from 'node:child_process';

import type { LoadCommand, LoadCommands } from './load-commands.ts';
import { type Companion, gone } from './servers.ts';

export type Load = <C extends LoadCommand>(
  command: C,
  given: LoadCommands[C]['given'],
) => Promise<LoadCommands[C]['outcome']>;

/** Tells the load process what to do. Its commands are carried out one after another. */
export function commandLoad(load: Companion): Load {
  const { child } = load;
  const ended = gone(load);
  // Told to whoever waits; where nobody does, it was stopped.
  ended.catch(() => undefined);
  return async (command, given) => {
    child.send({ command, given });
    const { outcome, problem } = await Promise.race([answerOf(child), ended]);
    if (problem !== undefined) throw new Error(`The load failed at ${command}: ${problem}`);
    return outcome;
  };
}

/** Each answer is that of the command before it. */
function answerOf(child: ChildProcess): Promise<{ outcome: never; problem?: string }> {
  return new Promise((resolve) => {
    child.once('message', resolve);
  });
}
