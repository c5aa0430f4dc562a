import { chmodSync, closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { Kysely, PostgresDialect, SqliteDialect } from 'kysely';
import Libsql from 'libsql';
import { migrate } from './migrations.ts';
import type { Schema } from './schema.ts';

export type Database = Kysely<Schema>;

/** Where the data folder keeps SQLite's file. */
export function sqliteFileIn(dataFolder: string): string {
  return join(dataFolder, 'parley.sqlite');
}

/** Opens the SQLite file, made where it is missing, and brings its tables up to date. */
export async function openSqlite(file: string): Promise<Database> {
  // SQLite gives its journal files the mode of the database.
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
  const sqlite = new Libsql(file);
  // With a write-ahead log the command line can read and write while the gateway runs. Less than FULL is durable
  // against the end of the process; a power cut may lose the last transactions, and never corrupts.
  sqlite.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
  sqlite.exec('PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON;');
  return withTables(new Kysely<Schema>({ dialect: new SqliteDialect({ database: sqlite }) }), 'sqlite');
}

/** Connects to PostgreSQL and brings its tables up to date. */
export async function openPostgresql(url: string): Promise<Database> {
  // Loaded by who has such a database alone.
  const { default: pg } = await import('pg');
  const types = new pg.TypeOverrides();
  // Times and counts stay below 2^53, so that a number holds them; by itself pg would give texts.
  types.setTypeParser(pg.types.builtins.INT8, Number);
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 10_000,
    types,
  });
  // A connection that breaks while idle is replaced at the next query; without a listener it would end the process.
  pool.on('error', () => undefined);
  return withTables(new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) }), 'postgresql');
}

async function withTables(database: Database, engine: 'sqlite' | 'postgresql'): Promise<Database> {
  try {
    await migrate(database, engine);
    return database;
  } catch (error) {
    await database.destroy();
    throw error;
  }
}

/** @returns whether a statement failed because something must be unique */
export function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return ['SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY', '23505'].includes(String(error.code));
}
