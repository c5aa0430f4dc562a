/** Members whose values nobody is to read in a console: secrets, and what an application wrote. */
const SECRETS = new RegExp(
  `^(${[
    '(sip_?)?passw(or)?d|pass|credential|(client_?)?secret|api_?key|authorization|cookie',
    '((login|access|refresh)_?)?token|jwt',
    'custom_?headers|client_?state|user_?variables|target_?params',
  ].join('|')})$`,
  'i',
);
/** What lets others take part in the media (RFC 8839, section 5.4; RFC 4568, section 4). */
const IN_SDP = /(a=ice-pwd:|a=crypto:\d+ \S+ inline:)\S+/g;
/** Tokens (RFC 7515, section 3.1), and API keys. */
const TOKEN = /\beyJ[\w-]+\.[\w-]+\.[\w-]*|\bKEY[\w-]{40,}/g;

/** @returns a copy without secrets, to be shown */
export function redact(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(IN_SDP, '$1…').replace(TOKEN, '…');
  if (Array.isArray(value)) return value.map(redact);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value);
  return Object.fromEntries(
    members.map(([name, member]) => [name, SECRETS.test(name) ? '…' : redact(member)]),
  );
}
