import { pino, type DestinationStream, type Logger, stdTimeFunctions } from 'pino';

/** A net below the rule that nobody logs secrets. */
const secrets = ['password', 'passwd', 'login_token', 'token', 'credential', 'authorization', 'sip_password'];

/**
 * One line of JSON for each event, on standard error; standard output is for what people asked for.
 *
 * @param destination standard error by default
 */
export function createLogger(
  level: string,
  destination: DestinationStream = pino.destination({ dest: 2, sync: false }),
): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
    },
    destination,
  );
}
