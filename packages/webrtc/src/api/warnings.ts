import { codesByName, joinTables, mapRows, toEntry, type ICatalogueEntry, type Row } from './catalogue.ts';
import { QUALITY_WARNINGS } from './quality-warnings.ts';

const NETWORK = 'Check the network.';
const ICE_SERVERS = 'Check the STUN and TURN servers.';
const NOTHING = 'Nothing to do.';

/** What a client can tell: these rows are part of every page that can call. */
const TOLD = {
  33001: ['ICE_CONNECTIVITY_LOST', 'The media path is interrupted', NETWORK],
  33003: ['ICE_GATHERING_EMPTY', 'The browser found no address', ICE_SERVERS],
  33004: ['PEER_CONNECTION_FAILED', 'The media path has failed', NETWORK],
  33005: ['ONLY_HOST_ICE_CANDIDATES', 'No STUN or TURN server has answered', ICE_SERVERS],
  33006: ['ANSWER_WHILE_PEER_ACTIVE', 'The call is answered already', NOTHING],
  33009: ['AUDIO_INPUT_DEVICE_CHANGE_SKIPPED', 'The call sends no audio to switch', NOTHING],
  33010: ['MULTIPLE_ACTIVE_CALLS_DETECTED', 'There is another call', 'Hold or end one.'],
  33011: ['SHARED_REMOTE_ELEMENT_OVERWRITE', 'Another call used this element', 'Use one element a call.'],
  33101: ['AUDIO_PLAYBACK_BLOCKED', 'The browser plays no sound yet', 'Have the person touch the page.'],
  33102: ['MICROPHONE_LOST', 'The microphone is gone', 'Another one is used.'],
  33103: ['SPEAKER_LOST', 'The speaker is gone', 'Another one is used.'],
  33104: ['CALLS_END_WITH_PAGE', 'The page may not store what a reload needs', 'Allow it to store data.'],
  34001: ['TOKEN_EXPIRING_SOON', 'The token expires soon', 'Call login() with a new one.'],
  35002: ['UNKNOWN_REATTACHED_SESSION', 'The server offered a call that is not here', NOTHING],
  36003: ['SIGNALING_RECOVERY_REQUIRED', 'The connection is renewed', NOTHING],
  36004: ['MEDIA_RECOVERY_REQUIRED', 'The media path is renewed', NOTHING],
  36005: ['RECONNECTION_FAILED_WITH_NO_AUTO_RECONNECT', 'The connection stays closed', 'Call connect().'],
} as const satisfies Record<number, Row>;

/** What no part of the SDK tells. Move a row to `TOLD` to tell it. */
const UNTOLD = {
  32003: ['RECORDING_UNAVAILABLE', 'This browser cannot record', 'Use a browser that can.'],
  32004: ['RECORDING_BUFFER_OVERFLOW', 'Parts of the recording were dropped', NETWORK],
  33002: ['ICE_GATHERING_TIMEOUT', 'Finding addresses takes long', ICE_SERVERS],
  33007: ['DUPLICATE_INBOUND_ANSWER', 'The call was replaced by another', NOTHING],
} as const satisfies Record<number, Row>;

const TABLE = /* @__PURE__ */ joinTables(/* @__PURE__ */ joinTables(TOLD, UNTOLD), QUALITY_WARNINGS);

export type TelnyxWarningCode = keyof typeof TABLE;

export type ToldWarningCode = keyof typeof TOLD;

/**
 * Every warning by its code. Codes from 33100 to 33199 are this SDK's own; the others are those of
 * `@telnyx/webrtc`.
 */
export const SDK_WARNINGS: Readonly<Record<TelnyxWarningCode, ICatalogueEntry>> = /* @__PURE__ */ mapRows(
  TABLE,
  toEntry,
);

/** Every warning code by its name. */
export const TELNYX_WARNING_CODES: {
  readonly [C in TelnyxWarningCode as (typeof TABLE)[C][0]]: C;
} = /* @__PURE__ */ codesByName(TABLE);

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

export function toWarning(code: ToldWarningCode): ITelnyxWarning {
  return { code, ...toEntry(TOLD[code]) };
}
