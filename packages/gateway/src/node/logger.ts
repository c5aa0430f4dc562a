import { pino, type Logger } from 'pino';

/** JSON lines on standard error; standard output is for what people asked for. */
export function createLogger(level: string): Logger {
  return pino({ level, base: null }, pino.destination({ dest: 2, sync: false }));
}
