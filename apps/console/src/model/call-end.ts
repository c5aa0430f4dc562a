/** What is known of a call when it ends. */
export interface Ending {
  who: string;
  direction: 'inbound' | 'outbound';
  /** It was answered, and people could talk. */
  answered: boolean;
  /** This person hung up, cancelled or declined it here. */
  endedHere: boolean;
  cause: string | undefined;
  /** ITU-T Q.850. */
  causeCode: number | undefined;
  sipCode: number | undefined;
}

/** Why the call is over, in plain words. */
export function endSentence(ending: Ending): string {
  if (ending.endedHere) return endedHere(ending);
  if (ending.cause === 'LOSE_RACE') return 'Answered on another device.';
  if (ending.direction === 'inbound' && !ending.answered && isMissed(ending)) {
    return 'Missed call.';
  }
  return trouble(ending) ?? farEnd(ending);
}

function endedHere({ direction, answered }: Ending): string {
  if (answered) return 'You hung up.';
  return direction === 'inbound' ? 'You declined the call.' : 'You cancelled the call.';
}

const MISSED_CAUSES = new Set([16, 18, 19]);

function isMissed({ causeCode, sipCode, cause }: Ending): boolean {
  return (
    sipCode === 487 ||
    cause === 'ORIGINATOR_CANCEL' ||
    causeCode === undefined ||
    MISSED_CAUSES.has(causeCode)
  );
}

function farEnd({ who, answered, cause, causeCode }: Ending): string {
  if (answered && (causeCode === 16 || causeCode === undefined)) return `${who} hung up.`;
  if (causeCode === 16) return `${who} ended the call before it was answered.`;
  const known = [cause, causeCode].filter((part) => part !== undefined && part !== '').join(', ');
  return known === '' ? 'The call has ended.' : `The call has ended (${known}).`;
}

function trouble(ending: Ending): string | undefined {
  return sentenceOf(ending)?.replaceAll('{who}', () => ending.who);
}

/** The SIP status says more than the Q.850 cause where both are there: 20 is sent with 480 and with 404 alike. */
function sentenceOf({ answered, sipCode = 0, causeCode = 0 }: Ending): string | undefined {
  if (answered && OF_ANSWERED.has(causeCode)) return OF_ANSWERED.get(causeCode);
  if (CAUSE_SAYS_MORE.get(causeCode) === sipCode) return BY_CAUSE.get(causeCode);
  return BY_STATUS.get(sipCode) ?? BY_CAUSE.get(causeCode);
}

const UNKNOWN = 'There is nobody called “{who}” here.';
const NOT_SIGNED_IN = '{who} is not signed in.';
const BUSY = '{who} is busy or declined the call.';
const NO_ANSWER = 'No answer from {who}.';
const FULL = 'The gateway has no room for another call now.';
const FAULT = 'The gateway could not connect the call.';
const NETWORK = 'The network between you and {who} failed.';

/** By cause: what ends a call that people talk in. */
const OF_ANSWERED: ReadonlyMap<number, string> = new Map([
  [27, 'The connection to {who} was lost.'],
  [41, 'The gateway could not keep the call with {who}.'],
  [42, 'The gateway could not keep the call with {who}.'],
  [102, 'The call with {who} was lost, and could not be restored.'],
]);

/** The causes that tell apart what has one SIP status. */
const CAUSE_SAYS_MORE: ReadonlyMap<number, number> = new Map([
  [19, 480],
  [41, 503],
]);

/** RFC 3261 §21. */
const BY_STATUS: ReadonlyMap<number, string> = new Map([
  [401, 'The gateway refused the call: it does not know you any more.'],
  [403, 'You are not allowed to call {who}.'],
  [404, UNKNOWN],
  [408, NO_ANSWER],
  [410, '{who} can no longer be reached under this number.'],
  [480, NOT_SIGNED_IN],
  [484, 'The number is not complete.'],
  [486, BUSY],
  [487, 'The call was cancelled.'],
  [488, 'The two sides have no sound format in common.'],
  [500, FAULT],
  [502, FAULT],
  [503, FULL],
  [504, NETWORK],
  [600, BUSY],
  [603, '{who} declined the call.'],
  [604, UNKNOWN],
]);

/** ITU-T Q.850. */
const BY_CAUSE: ReadonlyMap<number, string> = new Map([
  [1, UNKNOWN],
  [2, NETWORK],
  [3, NETWORK],
  [17, BUSY],
  [18, NO_ANSWER],
  [19, NO_ANSWER],
  [20, NOT_SIGNED_IN],
  [21, '{who} declined the call.'],
  [22, '{who} has another number now.'],
  [27, '{who} cannot be reached: the line is out of order.'],
  [28, 'This is not a number or name that can be called.'],
  [34, FULL],
  [38, NETWORK],
  [41, FAULT],
  [42, FULL],
  [57, 'You are not allowed to call {who}.'],
  [88, 'The two sides have no sound format in common.'],
  [102, 'The other side did not respond in time.'],
  [127, FAULT],
]);
