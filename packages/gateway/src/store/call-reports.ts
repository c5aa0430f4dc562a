import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from './database.ts';
import type { CallReport, CallReports } from './store.ts';

export function createCallReports(database: Database): CallReports {
  const write = inBatches((reports: readonly CallReport[]) => insertAll(database, reports));
  return {
    insert: async (report) => (await write(report)).has(report.id),
    ofCall: (callReportId, callId) =>
      database
        .selectFrom('call_reports')
        .select([
          'id',
          'call_report_id as callReportId',
          'call_id as callId',
          'voice_sdk_id as voiceSdkId',
          'credential_id as credentialId',
          'segment',
          'received_at as receivedAt',
          'body',
        ])
        .where('call_report_id', '=', callReportId)
        .where('call_id', '=', callId)
        .orderBy('sequence')
        .execute(),
    sizeOfCall: (callReportId, callId) =>
      database
        .selectFrom('call_reports')
        .select((expression) => [
          expression.fn.countAll<number>().as('segments'),
          sql<number>`coalesce(sum(length(body)), 0)`.as('characters'),
        ])
        .where('call_report_id', '=', callReportId)
        .where('call_id', '=', callId)
        .executeTakeFirstOrThrow(),
    async prune(receivedBefore) {
      const { numDeletedRows } = await database
        .deleteFrom('call_reports')
        .where('received_at', '<', receivedBefore)
        .executeTakeFirst();
      return Number(numDeletedRows);
    },
  };
}

/** @returns the ids of those that were not there */
async function insertAll(database: Database, reports: readonly CallReport[]): Promise<ReadonlySet<string>> {
  const stored = new Set<string>();
  await database.transaction().execute(async (transaction) => {
    for (const report of reports) {
      const row = await transaction
        .insertInto('call_reports')
        .values({
          id: report.id,
          call_report_id: report.callReportId,
          call_id: report.callId,
          voice_sdk_id: report.voiceSdkId,
          credential_id: report.credentialId,
          segment: report.segment,
          received_at: report.receivedAt,
          body: report.body,
          hash: createHash('sha256').update(report.body).digest('hex'),
        })
        .onConflict((conflict) => conflict.columns(['call_report_id', 'call_id', 'hash']).doNothing())
        .returning('id')
        .executeTakeFirst();
      if (row !== undefined) stored.add(row.id);
    }
  });
  return stored;
}

/**
 * Group commit: while one batch is being written, the next one collects. Alone, an item is written at once; in a
 * storm, one transaction carries many. Without it a storm of reports would be a queue of transactions in front of
 * every login.
 */
function inBatches<Item, Written>(
  writeAll: (items: readonly Item[]) => Promise<Written>,
): (item: Item) => Promise<Written> {
  let collecting: { items: Item[]; written: Promise<Written> } | undefined;
  let writing: Promise<unknown> = Promise.resolve();
  return (item) => {
    if (collecting) {
      collecting.items.push(item);
      return collecting.written;
    }
    const items = [item];
    const written = writing.then(() => {
      collecting = undefined;
      return writeAll(items);
    });
    collecting = { items, written };
    writing = written.catch(() => undefined);
    return written;
  };
}
