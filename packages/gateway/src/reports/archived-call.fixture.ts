import type { ArchiveChange, ArchivedCall, ArchivedLeg } from '../store/archived-calls.ts';

/** Alice, whose client knows it by this id and reports with `report-1`, has called Bob, who has answered. */
export function archivedCall(
  callId: string,
  startedAt: number,
  call: Partial<ArchivedCall> = {},
): Extract<ArchiveChange, { type: 'started' }> {
  const leg = (name: 'alice' | 'bob'): ArchivedLeg => ({
    id: `${name} ${callId}`,
    callId: name === 'alice' ? callId : `bobs ${callId}`,
    callReportId: name === 'alice' ? 'report-1' : 'report-2',
    role: name === 'alice' ? 'caller' : 'callee',
    user: name,
    credentialId: `id-of-${name}`,
    startedAt,
    endedAt: null,
    cause: null,
    causeCode: null,
    clockOffsetMs: null,
  });
  return {
    type: 'started',
    call: {
      id: `id of ${callId}`,
      nodeId: 'n1',
      callerName: 'Alice',
      callerNumber: '+15550100',
      destination: 'bob',
      caller: 'alice',
      callee: 'bob',
      startedAt,
      answeredAt: startedAt + 2_000,
      endedAt: null,
      cause: null,
      causeCode: null,
      mos: null,
      worst: null,
      ...call,
    },
    legs: [leg('alice'), leg('bob')],
  };
}
