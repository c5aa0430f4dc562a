import { mkdir } from 'node:fs/promises';
import { sql } from 'kysely';
import { createApiKeys } from './api-keys.ts';
import { createAssistants } from './assistants.ts';
import { createCallArchive } from './call-archive.ts';
import { createCallReports } from './call-reports.ts';
import { createCallRecords } from './calls.ts';
import { createConversations } from './conversations.ts';
import { createCredentials } from './credentials.ts';
import { openPostgresql, openSqlite, sqliteFileIn } from './database.ts';
import { createRevocations } from './revocations.ts';
import { createSigningKeys } from './signing-keys.ts';
import type { Store } from './store.ts';

/**
 * Opens the store, made where it is missing: SQLite in the data folder, or PostgreSQL where a URL is given.
 *
 * @throws Error where the database cannot be reached or belongs to a newer gateway
 */
export async function openStore(settings: { data: string; databaseUrl: string | null }): Promise<Store> {
  await mkdir(settings.data, { recursive: true, mode: 0o700 });
  const database =
    settings.databaseUrl === null
      ? await openSqlite(sqliteFileIn(settings.data))
      : await openPostgresql(settings.databaseUrl);
  return {
    credentials: createCredentials(database),
    apiKeys: createApiKeys(database),
    signingKeys: createSigningKeys(database),
    revocations: createRevocations(database),
    callReports: createCallReports(database),
    assistants: createAssistants(database),
    conversations: createConversations(database),
    callRecords: createCallRecords(database),
    callArchive: createCallArchive(database),
    async check() {
      await sql`select 1`.execute(database);
    },
    close: () => database.destroy(),
  };
}
