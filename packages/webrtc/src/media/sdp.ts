/** RFC 8839 §5.1: the kinds of candidates that a description carries. */
export function candidateTypes(sdp: string): ReadonlySet<string> {
  return new Set([...sdp.matchAll(/^a=candidate:.* typ (\w+)/gm)].map(([, type = '']) => type));
}
