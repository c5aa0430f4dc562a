import type { CallFile } from '@parley/protocol';
import { endFinding } from './end-finding.ts';
import type { Finding } from './finding.ts';
import { type CallView, type LegView, viewOf } from './leg-view.ts';
import { deviceFindings, pauseFindings, silenceFindings } from './microphone-findings.ts';
import { connectionFindings, networkFindings, relayFindings } from './path-findings.ts';
import { delayFindings, jitterFindings, lossFindings } from './quality-findings.ts';
import { soundFindings } from './sound-findings.ts';

/** What went wrong in a call, in plain sentences with their evidence: the worst first, and how it ended last. */
export function findingsOf(file: CallFile): readonly Finding[] {
  return findingsIn(viewOf(file));
}

export function findingsIn(view: CallView): readonly Finding[] {
  const found = view.legs.flatMap((leg) => findingsOfLeg(view, leg));
  const troubles = found.filter(({ weight }) => weight === 'problem' || weight === 'warning');
  const hints = found.filter(({ weight }) => weight === 'hint');
  const end = endFinding(view);
  const isFine = troubles.length === 0 && (end === null || end.weight === 'hint');
  return [
    ...inOrder(troubles),
    ...(isFine ? [nothingWrong(view)] : []),
    ...inOrder(hints),
    ...(end === null ? [] : [end]),
  ];
}

function findingsOfLeg(view: CallView, leg: LegView): readonly Finding[] {
  const network = networkFindings(leg);
  // What a change of the network cost is said there.
  const explained = network.map(({ evidence }) => ({ from: evidence.from - 3, to: evidence.to + 3 }));
  return [
    ...silenceFindings(leg),
    ...deviceFindings(leg),
    ...network,
    ...connectionFindings(leg, explained),
    ...soundFindings(view, leg, explained),
    ...lossFindings(view, leg, explained),
    ...delayFindings(leg),
    ...jitterFindings(leg),
    ...pauseFindings(leg),
    ...relayFindings(leg),
    ...noReport(view, leg),
  ];
}

/** Somebody who could not be heard before somebody who was heard badly, then by time. */
function inOrder(findings: readonly Finding[]): readonly Finding[] {
  const rank = ({ weight }: Finding) => (weight === 'problem' ? 0 : 1);
  return findings.toSorted(
    (one, other) => rank(one) - rank(other) || one.evidence.from - other.evidence.from,
  );
}

function noReport(view: CallView, leg: LegView): readonly Finding[] {
  // Of the other party's leg a user is told nothing more; nor is there a client where an assistant is.
  const isSeen = leg.leg.user !== undefined && leg.leg.callReportId !== undefined;
  const isThere = leg.leg.reports.length > 0 || (leg.leg.debugRows ?? []).length > 0;
  if (!isSeen || isThere || leg.talk === null || view.file.call.endedAt === undefined) return [];
  return [
    {
      kind: 'no-report',
      weight: 'hint',
      sentence: `${leg.name}’s client sent no report: of that side only what the gateway saw is known.`,
      evidence: { ...leg.talk, leg: leg.index, figures: [], records: [] },
    },
  ];
}

function nothingWrong(view: CallView): Finding {
  const { answered, duration } = view;
  const isOver = view.file.call.endedAt !== undefined;
  const known = view.legs.some(({ quality }) => quality.length > 0);
  return {
    kind: 'nothing',
    weight: 'good',
    sentence: sentenceOfNothing(answered !== null, isOver, known),
    evidence: { from: answered ?? 0, to: duration, leg: null, figures: [], records: [] },
  };
}

function sentenceOfNothing(isAnswered: boolean, isOver: boolean, known: boolean): string {
  if (!isOver) return 'Nothing has gone wrong so far.';
  if (!isAnswered) return 'Nothing went wrong that could be seen.';
  return known
    ? 'Nothing went wrong that could be seen: sound went both ways, without notable loss or delay.'
    : 'Nothing went wrong that could be seen, but nothing is known of the sound.';
}
