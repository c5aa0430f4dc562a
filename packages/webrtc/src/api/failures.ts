import type { CallObserver } from '../calls/call.ts';
import { MicrophoneError } from '../media/microphone.ts';
import type { SessionFailure } from '../signaling/session-machine.ts';
import type { ErrorOverride, TelnyxErrorCode } from './errors.ts';

type CallFailure = Parameters<CallObserver['failed']>[0];

export const CALL_ERRORS: Readonly<Record<CallFailure, TelnyxErrorCode>> = {
  'create-offer': 40001,
  'create-answer': 40002,
  'local-description': 40003,
  'remote-description': 40004,
  'send-failed': 40005,
  'microphone-denied': 42001,
  'microphone-missing': 42002,
  'microphone-failed': 42003,
  'restart-failed': 47001,
  'media-lost': 47001,
  'no-relay': 47101,
  'relay-lost': 47101,
  'hold-failed': 44001,
  'bye-failed': 44003,
  'not-reattached': 48501,
  unexpected: 49001,
};

/** Where the call is over, or is not, unlike the catalogue says. */
export const FATALITY: Readonly<Partial<Record<CallFailure, ErrorOverride>>> = {
  'media-lost': { fatal: true },
  'relay-lost': { fatal: false },
};

/** `not-reconnecting` and `dismissed` are told by a warning. */
export const SESSION_ERRORS: Readonly<Partial<Record<SessionFailure, TelnyxErrorCode>>> = {
  unopenable: 45001,
  unanswered: 45002,
  exhausted: 45003,
  'upstream-failed': 45004,
  'login-refused': 46001,
  unregistered: 46001,
};

/** What is no failure of the microphone is the end of its call. */
export function microphoneErrorCode(error: unknown): TelnyxErrorCode {
  return error instanceof MicrophoneError ? CALL_ERRORS[`microphone-${error.failure}`] : 44005;
}

/** Where a person allows the microphone to a page that was refused it. */
export function microphoneRemedy(userAgent: string): string {
  if (/Firefox|FxiOS/.test(userAgent)) return 'Remove the block at the left of the address.';
  return /Chrom|CriOS/.test(userAgent) || !userAgent.includes('Safari')
    ? 'Allow it at the left of the address.'
    : 'Allow it in Safari > Settings for This Website.';
}
