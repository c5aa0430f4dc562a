/** The sizes that both sides keep to (PROTOCOL.md, "Frames"). */
export const limits = {
  /** Bytes in all before a login was accepted; more close the socket with 1009. */
  frameBytesBeforeLogin: 16 * 1024,
  /** Bytes of one frame after it: an offer with many codecs or an image for an assistant fits. */
  frameBytes: 1024 * 1024,
  /** Nested arrays and objects in one frame. What is deeper breaks any recursive reader, a logger for one. */
  jsonDepth: 16,
  requestIdLength: 128,
  callIdLength: 128,
  addressLength: 256,
  sdpLength: 256 * 1024,
  candidateLength: 1024,
  headerCount: 64,
  headerNameLength: 128,
  headerValueLength: 1024,
  clientStateLength: 4096,
  tokenLength: 8192,
  passwordLength: 1024,
  textLength: 64 * 1024,
  variableCount: 64,
  channelCount: 64,
  capabilityCount: 32,
  /** Calls that a client names at a login. */
  callCount: 100,
  contentPartCount: 64,
  tones: 64,
} as const;
