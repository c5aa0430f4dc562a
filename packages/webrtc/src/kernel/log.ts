type Level = 'debug' | 'warn' | 'error';

/** Never give it credentials, tokens or session descriptions. */
export type Log = (level: Level, line: string, ...detail: readonly unknown[]) => void;

/** @returns a log whose lines name their source */
export function named(source: string, log: Log): Log {
  return (level, line, ...detail) => {
    log(level, `[${source}] ${line}`, ...detail);
  };
}
