import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../bin/parley-gateway.js', import.meta.url));

export interface Running {
  child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** @returns the lines on standard output up to the one that says that it is ready */
  ready(): Promise<string[]>;
  ended: Promise<number | null>;
}

const children = new Set<ChildProcess>();

/** Ends those that a test left behind. */
export function endPrograms(): void {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
}

/** The built program, as people run it. */
export function run(...args: string[]): Running {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  const texts = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.stderr += text));
  const ended = once(child, 'close').then(() => child.exitCode);
  return {
    child,
    stdout: () => texts.stdout,
    stderr: () => texts.stderr,
    async ready() {
      while (!texts.stdout.includes('Parley is ready')) {
        if (child.exitCode !== null) throw new Error(`It ended:\n${texts.stderr}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return texts.stdout.trimEnd().split('\n');
    },
    ended,
  };
}
