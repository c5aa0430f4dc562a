import { isIP } from 'node:net';
import { z } from 'zod';
import { assistantsSettingSchema } from '../assistants/configured-assistants.ts';

/** What `--help` shows of a setting. */
export interface SettingHelp {
  /** Stands for the value, such as `SECONDS`; none for a switch. */
  placeholder?: string;
  /** The option's name where it is not the setting's in kebab-case. */
  option?: string;
  /** May be given several times, and as a list with commas. */
  list?: true;
  text: string;
}

const help = z.registry<SettingHelp>();

export const settingsSchema = z.strictObject({
  port: wholeNumber(0, 65_535)
    .default(8080)
    .register(help, { placeholder: 'PORT', text: 'port of HTTP and WebSocket; 0 picks a free one' }),
  host: text()
    .default('127.0.0.1')
    .register(help, { placeholder: 'HOST', text: 'address to listen on; 0.0.0.0 or :: for all' }),
  data: text()
    .default('.parley')
    .register(help, { placeholder: 'FOLDER', text: 'folder of the database and the keys' }),
  databaseUrl: z
    .string({ error: 'must be a URL that starts with postgresql://' })
    .regex(/^postgres(ql)?:\/\/./, { error: 'must be a URL that starts with postgresql://' })
    .nullable()
    .default(null)
    .register(help, { placeholder: 'URL', text: 'PostgreSQL instead of SQLite in the data folder' }),
  demo: onOrOff()
    .default(false)
    .register(help, { text: 'make users alice and bob and an API key; only on a loopback host' }),
  mediaAddresses: list(
    z.string().refine((address) => isIP(address) !== 0),
    'must be IP addresses',
  )
    .default([])
    .register(help, {
      option: 'media-address',
      placeholder: 'ADDRESS',
      list: true,
      text: "address at which browsers reach the gateway's media; by default 127.0.0.1 on a loopback host, else all addresses of the machine",
    }),
  mediaPorts: portRange()
    .default({ min: 40_000, max: 40_999 })
    .register(help, { placeholder: 'FROM-TO', text: 'UDP ports of media' }),
  noTurn: onOrOff()
    .default(false)
    .register(help, { text: 'tell clients of no STUN or TURN server, and run none' }),
  turnPort: wholeNumber(0, 65_535).default(3478).register(help, {
    placeholder: 'PORT',
    text: 'UDP and TCP port of the TURN server that the gateway runs where coturn is installed; 0 picks a free one',
  }),
  turnRelayPorts: portRange().default({ min: 41_000, max: 41_999 }).register(help, {
    placeholder: 'FROM-TO',
    text: 'UDP ports from which that TURN server relays to the media; nobody else needs to reach them',
  }),
  turnUrls: list(
    z.string().regex(/^(stuns?:[^?\s]+|turns?:[^?\s]+(\?transport=(udp|tcp))?)$/),
    'must be URLs such as turn:turn.example.com:3478?transport=udp',
  )
    .default([])
    .register(help, {
      option: 'turn-url',
      placeholder: 'URL',
      list: true,
      text: 'STUN or TURN server that clients are told of, in place of one that the gateway runs',
    }),
  turnSecretFile: text().nullable().default(null).register(help, {
    placeholder: 'FILE',
    text: 'secret that those servers share with the gateway (static-auth-secret of coturn); or PARLEY_TURN_SECRET',
  }),
  /** Only in the environment or the configuration file: everybody on the machine can read a command line. */
  turnSecret: z
    .string({ error: 'must be at least 16 characters without blanks' })
    .regex(/^\S{16,}$/, { error: 'must be at least 16 characters without blanks' })
    .nullable()
    .default(null),
  turnSeconds: wholeNumber(2, 86_400).default(3_600).register(help, {
    placeholder: 'SECONDS',
    text: 'how long TURN credentials hold; clients get new ones at half of it',
  }),
  holdSeconds: wholeNumber(0, 86_400)
    .default(190)
    .register(help, { placeholder: 'SECONDS', text: 'how long a call waits for a lost client' }),
  ringSeconds: wholeNumber(1, 600)
    .default(60)
    .register(help, { placeholder: 'SECONDS', text: 'how long a call rings before it ends unanswered' }),
  drainSeconds: wholeNumber(0, 86_400)
    .default(30)
    .register(help, { placeholder: 'SECONDS', text: 'how long calls may go on when the gateway stops' }),
  keepCalls: onOrOff().default(false).register(help, {
    text: 'leave the calls that are up when the gateway stops to the next start, instead of ending them',
  }),
  allowSimulate: onOrOff().default(false).register(help, {
    text: 'let an API key break sessions on purpose, to test clients; --demo does so, too',
  }),
  allowedOrigins: list(
    z.string().refine((origin) => origin === '*' || isOrigin(origin)),
    'must be origins such as https://app.example.com, or *',
  )
    .default([])
    .register(help, {
      placeholder: 'ORIGIN',
      list: true,
      text: 'origin of web pages that may connect; by default those of the gateway itself and, on a loopback host, of this machine',
    }),
  trustProxy: list(z.string().regex(/^[0-9a-fA-F.:]+(\/\d{1,3})?$/), 'must be IP addresses or CIDR ranges')
    .default([])
    .register(help, {
      placeholder: 'ADDRESS',
      list: true,
      text: 'address or CIDR range of proxies whose X-Forwarded-* headers are believed',
    }),
  waitingPerAddress: wholeNumber(1, 4_000).default(20).register(help, {
    placeholder: 'SOCKETS',
    text: 'sockets that one address may have without a login; more where many people share one address',
  }),
  tlsCert: text()
    .nullable()
    .default(null)
    .register(help, { placeholder: 'FILE', text: 'certificate chain (PEM) to serve HTTPS and WSS' }),
  tlsKey: text()
    .nullable()
    .default(null)
    .register(help, { placeholder: 'FILE', text: 'private key (PEM) of the certificate' }),
  nodeId: z
    .string({ error: 'must be 1 to 32 letters and digits' })
    .regex(/^[A-Za-z0-9]{1,32}$/, { error: 'must be 1 to 32 letters and digits' })
    .default('n1')
    .register(help, {
      placeholder: 'ID',
      text: 'name of this node, by which a load balancer routes back to it',
    }),
  region: text().default('local').register(help, { placeholder: 'REGION', text: 'region told to clients' }),
  canary: onOrOff().default(false).register(help, { text: 'this node serves clients that ask for a canary' }),
  assistants: assistantsSettingSchema.default([]),
  otlpEndpoint: z
    .string({ error: 'must be a URL that starts with http:// or https://' })
    .regex(/^https?:\/\/./, { error: 'must be a URL that starts with http:// or https://' })
    .nullable()
    .default(null)
    .register(help, {
      placeholder: 'URL',
      text: 'OpenTelemetry collector that traces of calls are sent to, by OTLP over HTTP; OTEL_EXPORTER_OTLP_ENDPOINT says it, too',
    }),
  logLevel: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      error: 'must be one of fatal, error, warn, info, debug, trace and silent',
    })
    .default('info')
    .register(help, { placeholder: 'LEVEL', text: 'least severity that is logged' }),
});

