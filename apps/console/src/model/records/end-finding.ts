import { textOf } from '../members.ts';
import { type Finding, lengthOf } from './finding.ts';
import type { CallView, LegView } from './leg-view.ts';
import type { Occurrence } from './occurrence.ts';

/** By whom the call was ended, and why. Nothing while it goes on. */
export function endFinding(view: CallView): Finding | null {
  const { file, duration, answered } = view;
  const { endedAt } = file.call;
  if (endedAt === undefined) return null;
  const byes = view.happened.filter((one) => isBye(one));
  const bye = byes.find(({ source }) => source === 'gateway') ?? byes[0];
  const who = bye === undefined ? undefined : view.legs[bye.leg];
  const caller = view.legs.find(({ leg }) => leg.role === 'caller')?.name ?? file.call.caller;
  const callee = calleeOf(view);
  const cause = [file.call.cause, file.call.causeCode].filter((part) => part !== undefined).join(', ');
  const isNormal = NORMAL.has(file.call.causeCode ?? 16);
  return {
    kind: 'end',
    weight: isNormal ? 'hint' : answered === null ? 'warning' : 'problem',
    sentence:
      answered === null
        ? unanswered(file.call.causeCode, file.call.cause, caller, callee, who)
        : afterTalk(file.call.causeCode, who, lengthOf(duration - answered)),
    evidence: {
      from: duration,
      to: duration,
      leg: who?.index ?? null,
      figures: cause === '' ? [] : [{ label: 'Cause (Q.850)', value: cause }],
      records: view.happened
        .filter((one) => isBye(one) || (one.category === 'call' && one.event === 'ended'))
        .map(({ id }) => id),
    },
  };
}

const NORMAL: ReadonlySet<number> = new Set([16, 17, 18, 19, 20, 31, 487]);

/** What the person's client sent, as its gateway or itself tells. */
function isBye({ category, event, source, record }: Occurrence): boolean {
  if (category !== 'signaling') return false;
  const isBye =
    textOf(record.context, 'method') === 'telnyx_rtc.bye' || record.message.includes('telnyx_rtc.bye');
  return isBye && event === (source === 'gateway' ? 'received' : 'sent');
}

function calleeOf({ file, legs }: CallView): string {
  return legs.find(({ leg }) => leg.role === 'callee')?.name ?? file.call.callee ?? file.call.destination;
}

function afterTalk(code: number | undefined, who: LegView | undefined, length: string): string {
  const why = AFTER_TALK.get(code ?? 16);
  if (why !== undefined)
    return `${why.replace('{who}', who?.name ?? 'one side')} The call had lasted ${length}.`;
  return who === undefined ? `The call was hung up after ${length}.` : `${who.name} hung up after ${length}.`;
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

function unanswered(
  code: number | undefined,
  cause: string | undefined,
  caller: string,
  callee: string,
  who: LegView | undefined,
): string {
  if (cause === 'ORIGINATOR_CANCEL' || code === 487) return `${caller} cancelled before ${callee} answered.`;
  const known = UNANSWERED.get(code ?? 0);
  if (known !== undefined)
    return known.replaceAll('{callee}', () => callee).replaceAll('{caller}', () => caller);
  if (who?.leg.role === 'caller') return `${caller} hung up before ${callee} answered.`;
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
