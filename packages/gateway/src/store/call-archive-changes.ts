import type { Transaction } from 'kysely';
import type { ArchiveChange, ArchivedCall, ArchivedChunk, ArchivedLeg } from './archived-calls.ts';
import type { Schema } from './schema.ts';

type Writing = Transaction<Schema>;

export async function applyChange(transaction: Writing, change: ArchiveChange): Promise<void> {
  switch (change.type) {
    case 'started':
      await insertCall(transaction, change.call, change.legs);
      return;
    case 'answered':
      await transaction
        .updateTable('archived_calls')
        .set({ answered_at: change.at })
        .where('id', '=', change.call)
        .execute();
      return;
    case 'legEnded': {
      const { at, cause } = change;
      await transaction
        .updateTable('archived_legs')
        .set({ ended_at: at, cause: cause.cause, cause_code: cause.causeCode })
        .where('id', '=', change.leg)
        .execute();
      return;
    }
    case 'ended': {
      const { at, cause } = change;
      await transaction
        .updateTable('archived_calls')
        .set({ ended_at: at, cause: cause.cause, cause_code: cause.causeCode })
        .where('id', '=', change.call)
        .execute();
      return;
    }
    case 'clock':
      await transaction
        .updateTable('archived_legs')
        .set({ clock_offset_ms: change.offsetMs })
        .where('id', '=', change.leg)
        .execute();
      return;
    case 'chunk':
      await insertChunk(transaction, change.chunk);
      return;
  }
}

async function insertCall(
  transaction: Writing,
  call: ArchivedCall,
  legs: readonly ArchivedLeg[],
): Promise<void> {
  await transaction
    .insertInto('archived_calls')
    .values({
      id: call.id,
      node_id: call.nodeId,
      caller_name: call.callerName,
      caller_number: call.callerNumber,
      destination: call.destination,
      caller: call.caller,
      callee: call.callee,
      started_at: call.startedAt,
      answered_at: call.answeredAt,
      ended_at: call.endedAt,
      cause: call.cause,
      cause_code: call.causeCode,
      mos_seconds: 0,
      mos_sum: 0,
      worst_mos: null,
      worst_at: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await transaction
    .insertInto('archived_legs')
    .values(
      legs.map((leg, place) => ({
        id: leg.id,
        call: call.id,
        place,
        call_id: leg.callId,
        call_report_id: leg.callReportId,
        role: leg.role,
        user: leg.user,
        credential_id: leg.credentialId,
        started_at: leg.startedAt,
        ended_at: leg.endedAt,
        cause: leg.cause,
        cause_code: leg.causeCode,
        clock_offset_ms: leg.clockOffsetMs,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

async function insertChunk(transaction: Writing, { leg, kind, body }: ArchivedChunk): Promise<void> {
  await transaction
    .insertInto('archived_chunks')
    .columns(['leg', 'kind', 'body'])
    .expression((query) =>
      query
        .selectFrom('archived_legs')
        .select(({ val, cast }) => [
          'id',
          cast<ArchivedChunk['kind']>(val(kind), 'text').as('kind'),
          cast<string>(val(body), 'text').as('body'),
        ])
        .where('id', '=', leg),
    )
    .execute();
}
