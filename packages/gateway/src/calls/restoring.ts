import { causes } from '@parley/protocol';
import type { Visits } from '../assistants/visits.ts';
import type { Clock, Log } from '../ports.ts';
import type { Authenticator } from '../registrar/authenticator.ts';
import type { Directory } from '../sessions/directory.ts';
import { grantable, Session } from '../sessions/session.ts';
import type { CallEnd, CallRecord, Legacy, LegRecord, SessionRecord } from '../store/call-records.ts';
import type { Revocations } from '../store/store.ts';
import { type CallFacts, legsOfCall } from './call-changes.ts';
import type { CallWatch } from './call-watch.ts';
import { journalEveryMs, type StoredCallJournal } from './call-journal.ts';
import { type CallState, restoredCall, restoredInvitation } from './call-state.ts';
import type { Calls } from './calls.ts';
import type { CallTarget, Leg } from './leg.ts';
import { tombstoneMs } from './tombstones.ts';

/** More offers than any leg is made in the life of a process: so those of the next one are newer without a record of each. */
const epochsOfRun = 1_000_000;

export interface RestoringPorts {
  directory: Directory;
  calls: Calls;
  journal: StoredCallJournal;
  watch: Pick<CallWatch, 'notRestored'>;
  authenticator: Pick<Authenticator, 'identityOf'>;
  revocations: Pick<Revocations, 'isTokenRevoked'>;
  visits: Pick<Visits, 'goOn'>;
  clock: Clock;
  log: Log;
  holdMs: number;
}

/**
 * Goes on with the calls of the node's last process. Their clients are away, and have as long to come back as if their
 * sockets had just broken; what they may have missed of calls that ended, they are told then.
 */
export async function restoreCalls(legacy: Legacy, ports: RestoringPorts): Promise<void> {
  const { directory, calls, journal, watch, clock, log } = ports;
  const now = clock.now();
  const lastSeenAt = legacy.lastWrittenAt ?? now;
  // Nobody who was in such a call awaits it any more.
  const isLongAgo = now - lastSeenAt > ports.holdMs + journalEveryMs;
  const sessions = isLongAgo ? new Map<string, Session>() : await sessionsOf(legacy.sessions, ports);
  const ending: CallEnd = { cause: isLongAgo ? causes.recoveryOnTimerExpire : causes.callRejected, at: now };
  const wanted = new Set<Session>();

  for (const record of legacy.calls) {
    const legs = legRecordsOf(record).flatMap((leg) => legOf(leg, sessions) ?? []);
    const facts = factsOf(record, legs);
    if (record.end === null && facts !== null) {
      calls.restore(facts, stateOf(record, facts, legacy.epoch * epochsOfRun));
    } else {
      const { cause, at } = record.end ?? ending;
      watch.notRestored(record.id, at, cause);
      if (record.end === null) journal.add({ type: 'ended', call: record.id, end: ending });
      if (at < lastSeenAt - tombstoneMs) continue;
      for (const { session, callId } of legs) calls.restoreEnded(session, callId, cause);
    }
    for (const { session } of legs) wanted.add(session);
  }
  for (const { id } of legacy.sessions) {
    const session = sessions.get(id);
    if (session !== undefined && wanted.has(session)) {
      journal.recognise(session);
      directory.restore(session);
    } else journal.add({ type: 'sessionEnded', id });
  }
  if (legacy.calls.length > 0) {
    log.info({ calls: calls.counts().established, sessions: wanted.size }, 'calls of the last run restored');
  }
}

/** Those whose users may still log in, as far as that is known. They prove it when they come back. */
async function sessionsOf(
  records: readonly SessionRecord[],
  { authenticator, revocations, visits }: RestoringPorts,
): Promise<Map<string, Session>> {
  const sessions = new Map<string, Session>();
  for (const record of records) {
    const { id, voiceSdkId, callReportId, credentialId, tokenId } = record;
    const identity =
      record.visit === null ? await authenticator.identityOf(credentialId) : await visits.goOn(record.visit);
    if (identity === null || (tokenId !== null && (await revocations.isTokenRevoked(tokenId)))) continue;
    const granted = new Set(grantable.filter((capability) => record.granted.includes(capability)));
    const ids = { id, voiceSdkId, callReportId };
    sessions.set(id, new Session(ids, { identity, tokenId, expiresAt: null }, granted));
  }
  return sessions;
}

const legRecordsOf = ({ caller, callees }: CallRecord): LegRecord[] => [caller, ...callees];

function legOf({ id, sessionId, callId }: LegRecord, sessions: ReadonlyMap<string, Session>): Leg | null {
  const session = sessions.get(sessionId);
  return session === undefined ? null : { id, session, callId };
}

function stateOf({ caller, callees, invite }: CallRecord, facts: CallFacts, epoch: number): CallState {
  if (invite === null) {
    const alone = facts.target.kind === 'assistant' ? 'engine' : 'echo';
    return restoredCall(caller, callees[0] ?? null, epoch, alone);
  }
  const legs = legsOfCall(facts).filter((leg) => leg !== facts.caller);
  return restoredInvitation(
    caller.id,
    legs.map(({ id }) => id),
    epoch,
  );
}

/** @returns null where a party cannot come back; of several callees that ring, one is enough */
function factsOf(record: CallRecord, [caller, ...callees]: readonly Leg[]): CallFacts | null {
  const { invite } = record;
  const isAlone = record.callees.length === 0 && invite === null;
  if (caller?.id !== record.caller.id || (callees.length === 0 && !isAlone)) return null;
  const { visit } = caller.session.identity;
  const alone: CallTarget = visit === undefined ? { kind: 'echo' } : { kind: 'assistant', visit };
  return {
    id: record.id,
    caller,
    target: isAlone ? alone : { kind: 'callees', legs: callees },
    request: {
      destination: record.destination,
      callerName: undefined,
      callerNumber: undefined,
      clientState: invite?.clientState ?? undefined,
      customHeaders: invite?.customHeaders ?? [],
    },
    from: { name: record.callerName, number: record.callerNumber },
  };
}
