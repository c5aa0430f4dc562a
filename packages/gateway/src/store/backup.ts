import { constants } from 'node:fs';
import { access, copyFile, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import Libsql from 'libsql';
import { z } from 'zod';
import { dataKeyFileIn } from './data-key.ts';
import { sqliteFileIn } from './database.ts';

/**
 * Writes everything that a gateway keeps on SQLite into one file, while it runs: the database as it is at one moment,
 * and the data key in a table of its own. Who has the file has every secret of the gateway.
 *
 * @throws Error where the file exists
 */
export async function backUp(dataFolder: string, file: string): Promise<void> {
  const draft = `${file}.${randomUUID()}`;
  // SQLite fills a file that is empty, and leaves its mode as it is.
  await writeFile(draft, '', { mode: 0o600, flag: 'wx' });
  try {
    withSqlite(sqliteFileIn(dataFolder), (database) => database.prepare('VACUUM INTO ?').run(draft));
    const key = await readFile(dataKeyFileIn(dataFolder), 'utf8');
    withSqlite(draft, (database) => {
      database.exec('CREATE TABLE backup_key (content TEXT NOT NULL)');
      database.prepare('INSERT INTO backup_key VALUES (?)').run(key);
    });
    // Only a whole back-up gets its name, and never in the place of another one.
    await link(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * Makes a data folder of a back-up.
 *
 * @throws Error where the folder has data already, or the file is no back-up
 */
export async function restore(file: string, dataFolder: string): Promise<void> {
  await access(file, constants.R_OK);
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  const database = sqliteFileIn(dataFolder);
  const draft = `${database}.${randomUUID()}`;
  try {
    await copyFile(file, draft);
    const key = takeKey(draft);
    await writeFile(dataKeyFileIn(dataFolder), key, { mode: 0o600, flag: 'wx' });
    await link(draft, database);
  } finally {
    await rm(draft, { force: true });
  }
}

const keyRow = z.object({ content: z.string() });

function takeKey(file: string): string {
  return withSqlite(file, (database) => {
    const { content } = keyRow.parse(database.prepare('SELECT content FROM backup_key').get());
    database.exec('DROP TABLE backup_key; VACUUM;');
    return content;
  });
}

function withSqlite<Result>(file: string, act: (database: Libsql.Database) => Result): Result {
  const database = new Libsql(file);
  try {
    return act(database);
  } finally {
    database.close();
  }
}
