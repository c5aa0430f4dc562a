/** Members whose values nobody is to read in a console. */
const SECRETS =
  /^(passw(or)?d|login_token|token|credential|client_secret|secret|authorization|cookie|custom_?headers|userVariables|target_params)$/i;
/** What lets others take part in the media (RFC 8839, section 5.4; RFC 4568, section 4). */
const IN_SDP = /(a=ice-pwd:|a=crypto:\d+ \S+ inline:)\S+/g;
/** RFC 7515, section 3.1. */
const TOKEN = /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g;

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
