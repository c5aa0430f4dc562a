import { type Kysely, type Migration, Migrator, sql } from 'kysely';
import type { Schema } from './schema.ts';

/** Which of the two databases this is; needed only where their definition languages differ. */
export type Engine = 'sqlite' | 'postgresql';

/** @throws Error where the database was made by a newer gateway, or a migration fails; nothing is changed then */
export async function migrate(database: Kysely<Schema>, engine: Engine): Promise<void> {
  const provider = { getMigrations: () => Promise.resolve(migrationsFor(engine)) };
  const { error } = await new Migrator({ db: database, provider }).migrateToLatest();
  if (error === undefined) return;
  const why = error instanceof Error ? error.message : 'it was refused.';
  throw new Error(`The database cannot be brought to this version's tables: ${why}`, { cause: error });
}

/** In order of their names. One that was released is never edited; a new one is added. */
function migrationsFor(engine: Engine): Record<string, Migration> {
  return {
    '0001-users-and-reports': { up: (database) => createUsersAndReports(database, engine) },
    '0002-assistants': { up: (database) => createAssistants(database, engine) },
    '0003-calls': { up: createCalls },
    '0004-call-archive': { up: (database) => createCallArchive(database, engine) },
    '0005-calls-that-ring': { up: addInvites },
    '0006-visits-in-calls': { up: addVisits },
    '0007-reports-once': { up: addHashes },
  };
}

