/** Matches what the application prefers with what the browser has, in the application's order. */
export function orderCodecs(
  preferred: readonly Partial<RTCRtpCodec>[],
  available: readonly RTCRtpCodec[],
): RTCRtpCodec[] {
  return preferred.flatMap((wanted) => available.filter((codec) => matches(wanted, codec)));
}

function matches(wanted: Partial<RTCRtpCodec>, codec: RTCRtpCodec): boolean {
  return (
    wanted.mimeType?.toLowerCase() === codec.mimeType.toLowerCase() &&
    (wanted.clockRate ?? codec.clockRate) === codec.clockRate &&
    (wanted.sdpFmtpLine ?? codec.sdpFmtpLine) === codec.sdpFmtpLine
  );
}
