import type { Insertable, Selectable } from 'kysely';
import type { Assistant, Assistants, AssistantVersion, AssistantWithVersion } from './assistant-records.ts';
import { type Database, isUniqueViolation } from './database.ts';
import type { Schema } from './schema.ts';
import { DuplicateError } from './store.ts';

export function createAssistants(database: Database): Assistants {
  const withDefaults = () =>
    database
      .selectFrom('assistants')
      .innerJoin('assistant_versions', (join) =>
        join
          .onRef('assistant_versions.assistant_id', '=', 'assistants.id')
          .onRef('assistant_versions.id', '=', 'assistants.default_version_id'),
      )
      .selectAll('assistant_versions')
      .select('assistants.created_at as assistant_created_at');

  return {
    async insert(version) {
      const { assistantId: id, createdAt } = version;
      await unlessTaken(`An assistant with the id ${id} exists already.`, () =>
        database.transaction().execute(async (transaction) => {
          await transaction
            .insertInto('assistants')
            .values({ id, default_version_id: version.id, created_at: createdAt })
            .execute();
          await transaction.insertInto('assistant_versions').values(toRow(version)).execute();
        }),
      );
    },

    async put(versions, defaultVersionId) {
      const [first] = versions;
      if (first === undefined) return;
      await database.transaction().execute(async (transaction) => {
        await transaction
          .insertInto('assistants')
          .values({
            id: first.assistantId,
            default_version_id: defaultVersionId,
            created_at: first.createdAt,
          })
          .onConflict((conflict) =>
            conflict.column('id').doUpdateSet({ default_version_id: defaultVersionId }),
          )
          .execute();
        for (const version of versions) {
          const { created_at, ...columns } = toRow(version);
          await transaction
            .insertInto('assistant_versions')
            .values({ ...columns, created_at })
            .onConflict((conflict) => conflict.columns(['assistant_id', 'id']).doUpdateSet(columns))
            .execute();
        }
      });
    },

    async find(id) {
      const row = await withDefaults().where('assistants.id', '=', id).executeTakeFirst();
      return row && toAssistantWithVersion(row);
    },

    async findVersion(id, versionId) {
      const row = await database
        .selectFrom('assistant_versions')
        .selectAll()
        .where('assistant_id', '=', id)
        .where('id', '=', versionId)
        .executeTakeFirst();
      return row && toVersion(row);
    },

    async list({ number, size }) {
      const { total } = await database
        .selectFrom('assistants')
        .select((expression) => expression.fn.countAll<number>().as('total'))
        .executeTakeFirstOrThrow();
      const rows = await withDefaults()
        .orderBy('assistants.created_at', 'desc')
        .orderBy('assistants.id')
        .limit(size)
        .offset((number - 1) * size)
        .execute();
      return { items: rows.map(toAssistantWithVersion), total };
    },

    async versions(id) {
      const rows = await database
        .selectFrom('assistant_versions')
        .selectAll()
        .where('assistant_id', '=', id)
        .orderBy('created_at', 'desc')
        .orderBy('id')
        .execute();
      return rows.map(toVersion);
    },

    async addVersion(id, isDefault, make) {
      return database.transaction().execute(async (transaction) => {
        // Written before anything is read: who changes the same assistant meanwhile waits here, in another process too.
        const changed = await transaction
          .updateTable('assistants')
          .set((expression) => ({ default_version_id: expression.ref('default_version_id') }))
          .where('id', '=', id)
          .returning('default_version_id')
          .executeTakeFirst();
        if (changed === undefined) return undefined;
        const basis = await transaction
          .selectFrom('assistant_versions')
          .selectAll()
          .where('assistant_id', '=', id)
          .where('id', '=', changed.default_version_id)
          .executeTakeFirstOrThrow();
        const version = make(toVersion(basis));
        await unlessTaken(`The assistant ${id} has a version ${version.id} already.`, () =>
          transaction.insertInto('assistant_versions').values(toRow(version)).execute(),
        );
        if (isDefault)
          await transaction
            .updateTable('assistants')
            .set({ default_version_id: version.id })
            .where('id', '=', id)
            .execute();
        return version;
      });
    },

    async setDefault(id, versionId) {
      const { numUpdatedRows } = await database
        .updateTable('assistants')
        .set({ default_version_id: versionId })
        .where('id', '=', id)
        .where(({ exists, selectFrom }) =>
          exists(
            selectFrom('assistant_versions')
              .select('id')
              .where('assistant_id', '=', id)
              .where('id', '=', versionId),
          ),
        )
        .executeTakeFirst();
      return numUpdatedRows > 0;
    },

    async deleteVersion(id, versionId) {
      const { numDeletedRows } = await database
        .deleteFrom('assistant_versions')
        .where('assistant_id', '=', id)
        .where('id', '=', versionId)
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('assistants')
                .select('id')
                .where('id', '=', id)
                .where('default_version_id', '=', versionId),
            ),
          ),
        )
        .executeTakeFirst();
      return numDeletedRows > 0;
    },

    async delete(id, now) {
      return database.transaction().execute(async (transaction) => {
        await transaction.deleteFrom('assistant_versions').where('assistant_id', '=', id).execute();
        const { numDeletedRows } = await transaction
          .deleteFrom('assistants')
          .where('id', '=', id)
          .executeTakeFirst();
        if (numDeletedRows === 0n) return false;
        await transaction
          .insertInto('revocations')
          .values({ kind: 'assistant', subject: id, revoked_at: now })
          // One that was deleted, and made again under the same id.
          .onConflict((conflict) => conflict.columns(['kind', 'subject']).doUpdateSet({ revoked_at: now }))
          .execute();
        return true;
      });
    },
  };
}

async function unlessTaken(message: string, insert: () => Promise<unknown>): Promise<void> {
  try {
    await insert();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new DuplicateError(message, { cause: error });
  }
}

type Row = Selectable<Schema['assistant_versions']>;

function toRow(version: AssistantVersion): Insertable<Schema['assistant_versions']> {
  return {
    id: version.id,
    assistant_id: version.assistantId,
    name: version.name,
    model: version.model,
    instructions: version.instructions,
    greeting: version.greeting,
    greeting_clip: version.greetingClip,
    engine: version.engine,
    engine_settings: JSON.stringify(version.engineSettings),
    created_at: version.createdAt,
  };
}

function toVersion(row: Row): AssistantVersion {
  return {
    id: row.id,
    assistantId: row.assistant_id,
    name: row.name,
    model: row.model,
    instructions: row.instructions,
    greeting: row.greeting,
    greetingClip: row.greeting_clip,
    engine: row.engine,
    engineSettings: toSettings(row.engine_settings),
    createdAt: row.created_at,
  };
}

function toAssistantWithVersion(row: Row & { assistant_created_at: number }): AssistantWithVersion {
  const assistant: Assistant = {
    id: row.assistant_id,
    defaultVersionId: row.id,
    createdAt: row.assistant_created_at,
  };
  return { assistant, version: toVersion(row) };
}

function toSettings(json: string): Record<string, unknown> {
  const value: unknown = JSON.parse(json);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