async function createUsersAndReports(database: Kysely<unknown>, engine: Engine): Promise<void> {
  await database.schema
    .createTable('credentials')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('tag', 'text')
    .addColumn('connection_id', 'text')
    .addColumn('sip_username', 'text', (column) => column.notNull().unique())
    .addColumn('display_name', 'text', (column) => column.notNull())
    .addColumn('caller_numbers', 'text', (column) => column.notNull())
    .addColumn('generate_ringback', 'integer', (column) => column.notNull())
    .addColumn('max_calls', 'integer')
    .addColumn('password_hash', 'text', (column) => column.notNull())
    .addColumn('sealed_ha1', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint')
    .execute();
  await database.schema
    .createIndex('credentials_by_age')
    .on('credentials')
    .columns(['created_at', 'id'])
    .execute();
  await database.schema
    .createTable('api_keys')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('hint', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull().unique())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute();
  await database.schema
    .createTable('signing_keys')
    .addColumn('kid', 'text', (column) => column.primaryKey())
    .addColumn('public_jwk', 'text', (column) => column.notNull())
    .addColumn('sealed_private_jwk', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute();
  await database.schema
    .createTable('revocations')
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('revoked_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('revocations_key', ['kind', 'subject'])
    .execute();
  await database.schema.createIndex('revocations_by_age').on('revocations').column('revoked_at').execute();
  await database.schema
    .createTable('call_reports')
    .addColumn('sequence', engine === 'sqlite' ? 'integer' : 'bigserial', (column) => column.primaryKey())
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('call_report_id', 'text', (column) => column.notNull())
    .addColumn('call_id', 'text', (column) => column.notNull())
    .addColumn('voice_sdk_id', 'text')
    .addColumn('credential_id', 'text', (column) => column.notNull())
    .addColumn('segment', 'integer')
    .addColumn('received_at', 'bigint', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .execute();
  await database.schema
    .createIndex('call_reports_by_call')
    .on('call_reports')
    .columns(['call_report_id', 'call_id'])
    .execute();
  await database.schema.createIndex('call_reports_by_age').on('call_reports').column('received_at').execute();
}

async function createAssistants(database: Kysely<unknown>, engine: Engine): Promise<void> {
  await database.schema
    .createTable('assistants')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('default_version_id', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute();
  await database.schema
    .createTable('assistant_versions')
    .addColumn('assistant_id', 'text', (column) => column.notNull())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('model', 'text')
    .addColumn('instructions', 'text')
    .addColumn('greeting', 'text')
    .addColumn('greeting_clip', 'text')
    .addColumn('engine', 'text', (column) => column.notNull())
    .addColumn('engine_settings', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('assistant_versions_key', ['assistant_id', 'id'])
    .execute();
  await database.schema
    .createTable('conversations')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('assistant_id', 'text', (column) => column.notNull())
    .addColumn('target_params', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('last_item_at', 'bigint', (column) => column.notNull())
    .execute();
  await database.schema
    .createIndex('conversations_by_age')
    .on('conversations')
    .columns(['last_item_at', 'id'])
    .execute();
  await database.schema
    .createTable('conversation_items')
    .addColumn('sequence', engine === 'sqlite' ? 'integer' : 'bigserial', (column) => column.primaryKey())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('conversation_id', 'text', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute();
  await database.schema
    .createIndex('conversation_items_by_conversation')
    .on('conversation_items')
    .columns(['conversation_id', 'sequence'])
    .execute();
}

async function createCalls(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('nodes')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('epoch', 'integer', (column) => column.notNull())
    .addColumn('written_at', 'bigint', (column) => column.notNull())
    .execute();
  await database.schema
    .createTable('sessions')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('node_id', 'text', (column) => column.notNull())
    .addColumn('voice_sdk_id', 'text', (column) => column.notNull())
    .addColumn('call_report_id', 'text', (column) => column.notNull())
    .addColumn('credential_id', 'text', (column) => column.notNull())
    .addColumn('token_id', 'text')
    .addColumn('granted', 'text', (column) => column.notNull())
    .execute();
  await database.schema
    .createTable('calls')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('node_id', 'text', (column) => column.notNull())
    .addColumn('destination', 'text', (column) => column.notNull())
    .addColumn('caller_name', 'text', (column) => column.notNull())
    .addColumn('caller_number', 'text', (column) => column.notNull())
    .addColumn('established_at', 'bigint', (column) => column.notNull())
    .addColumn('ended_at', 'bigint')
    .addColumn('cause', 'text')
    .execute();
  await database.schema.createIndex('calls_by_end').on('calls').columns(['node_id', 'ended_at']).execute();
  await database.schema
    .createTable('call_legs')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('call', 'text', (column) => column.notNull().references('calls.id').onDelete('cascade'))
    .addColumn('side', 'text', (column) => column.notNull())
    .addColumn('session_id', 'text', (column) => column.notNull())
    .addColumn('call_id', 'text', (column) => column.notNull())
    .addColumn('call_report_id', 'text', (column) => column.notNull())
    .addColumn('credential_id', 'text', (column) => column.notNull())
    .addColumn('held', 'integer', (column) => column.notNull())
    .execute();
  await database.schema.createIndex('call_legs_by_call').on('call_legs').column('call').execute();
}

async function createCallArchive(database: Kysely<unknown>, engine: Engine): Promise<void> {
  await database.schema
    .createTable('archived_calls')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('node_id', 'text', (column) => column.notNull())
    .addColumn('caller_name', 'text', (column) => column.notNull())
    .addColumn('caller_number', 'text', (column) => column.notNull())
    .addColumn('destination', 'text', (column) => column.notNull())
    .addColumn('caller', 'text', (column) => column.notNull())
    .addColumn('callee', 'text')
    .addColumn('started_at', 'bigint', (column) => column.notNull())
    .addColumn('answered_at', 'bigint')
    .addColumn('ended_at', 'bigint')
    .addColumn('cause', 'text')
    .addColumn('cause_code', 'integer')
    .addColumn('mos_seconds', 'integer', (column) => column.notNull())
    .addColumn('mos_sum', 'double precision', (column) => column.notNull())
    .addColumn('worst_mos', 'double precision')
    .addColumn('worst_at', 'bigint')
    .execute();
  await database.schema
    .createIndex('archived_calls_by_age')
    .on('archived_calls')
    .columns(['started_at', 'id'])
    .execute();
  await database.schema
    .createIndex('archived_calls_that_go_on')
    .on('archived_calls')
    .column('node_id')
    .where(sql<boolean>`ended_at is null`)
    .execute();
  await database.schema
    .createTable('archived_legs')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('call', 'text', (column) =>
      column.notNull().references('archived_calls.id').onDelete('cascade'),
    )
    .addColumn('place', 'integer', (column) => column.notNull())
    .addColumn('call_id', 'text', (column) => column.notNull())
    .addColumn('call_report_id', 'text', (column) => column.notNull())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('user', 'text')
    .addColumn('credential_id', 'text', (column) => column.notNull())
    .addColumn('started_at', 'bigint', (column) => column.notNull())
    .addColumn('ended_at', 'bigint')
    .addColumn('cause', 'text')
    .addColumn('cause_code', 'integer')
    .addColumn('clock_offset_ms', 'double precision')
    .execute();
  for (const [name, columns] of [
    ['archived_legs_by_call', ['call']],
    ['archived_legs_by_report', ['call_report_id', 'call_id']],
    ['archived_legs_by_call_id', ['call_id']],
    ['archived_legs_by_credential', ['credential_id']],
    ['archived_legs_by_user', ['user']],
  ] as const) {
    await database.schema
      .createIndex(name)
      .on('archived_legs')
      .columns([...columns])
      .execute();
  }
  await database.schema
    .createTable('archived_chunks')
    .addColumn('sequence', engine === 'sqlite' ? 'integer' : 'bigserial', (column) => column.primaryKey())
    .addColumn('leg', 'text', (column) => column.notNull().references('archived_legs.id').onDelete('cascade'))
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .execute();
  await database.schema.createIndex('archived_chunks_by_leg').on('archived_chunks').column('leg').execute();
}

async function addInvites(database: Kysely<unknown>): Promise<void> {
  await database.schema.alterTable('calls').addColumn('invite', 'text').execute();
}

async function addVisits(database: Kysely<unknown>): Promise<void> {
  await database.schema.alterTable('sessions').addColumn('visit', 'text').execute();
}

/** Reports of before have none; both databases take every null for another. */
async function addHashes(database: Kysely<unknown>): Promise<void> {
  await database.schema.alterTable('call_reports').addColumn('hash', 'text').execute();
  await database.schema
    .createIndex('call_reports_once')
    .unique()
    .on('call_reports')
    .columns(['call_report_id', 'call_id', 'hash'])
    .execute();
}
