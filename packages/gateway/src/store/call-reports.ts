import { sql } from 'kysely';
import type { Database } from './database.ts';
import type { CallReport, CallReports } from './store.ts';

export function createCallReports(database: Database): CallReports {
  const write = inBatches((reports: readonly CallReport[]) => insertAll(database, reports));
  return {
    insert: write,
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

async function insertAll(database: Database, reports: readonly CallReport[]): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    for (const report of reports) {
      await transaction
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
        })
        .execute();
    }
  });
}

/**
 * Group commit: while one batch is being written, the next one collects. Alone, an item is written at once; in a
 * storm, one transaction carries many. Without it a storm of reports would be a queue of transactions in front of
 * every login.
 */
function inBatches<Item>(writeAll: (items: readonly Item[]) => Promise<void>): (item: Item) => Promise<void> {
  let collecting: { items: Item[]; written: Promise<void> } | undefined;
  let writing = Promise.resolve();
  return (item) => {
    if (collecting) {
      collecting.items.push(item);
      return collecting.written;
    }
    const batch = { items: [item], written: writing };
    collecting = batch;
    batch.written = writing.then(() => {
      collecting = undefined;
      return writeAll(batch.items);
    });
    writing = batch.written.catch(() => undefined);
    return batch.written;
  };
}
