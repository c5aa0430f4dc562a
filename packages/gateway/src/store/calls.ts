import type { Selectable, Transaction } from 'kysely';
import { z } from 'zod';
import type { CallChange, CallRecord, CallRecords, LegRecord, SessionRecord } from './call-records.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

type Writing = Transaction<Schema>;

export function createCallRecords(database: Database): CallRecords {
  return {
    takeOver: (nodeId, now) =>
      database.transaction().execute(async (transaction) => {
        const { epoch, written_at: writtenAt } = await transaction
          .insertInto('nodes')
          .values({ id: nodeId, epoch: 1, written_at: 0 })
          .onConflict((conflict) =>
            conflict.column('id').doUpdateSet((expression) => ({ epoch: expression('nodes.epoch', '+', 1) })),
          )
          .returning(['epoch', 'written_at'])
          .executeTakeFirstOrThrow();
        await isStillOf(transaction, { nodeId, epoch }, now);
        return {
          epoch,
          lastWrittenAt: writtenAt === 0 ? null : writtenAt,
          sessions: await sessionsOf(transaction, nodeId),
          calls: await callsOf(transaction, nodeId),
        };
      }),

    write: (writer, changes, now) =>
      database.transaction().execute(async (transaction) => {
        // First of all: it locks the node's row, so that nobody takes the node over before all is written.
        if (!(await isStillOf(transaction, writer, now))) return false;
        for (const change of changes) await apply(transaction, writer.nodeId, change);
        return true;
      }),

    prune: (writtenBefore) =>
      database.transaction().execute(async (transaction) => {
        const forgotten = await transaction
          .deleteFrom('nodes')
          .where('written_at', '<', writtenBefore)
          .returning('id')
          .execute();
        for (const { id } of forgotten) {
          await transaction.deleteFrom('sessions').where('node_id', '=', id).execute();
          await transaction.deleteFrom('calls').where('node_id', '=', id).execute();
        }
        return forgotten.length;
      }),
  };
}

async function isStillOf(
  transaction: Writing,
  { nodeId, epoch }: { nodeId: string; epoch: number },
  now: number,
): Promise<boolean> {
  const { numUpdatedRows } = await transaction
    .updateTable('nodes')
    .set({ written_at: now })
    .where('id', '=', nodeId)
    .where('epoch', '=', epoch)
    .executeTakeFirst();
  return numUpdatedRows > 0;
}

async function apply(transaction: Writing, nodeId: string, change: CallChange): Promise<void> {
  switch (change.type) {
    case 'session':
      await putSession(transaction, nodeId, change.session);
      return;
    case 'sessionEnded':
      await transaction.deleteFrom('sessions').where('id', '=', change.id).execute();
      return;
    case 'began':
      await insertCall(transaction, nodeId, change.call);
      return;
    case 'answered':
      await transaction
        .updateTable('calls')
        .set({ invite: null, established_at: change.at })
        .where('id', '=', change.call)
        .execute();
      await transaction
        .deleteFrom('call_legs')
        .where('call', '=', change.call)
        .where('side', '=', 'callee')
        .where('id', '!=', change.leg)
        .execute();
      return;
    case 'legEnded':
      await transaction.deleteFrom('call_legs').where('id', '=', change.leg).execute();
      return;
    case 'held':
      await transaction
        .updateTable('call_legs')
        .set({ held: Number(change.held) })
        .where('id', '=', change.leg)
        .execute();
      return;
    case 'ended':
      await transaction
        .updateTable('calls')
        .set({ ended_at: change.end.at, cause: JSON.stringify(change.end.cause) })
        .where('id', '=', change.call)
        .execute();
      return;
    case 'forget':
      await transaction
        .deleteFrom('calls')
        .where('node_id', '=', nodeId)
        .where('ended_at', '<', change.endedBefore)
        .execute();
      return;
  }
}

async function putSession(transaction: Writing, nodeId: string, session: SessionRecord): Promise<void> {
  await transaction
    .insertInto('sessions')
    .values({
      id: session.id,
      node_id: nodeId,
      voice_sdk_id: session.voiceSdkId,
      call_report_id: session.callReportId,
      credential_id: session.credentialId,
      token_id: session.tokenId,
      granted: JSON.stringify(session.granted),
      visit: session.visit === null ? null : JSON.stringify(session.visit),
    })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ token_id: session.tokenId }))
    .execute();
}

