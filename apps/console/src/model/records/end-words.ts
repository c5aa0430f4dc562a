import type { CallFileSummary } from '@parley/protocol';
import { lengthOf } from './finding.ts';

/** What is known of how a call ended. */
export interface End {
  cause: string | undefined;
  /** ITU-T Q.850. */
  causeCode: number | undefined;
  caller: string;
  callee: string;
  /** Who hung up; empty where it is not known. */
  by: string;
  /** Null: it was not answered. */
  talkedSeconds: number | null;
}

/** By whom and why the call was ended, in plain words. */
export function endWords(end: End): string {
  const { causeCode, by, talkedSeconds } = end;
  if (talkedSeconds === null) return unanswered(end);
  const length = lengthOf(talkedSeconds);
  const why = AFTER_TALK.get(causeCode ?? 16);
  if (why !== undefined) return `${why} The call had lasted ${length}.`;
  return by === '' ? `The call was hung up after ${length}.` : `${by} hung up after ${length}.`;
}

/** The same of a call of which the summary alone is known. */
export function outcomeOf(call: CallFileSummary): string {
  const { cause, causeCode, answeredAt, endedAt, durationSeconds, caller, destination } = call;
  if (endedAt === undefined) return answeredAt === undefined ? 'It rings.' : 'They talk.';
  const talkedSeconds = answeredAt === undefined ? null : durationSeconds;
  return endWords({ cause, causeCode, caller, callee: call.callee ?? destination, by: '', talkedSeconds });
}

/** ITU-T Q.850: what ends a call that people talk in, other than a hangup. */
const AFTER_TALK: ReadonlyMap<number, string> = new Map([
  [27, 'The connection to one side was lost, and the gateway ended the call.'],
  [31, 'The call had reached the longest time that is allowed.'],
  [34, 'The gateway had no room to keep the call.'],
  [38, 'The network between the two sides failed.'],
  [41, 'The gateway could not keep the call.'],
  [42, 'The gateway had no room to keep the call.'],
  [102, 'The connection to one side was lost and did not come back in time, so the gateway ended the call.'],
]);

function unanswered({ cause, causeCode, caller, callee, by }: End): string {
  if (cause === 'ORIGINATOR_CANCEL' || causeCode === 487)
    return `${caller} cancelled before ${callee} answered.`;
  const known = UNANSWERED.get(causeCode ?? 0);
  if (known !== undefined)
    return known.replaceAll('{callee}', () => callee).replaceAll('{caller}', () => caller);
  if (by === caller) return `${caller} hung up before ${callee} answered.`;
  return `The call ended before ${callee} answered.`;
}

const UNANSWERED: ReadonlyMap<number, string> = new Map([
  [1, 'There is nobody called “{callee}”.'],
  [3, 'There is no way to “{callee}” from here.'],
  [17, '{callee} was busy or declined the call.'],
  [18, '{callee}’s client did not respond.'],
  [19, 'It rang, and {callee} did not answer in time.'],
  [20, '{callee} was not signed in.'],
  [21, '{callee} declined the call, or {caller} was not allowed to make it.'],
  [28, '“{callee}” is not a number or name that can be called.'],
  [34, 'The gateway had no room for another call.'],
  [41, 'The gateway could not connect the call.'],
  [42, 'The gateway had no room for another call.'],
  [57, '{caller} was not allowed to make this call.'],
  [88, 'The two sides had no sound format in common.'],
  [102, 'The other side did not respond in time.'],
]);
