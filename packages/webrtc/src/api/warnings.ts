import { codesByName, entry, type ICatalogueEntry } from './catalogue.ts';

const NETWORK = 'Check the network.';
const ICE_SERVERS = 'Check the STUN and TURN servers.';
const FAR_SIDE = 'Check the microphone of the other side.';
const NOTHING = 'Nothing to do.';

/**
 * Every warning by its code. Codes from 33100 to 33199 are this SDK's own; the others are those of
 * `@telnyx/webrtc`.
 */
export const SDK_WARNINGS = {
  31001: entry('HIGH_RTT', 'The round trip takes long', NETWORK),
  31002: entry('HIGH_JITTER', 'Packets arrive unevenly', NETWORK),
  31003: entry('HIGH_PACKET_LOSS', 'Packets are lost', NETWORK),
  31004: entry('LOW_MOS', 'The call sounds bad', NETWORK),
  31005: entry('LOW_LOCAL_AUDIO', 'The microphone is silent', 'Check the microphone.'),
  31006: entry('LOW_INBOUND_AUDIO', 'The other side is silent', FAR_SIDE),
  32001: entry('LOW_BYTES_RECEIVED', 'No audio arrives', NETWORK),
  32002: entry('LOW_BYTES_SENT', 'No audio is sent', NETWORK),
  32003: entry('RECORDING_UNAVAILABLE', 'This browser cannot record', 'Use a browser that can.'),
  32004: entry('RECORDING_BUFFER_OVERFLOW', 'Parts of the recording were dropped', NETWORK),
  33001: entry('ICE_CONNECTIVITY_LOST', 'The media path is interrupted', NETWORK),
  33002: entry('ICE_GATHERING_TIMEOUT', 'Finding addresses takes long', ICE_SERVERS),
  33003: entry('ICE_GATHERING_EMPTY', 'The browser found no address', ICE_SERVERS),
  33004: entry('PEER_CONNECTION_FAILED', 'The media path has failed', NETWORK),
  33005: entry('ONLY_HOST_ICE_CANDIDATES', 'No STUN or TURN server has answered', ICE_SERVERS),
  33006: entry('ANSWER_WHILE_PEER_ACTIVE', 'The call is answered already', NOTHING),
  33007: entry('DUPLICATE_INBOUND_ANSWER', 'The call was replaced by another', NOTHING),
  33008: entry('ICE_CANDIDATE_PAIR_CHANGED', 'The media path has changed', NOTHING),
  33009: entry('AUDIO_INPUT_DEVICE_CHANGE_SKIPPED', 'The call sends no audio to switch', NOTHING),
  33010: entry('MULTIPLE_ACTIVE_CALLS_DETECTED', 'There is another call', 'Hold or end one.'),
  33011: entry(
    'SHARED_REMOTE_ELEMENT_OVERWRITE',
    'Another call used this element',
    'Use one element a call.',
  ),
  33101: entry('AUDIO_PLAYBACK_BLOCKED', 'The browser plays no sound yet', 'Have the person touch the page.'),
  34001: entry('TOKEN_EXPIRING_SOON', 'The token expires soon', 'Call login() with a new one.'),
  35002: entry('UNKNOWN_REATTACHED_SESSION', 'The server offered a call that is not here', NOTHING),
  36003: entry('SIGNALING_RECOVERY_REQUIRED', 'The connection is renewed', NOTHING),
  36004: entry('MEDIA_RECOVERY_REQUIRED', 'The media path is renewed', NOTHING),
  36005: entry(
    'RECONNECTION_FAILED_WITH_NO_AUTO_RECONNECT',
    'The connection stays closed',
    'Call connect().',
  ),
} as const;

/** Every warning code by its name. */
export const TELNYX_WARNING_CODES: {
  readonly [C in TelnyxWarningCode as (typeof SDK_WARNINGS)[C]['name']]: C;
} = /* @__PURE__ */ codesByName(SDK_WARNINGS);

export type TelnyxWarningCode = keyof typeof SDK_WARNINGS;

export interface ITelnyxWarning extends ICatalogueEntry {
  readonly code: number;
}

/** Payload of `telnyx.warning`. */
export interface ITelnyxWarningEvent {
  warning: ITelnyxWarning;
  sessionId: string;
  callId?: string;
  [detail: string]: unknown;
}

export function toWarning(code: TelnyxWarningCode): ITelnyxWarning {
  return { code, ...SDK_WARNINGS[code] };
}