async function insertCall(transaction: Writing, nodeId: string, call: CallRecord): Promise<void> {
  await transaction
    .insertInto('calls')
    .values({
      id: call.id,
      node_id: nodeId,
      destination: call.destination,
      caller_name: call.callerName,
      caller_number: call.callerNumber,
      established_at: call.establishedAt,
      ended_at: null,
      cause: null,
      invite: call.invite === null ? null : JSON.stringify(call.invite),
    })
    // Where the answer to a commit was lost, all is written again.
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const callees = call.callees.map((callee) => toLegRow(call, callee, 'callee'));
  const legs = [toLegRow(call, call.caller, 'caller'), ...callees];
  await transaction
    .insertInto('call_legs')
    .values(legs)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

function toLegRow(call: CallRecord, leg: LegRecord, side: 'caller' | 'callee') {
  return {
    id: leg.id,
    call: call.id,
    side,
    session_id: leg.sessionId,
    call_id: leg.callId,
    call_report_id: leg.callReportId,
    credential_id: leg.credentialId,
    held: Number(leg.held),
  };
}

async function sessionsOf(transaction: Writing, nodeId: string): Promise<SessionRecord[]> {
  const rows = await transaction
    .selectFrom('sessions')
    .selectAll()
    .where('node_id', '=', nodeId)
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    voiceSdkId: row.voice_sdk_id,
    callReportId: row.call_report_id,
    credentialId: row.credential_id,
    tokenId: row.token_id,
    granted: words.parse(JSON.parse(row.granted)),
    visit: row.visit === null ? null : visitRecord.parse(JSON.parse(row.visit)),
  }));
}

async function callsOf(transaction: Writing, nodeId: string): Promise<CallRecord[]> {
  const calls = await transaction
    .selectFrom('calls')
    .selectAll()
    .where('node_id', '=', nodeId)
    .orderBy('established_at')
    .execute();
  const legs = await transaction
    .selectFrom('call_legs')
    .innerJoin('calls', 'calls.id', 'call_legs.call')
    .selectAll('call_legs')
    .where('calls.node_id', '=', nodeId)
    .orderBy('call_legs.id')
    .execute();
  const bySide = new Map<string, LegRecord[]>();
  for (const leg of legs) {
    const side = `${leg.side} ${leg.call}`;
    bySide.set(side, [...(bySide.get(side) ?? []), toLeg(leg)]);
  }
  return calls.flatMap((call) => {
    const [caller] = bySide.get(`caller ${call.id}`) ?? [];
    return caller === undefined ? [] : [toCall(call, caller, bySide.get(`callee ${call.id}`) ?? [])];
  });
}

function toCall(
  row: Selectable<Schema['calls']>,
  caller: LegRecord,
  callees: readonly LegRecord[],
): CallRecord {
  const { ended_at: at, cause, invite } = row;
  return {
    id: row.id,
    destination: row.destination,
    callerName: row.caller_name,
    callerNumber: row.caller_number,
    establishedAt: row.established_at,
    caller,
    callees,
    invite: invite === null ? null : inviteRecord.parse(JSON.parse(invite)),
    end: at === null || cause === null ? null : { at, cause: hangupCause.parse(JSON.parse(cause)) },
  };
}

function toLeg(row: Selectable<Schema['call_legs']>): LegRecord {
  return {
    id: row.id,
    sessionId: row.session_id,
    callId: row.call_id,
    callReportId: row.call_report_id,
    credentialId: row.credential_id,
    held: row.held !== 0,
  };
}

const words = z.array(z.string());
const visitRecord = z.object({
  visitor: z.string(),
  assistantId: z.string(),
  wantedVersionId: z.string().nullable(),
  params: z.record(z.string(), z.unknown()),
  versionId: z.string(),
  conversationId: z.string(),
});
const inviteRecord = z.object({
  clientState: z.string().nullable(),
  customHeaders: z.array(z.object({ name: z.string(), value: z.string() })),
});
const hangupCause = z.object({
  cause: z.string(),
  causeCode: z.number(),
  sipCode: z.number().exactOptional(),
  sipReason: z.string().exactOptional(),
});
