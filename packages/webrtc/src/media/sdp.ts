/** RFC 8839 §5.1: the kinds of candidates that a description carries. */
export function candidateTypes(sdp: string): ReadonlySet<string> {
  return new Set([...sdp.matchAll(/^a=candidate:.* typ (\w+)/gm)].map(([, type = '']) => type));
}

/**
 * A description, or one candidate, without any address but those of relays. Browsers gather nothing else where they
 * are told so; what would reveal where somebody is must not hang on that alone (RFC 8828 §4).
 */
export function relayedOnly(text: string): string {
  return text
    .replace(/^a=candidate:(?!.* typ relay).*\r?\n?/gm, '')
    .replace(/ raddr \S+ rport \d+/g, ' raddr 0.0.0.0 rport 9');
}
