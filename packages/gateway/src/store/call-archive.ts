import type { Selectable, Transaction } from 'kysely';
import type { ArchivedCall, ArchivedChunk, ArchivedLeg, CallArchive } from './archived-calls.ts';
import { applyChange } from './call-archive-changes.ts';
import { matching } from './call-archive-search.ts';
import type { Database } from './database.ts';
import type { Schema } from './schema.ts';

type Writing = Transaction<Schema>;

/** At once, so that nobody waits for long behind it. */
const mostDeletedAtOnce = 200;

export function createCallArchive(database: Database): CallArchive {
  return {
    write: (changes) =>
      database.transaction().execute(async (transaction) => {
        for (const change of changes) await applyChange(transaction, change);
      }),

    async list(filter, { number, size }) {
      const { total } = await database
        .selectFrom('archived_calls')
        .select((expression) => expression.fn.countAll<number>().as('total'))
        .where((expression) => matching(expression, filter))
        .executeTakeFirstOrThrow();
      const rows = await database
        .selectFrom('archived_calls')
        .selectAll()
        .where((expression) => matching(expression, filter))
        .orderBy('started_at', 'desc')
        .orderBy('id')
        .limit(size)
        .offset((number - 1) * size)
        .execute();
      return { items: rows.map(toCall), total };
    },

    find: (id) => findCall(database, id),

    async legsOf(id) {
      const rows = await database
        .selectFrom('archived_legs')
        .selectAll()
        .where('call', '=', id)
        .orderBy('place')
        .execute();
      return rows.map(toLeg);
    },

    async findLeg(callReportId, callId) {
      const row = await database
        .selectFrom('archived_legs')
        .selectAll()
        .where('call_report_id', '=', callReportId)
        .where('call_id', '=', callId)
        .orderBy('started_at', 'desc')
        .executeTakeFirst();
      return row && { ...toLeg(row), call: row.call };
    },

    chunksOf: (id): Promise<ArchivedChunk[]> =>
      database
        .selectFrom('archived_chunks')
        .innerJoin('archived_legs', 'archived_legs.id', 'archived_chunks.leg')
        .select(['leg', 'kind', 'body'])
        .where('archived_legs.call', '=', id)
        .orderBy('sequence')
        .execute(),

    rate: (id, { seconds, sum, worst }) =>
      database.transaction().execute(async (transaction) => {
        await transaction
          .updateTable('archived_calls')
          .set((expression) => ({
            mos_seconds: expression('mos_seconds', '+', seconds),
            mos_sum: expression('mos_sum', '+', sum),
          }))
          .where('id', '=', id)
          .execute();
        await transaction
          .updateTable('archived_calls')
          .set({ worst_mos: worst.mos, worst_at: worst.at })
          .where('id', '=', id)
          .where((expression) =>
            expression.or([expression('worst_mos', 'is', null), expression('worst_mos', '>', worst.mos)]),
          )
          .execute();
        return await findCall(transaction, id);
      }),

    async endOthers(nodeId, alive, at, { cause, causeCode }) {
      const open = await database
        .selectFrom('archived_calls')
        .select('id')
        .where('node_id', '=', nodeId)
        .where('ended_at', 'is', null)
        .execute();
      const end = { ended_at: at, cause, cause_code: causeCode };
      for (const { id } of open.filter((call) => !alive.includes(call.id))) {
        await database.updateTable('archived_calls').set(end).where('id', '=', id).execute();
        await database
          .updateTable('archived_legs')
          .set(end)
          .where('call', '=', id)
          .where('ended_at', 'is', null)
          .execute();
      }
    },

    delete: (id) =>
      database.transaction().execute(async (transaction) => (await deleteAll(transaction, [id])).length > 0),

    deleteOf: (credentialId) =>
      inParts(database, (transaction) =>
        transaction
          .selectFrom('archived_calls')
          .select('id')
          .where('ended_at', 'is not', null)
          .where((expression) => matching(expression, { credentialId }))
          .limit(mostDeletedAtOnce)
          .execute(),
      ),

    prune: async (startedBefore) => {
      const pruned = await inParts(database, (transaction) =>
        transaction
          .selectFrom('archived_calls')
          .select('id')
          .where('started_at', '<', startedBefore)
          .limit(mostDeletedAtOnce)
          .execute(),
      );
      return pruned.length;
    },
  };
}

async function findCall(database: Database | Writing, id: string): Promise<ArchivedCall | undefined> {
  const row = await database.selectFrom('archived_calls').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toCall(row);
}

/** Deletes, some at once, what the query finds, until it finds nothing. @returns which */
async function inParts(
  database: Database,
  find: (transaction: Writing) => Promise<{ id: string }[]>,
): Promise<string[]> {
  const all: string[] = [];
  for (;;) {
    const deleted = await database.transaction().execute(async (transaction) => {
      const found = await find(transaction);
      return await deleteAll(
        transaction,
        found.map(({ id }) => id),
      );
    });
    if (deleted.length === 0) return all;
    all.push(...deleted);
  }
}

/** Legs and chunks go with their call. */
async function deleteAll(transaction: Writing, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const legs = await transaction
    .selectFrom('archived_legs')
    .select(['call_report_id', 'call_id'])
    .where('call', 'in', ids)
    .execute();
  for (const leg of legs) {
    await transaction
      .deleteFrom('call_reports')
      .where('call_report_id', '=', leg.call_report_id)
      .where('call_id', '=', leg.call_id)
      .execute();
  }
  const deleted = await transaction
    .deleteFrom('archived_calls')
    .where('id', 'in', ids)
    .returning('id')
    .execute();
  return deleted.map(({ id }) => id);
}

function toCall(row: Selectable<Schema['archived_calls']>): ArchivedCall {
  const { worst_at: worstAt, worst_mos: worstMos } = row;
  return {
    id: row.id,
    nodeId: row.node_id,
    callerName: row.caller_name,
    callerNumber: row.caller_number,
    destination: row.destination,
    caller: row.caller,
    callee: row.callee,
    startedAt: row.started_at,
    answeredAt: row.answered_at,
    endedAt: row.ended_at,
    cause: row.cause,
    causeCode: row.cause_code,
    mos: row.mos_seconds === 0 ? null : row.mos_sum / row.mos_seconds,
    worst: worstAt === null || worstMos === null ? null : { at: worstAt, mos: worstMos },
  };
}

function toLeg(row: Selectable<Schema['archived_legs']>): ArchivedLeg {
  return {
    id: row.id,
    callId: row.call_id,
    callReportId: row.call_report_id,
    role: row.role,
    user: row.user,
    credentialId: row.credential_id,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    cause: row.cause,
    causeCode: row.cause_code,
    clockOffsetMs: row.clock_offset_ms,
  };
}
