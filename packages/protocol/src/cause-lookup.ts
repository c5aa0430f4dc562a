/** From what a peer says to a cause of the table. */
import * as causes from './causes.ts';
import type { HangupCause } from './causes.ts';

const byCauseCode: ReadonlyMap<number, HangupCause> = new Map(
  Object.values(causes).map((cause) => [cause.causeCode, cause]),
);

const byName: ReadonlyMap<string, HangupCause> = new Map(
  Object.values(causes).map((cause) => [cause.cause, cause]),
);

/** RFC 3398 §8.2.6.1, with the causes of the table above for 404, 408, 487, 488 and 606. */
const bySipStatus: ReadonlyMap<number, HangupCause> = new Map<number, HangupCause>([
  [400, causes.invalidMessage],
  [401, causes.callRejected],
  [402, causes.callRejected],
  [403, causes.callRejected],
  [404, causes.unallocatedNumber],
  [405, causes.serviceUnavailable],
  [406, causes.serviceNotImplemented],
  [407, causes.callRejected],
  [408, causes.recoveryOnTimerExpire],
  [410, causes.numberChanged],
  [415, causes.serviceNotImplemented],
  [480, causes.noUserResponse],
  [481, causes.temporaryFailure],
  [482, causes.exchangeRoutingError],
  [483, causes.exchangeRoutingError],
  [484, causes.invalidNumberFormat],
  [485, causes.unallocatedNumber],
  [486, causes.userBusy],
  [487, causes.originatorCancel],
  [488, causes.incompatibleDestination],
  [500, causes.temporaryFailure],
  [501, causes.serviceNotImplemented],
  [502, causes.networkOutOfOrder],
  [503, causes.temporaryFailure],
  [504, causes.recoveryOnTimerExpire],
  [600, causes.userBusy],
  [603, causes.callRejected],
  [604, causes.unallocatedNumber],
  [606, causes.incompatibleDestination],
]);

/**
 * The cause for a final SIP status of 400 to 699; the status itself is kept. A status without an entry is
 * interworking, as RFC 3398 has it; what is no failure at all is a normal end.
 */
export function fromSip(status: number): HangupCause {
  if (status < 400 || status > 699) return causes.normalClearing;
  const { cause, causeCode } = bySipStatus.get(status) ?? causes.interworking;
  return { cause, causeCode, ...sipStatus(status) };
}

/**
 * The cause for a number of Q.850, and for the numbers above 127 of this table. Another number is the "unspecified"
 * cause of its class (Q.850 §2.2.5), with the number kept.
 */
export function fromQ850(code: number): HangupCause {
  const known = byCauseCode.get(code);
  if (known !== undefined) return known;
  const classOf = unspecifiedOfClass.find(([last]) => code <= last)?.[1] ?? causes.normalUnspecified;
  return { ...classOf, causeCode: code };
}

const unspecifiedOfClass: readonly (readonly [lastOfClass: number, HangupCause])[] = [
  [31, causes.normalUnspecified],
  [47, causes.unavailableUnspecified],
  [63, causes.serviceUnavailable],
  [79, causes.serviceNotImplemented],
  [95, causes.invalidMessage],
  [111, causes.protocolError],
  [127, causes.interworking],
];

/** The cause for a word of the wire, such as `USER_BUSY`. */
export function fromName(cause: string): HangupCause | undefined {
  return byName.get(cause);
}

function sipStatus(sipCode: number): { sipCode: number; sipReason?: string } {
  const sipReason = sipReasons.get(sipCode);
  return sipReason === undefined ? { sipCode } : { sipCode, sipReason };
}

const sipReasons: ReadonlyMap<number, string> = new Map([
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [402, 'Payment Required'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [405, 'Method Not Allowed'],
  [406, 'Not Acceptable'],
  [407, 'Proxy Authentication Required'],
  [408, 'Request Timeout'],
  [410, 'Gone'],
  [413, 'Request Entity Too Large'],
  [414, 'Request-URI Too Long'],
  [415, 'Unsupported Media Type'],
  [416, 'Unsupported URI Scheme'],
  [420, 'Bad Extension'],
  [421, 'Extension Required'],
  [423, 'Interval Too Brief'],
  [480, 'Temporarily Unavailable'],
  [481, 'Call/Transaction Does Not Exist'],
  [482, 'Loop Detected'],
  [483, 'Too Many Hops'],
  [484, 'Address Incomplete'],
  [485, 'Ambiguous'],
  [486, 'Busy Here'],
  [487, 'Request Terminated'],
  [488, 'Not Acceptable Here'],
  [491, 'Request Pending'],
  [493, 'Undecipherable'],
  [500, 'Server Internal Error'],
  [501, 'Not Implemented'],
  [502, 'Bad Gateway'],
  [503, 'Service Unavailable'],
  [504, 'Server Time-out'],
  [505, 'Version Not Supported'],
  [513, 'Message Too Large'],
  [600, 'Busy Everywhere'],
  [603, 'Decline'],
  [604, 'Does Not Exist Anywhere'],
  [606, 'Not Acceptable'],
]);
