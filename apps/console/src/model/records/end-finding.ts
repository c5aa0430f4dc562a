import { textOf } from '../members.ts';
import { endWords } from './end-words.ts';
import type { Finding } from './finding.ts';
import type { CallView } from './leg-view.ts';
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
    sentence: endWords({
      cause: file.call.cause,
      causeCode: file.call.causeCode,
      caller,
      callee,
      by: who?.name ?? '',
      talkedSeconds: answered === null ? null : duration - answered,
    }),
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
