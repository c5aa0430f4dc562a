import { execFileSync } from 'node:child_process';
import { availableParallelism, loadavg } from 'node:os';

/** What the figures were taken on, as far as a reader needs it. */
export interface Machine {
  cores: number;
  node: string;
  /** Undefined where there is no Chromium. */
  chromium?: string;
  /** Of the last minute before the benchmark began: what else the machine had to do. */
  load: number;
}

export function describeMachine(): Machine {
  const chromium = chromiumVersion();
  return {
    cores: availableParallelism(),
    node: process.versions.node,
    ...(chromium === undefined ? {} : { chromium }),
    load: Number((loadavg()[0] ?? 0).toFixed(1)),
  };
}

function chromiumVersion(): string | undefined {
  try {
    const output = execFileSync('/usr/bin/chromium', ['--version'], { encoding: 'utf8', stdio: 'pipe' });
    return /\d+\.[\d.]+/.exec(output)?.[0];
  } catch {
    return undefined;
  }
}
