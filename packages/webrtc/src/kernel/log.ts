export type Level = 'debug' | 'info' | 'warn' | 'error';

export type Sink = (level: Level, line: string, detail: readonly unknown[]) => void;

/** Writes lines that name their source. Never give it credentials, tokens or session descriptions. */
export class Log {
  readonly #sink: Sink;
  readonly #source: string;

  constructor(sink: Sink, source: string) {
    this.#sink = sink;
    this.#source = source;
  }

  named(source: string): Log {
    return new Log(this.#sink, source);
  }

  debug(line: string): void {
    this.#write('debug', line, []);
  }

  warn(line: string, ...detail: readonly unknown[]): void {
    this.#write('warn', line, detail);
  }

  error(line: string, ...detail: readonly unknown[]): void {
    this.#write('error', line, detail);
  }

  #write(level: Level, line: string, detail: readonly unknown[]): void {
    this.#sink(level, `[${this.#source}] ${line}`, detail);
  }
}