/** Everything that can be set, checked and complete. */
export type Settings = z.output<typeof settingsSchema>;
export type SettingName = keyof Settings;

/** One entry for each setting, in the order in which help lists them. */
export const settingsHelp: ReadonlyMap<string, SettingHelp> = new Map(
  Object.entries(settingsSchema.shape).flatMap(([name, schema]) => {
    const entry = help.get(schema);
    return entry === undefined ? [] : [[name, entry]];
  }),
);

function text() {
  const error = 'must be a text that is not empty';
  return z.string({ error }).min(1, { error });
}

function wholeNumber(min: number, max: number) {
  const error = `must be a whole number from ${String(min)} to ${String(max)}`;
  return z.preprocess(
    (value) => (typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value),
    z.int({ error }).min(min, { error }).max(max, { error }),
  );
}

/** An environment variable can only hold a text. */
function onOrOff() {
  const words = new Map<unknown, boolean>([
    ['true', true],
    ['1', true],
    ['false', false],
    ['0', false],
  ]);
  return z.preprocess((value) => words.get(value) ?? value, z.boolean({ error: 'must be true or false' }));
}

function list(item: z.ZodType<string>, error: string) {
  return z.preprocess(
    (value) =>
      (Array.isArray(value) ? value : [value])
        .flatMap((part: unknown) => (typeof part === 'string' ? part.split(',') : [part]))
        .map((part) => (typeof part === 'string' ? part.trim() : part))
        .filter((part) => part !== ''),
    z.custom<readonly string[]>((value) => z.array(item).safeParse(value).success, { error }),
  );
}

function portRange() {
  const error = 'must be a range of at least two ports from 1024 to 65535, such as 40000-40999';
  const port = z.int({ error }).min(1024, { error }).max(65_535, { error });
  return z.preprocess(
    (value) => {
      const [, min, max] = (typeof value === 'string' ? /^(\d{1,5})-(\d{1,5})$/.exec(value) : null) ?? [];
      return min === undefined ? value : { min: Number(min), max: Number(max) };
    },
    z.strictObject({ min: port, max: port }, { error }).refine(({ min, max }) => min < max, { error }),
  );
}

function isOrigin(value: string): boolean {
  return value === 'null' || (URL.canParse(value) && new URL(value).origin === value);
}
