/**
 * Takes the secrets out of what a client tells about a call. The vendor's client logs every frame and every option,
 * and so its reports hold passwords, login tokens and TURN credentials: as members, in JSON within texts, in SDP.
 */

const redacted = '[redacted]';
const deepest = 32;
/** A shorter secret, sought everywhere, would also hit ordinary words. */
const shortestSought = 8;
/** Bounds the time that a report made of nothing but secrets takes. */
const mostSought = 64;

const names = [
  'password',
  'passwd',
  'pass',
  'sip_password',
  'sippassword',
  'login_token',
  'logintoken',
  'token',
  'access_token',
  'refresh_token',
  'jwt',
  'credential',
  'secret',
  'client_secret',
  'api_key',
  'apikey',
  'authorization',
  'cookie',
  // An application's own, carried for it.
  'clientstate',
  'client_state',
].join('|');

const secretName = new RegExp(`^(?:${names})$`, 'i');

/**
 * A member of JSON that stands in a text. Its quotes are escaped once more for each text around it; a quote with a
 * backslash more belongs to the value. The bounds keep the time linear in the length of the text.
 */
const memberInText = new RegExp(
  String.raw`((\\{0,15}")(?:${names})\2\s{0,99}:\s{0,99}\2)(?:(?!(?<!\\)\2)[^])+`,
  'gi',
);
/** What applications put into custom headers is theirs alone. */
const headers = /custom_?headers/i;
const headerValueInText = new RegExp(
  String.raw`((\\{0,15}")value\2\s{0,99}:\s{0,99}\2)(?:(?!(?<!\\)\2)[^])+`,
  'g',
);
const numberInText = new RegExp(String.raw`((\\{0,15}")(?:${names})\2\s{0,99}:\s{0,99})[\d.]+`, 'gi');

/** `password=…` in a query or a log line, `Authorization: Bearer …` and the like. */
const assignmentInText = new RegExp(
  String.raw`((?:\b|%3F|%26)(?:${names})\s{0,9}(?:=|%3D|:)\s{0,9}'?(?:(?:bearer|basic|digest)\s+)?)[^\s&"'\\,;]+`,
  'gi',
);

/** What lets others take part in the media (RFC 8839 §5.4, RFC 4568 §4). */
const secretInSdp = /(a=ice-pwd:|a=crypto:\d+ \S+ inline:)[\w+/=|:-]+/g;

/** Login tokens (RFC 7515 §3.1) and API keys by their own looks, wherever they stand. */
const looksSecret = /()(?:\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*|\bKEY[\w-]{40,})/g;

/** Nearly no text has any of these: one look spares it the five above. */
const suspicious =
  /pass|client_?state|secret|token|jwt|credential|api_?key|authorization|cookie|ice-pwd|a=crypto|eyJ|KEY/i;

/** Thrown for what nobody sends in good faith. */
export class TooDeepError extends Error {
  readonly code = 'too-deep';
  constructor() {
    super(`It is nested deeper than ${String(deepest)} levels.`);
    this.name = 'TooDeepError';
  }
}

/**
 * @param value of JSON
 * @returns a copy without secrets
 * @throws TooDeepError
 */
export function redact(value: unknown): unknown {
  const found = new Set<string>();
  const hide = (secret: string) => {
    if (secret !== redacted) found.add(secret);
    return redacted;
  };
  const cleaned = mapTexts(value, (text, name, parent) =>
    isSecret(name, parent) ? hide(text) : hideWithin(text, hide),
  );
  // What is a secret in one place may stand in another where nothing says what it is.
  const sought = [...found].filter((secret) => secret.length >= shortestSought).slice(0, mostSought);
  if (sought.length === 0) return cleaned;
  return mapTexts(cleaned, (text) =>
    sought.reduce((rest, secret) => rest.replaceAll(secret, redacted), text),
  );
}

function isSecret(name: string | undefined, parent: string | undefined): boolean {
  if (name === undefined) return false;
  return secretName.test(name) || (name === 'value' && parent !== undefined && headers.test(parent));
}

function hideWithin(text: string, hide: (secret: string) => string): string {
  const patterns = [
    ...(headers.test(text) ? [headerValueInText] : []),
    ...(suspicious.test(text)
      ? [memberInText, numberInText, assignmentInText, secretInSdp, looksSecret]
      : []),
  ];
  return patterns.reduce(
    (rest, pattern) =>
      rest.replace(pattern, (match: string, before: string) => before + hide(match.slice(before.length))),
    text,
  );
}

/** Copies a value with each text in it changed; a number under the name of a secret counts as a text. */
function mapTexts(
  value: unknown,
  change: (text: string, name?: string, parent?: string) => string,
  name?: string,
  depth = 0,
  parent?: string,
): unknown {
  if (typeof value === 'string') return change(value, name, parent);
  if (typeof value === 'number' && isSecret(name, parent)) return change(String(value), name, parent);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === deepest) throw new TooDeepError();
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change, name, depth + 1, parent));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [change(key), mapTexts(item, change, key, depth + 1, name)]),
  );
}
