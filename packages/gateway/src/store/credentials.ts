import type { ExpressionBuilder, Selectable, Updateable } from 'kysely';
import { type Database, isUniqueViolation } from './database.ts';
import type { Schema } from './schema.ts';
import {
  type Credential,
  type CredentialChange,
  type CredentialFilter,
  type Credentials,
  DuplicateError,
} from './store.ts';

export function createCredentials(database: Database): Credentials {
  return {
    async insert(credential, secrets) {
      const row = {
        ...toColumns(credential),
        id: credential.id,
        name: credential.name,
        sip_username: credential.sipUsername,
        display_name: credential.displayName,
        caller_numbers: JSON.stringify(credential.callerNumbers),
        generate_ringback: Number(credential.generateRingback),
        password_hash: secrets.passwordHash,
        sealed_ha1: secrets.sealedHa1,
        created_at: credential.createdAt,
        updated_at: credential.updatedAt,
      };
      try {
        await database.insertInto('credentials').values(row).execute();
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        throw new DuplicateError(`A user named ${credential.sipUsername} exists already.`, { cause: error });
      }
    },

    async find(id) {
      const row = await database
        .selectFrom('credentials')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirst();
      return row && toCredential(row);
    },

    async findByUsername(sipUsername) {
      const row = await database
        .selectFrom('credentials')
        .selectAll()
        .where('sip_username', '=', sipUsername)
        .executeTakeFirst();
      return row && toCredential(row);
    },

    async findSecrets(id) {
      const row = await database
        .selectFrom('credentials')
        .select(['password_hash', 'sealed_ha1'])
        .where('id', '=', id)
        .executeTakeFirst();
      return row && { passwordHash: row.password_hash, sealedHa1: row.sealed_ha1 };
    },

    async list(filter, page) {
      const { total } = await database
        .selectFrom('credentials')
        .select((expression) => expression.fn.countAll<number>().as('total'))
        .where((expression) => matches(expression, filter))
        .executeTakeFirstOrThrow();
      const rows = await database
        .selectFrom('credentials')
        .selectAll()
        .where((expression) => matches(expression, filter))
        .orderBy('created_at', 'desc')
        .orderBy('id')
        .limit(page.size)
        .offset((page.number - 1) * page.size)
        .execute();
      return { items: rows.map(toCredential), total };
    },

    async update(id, change, now) {
      const row = await database
        .updateTable('credentials')
        .set({ ...toColumns(change), updated_at: now })
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirst();
      return row && toCredential(row);
    },

    async delete(id, now) {
      return database.transaction().execute(async (transaction) => {
        const row = await transaction
          .deleteFrom('credentials')
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirst();
        if (row === undefined) return undefined;
        await transaction
          .insertInto('revocations')
          .values({ kind: 'credential', subject: id, revoked_at: now })
          .execute();
        return toCredential(row);
      });
    },
  };
}

function matches(expression: ExpressionBuilder<Schema, 'credentials'>, filter: CredentialFilter) {
  return expression.and({
    ...(filter.name !== undefined && { name: filter.name }),
    ...(filter.tag !== undefined && { tag: filter.tag }),
    ...(filter.sipUsername !== undefined && { sip_username: filter.sipUsername }),
  });
}

function toColumns(change: CredentialChange): Updateable<Schema['credentials']> {
  const { callerNumbers, generateRingback } = change;
  return {
    ...(change.name !== undefined && { name: change.name }),
    ...(change.tag !== undefined && { tag: change.tag }),
    ...(change.connectionId !== undefined && { connection_id: change.connectionId }),
    ...(change.displayName !== undefined && { display_name: change.displayName }),
    ...(callerNumbers !== undefined && { caller_numbers: JSON.stringify(callerNumbers) }),
    ...(generateRingback !== undefined && { generate_ringback: Number(generateRingback) }),
    ...(change.maxCalls !== undefined && { max_calls: change.maxCalls }),
    ...(change.expiresAt !== undefined && { expires_at: change.expiresAt }),
  };
}

function toCredential(row: Selectable<Schema['credentials']>): Credential {
  return {
    id: row.id,
    name: row.name,
    tag: row.tag,
    connectionId: row.connection_id,
    sipUsername: row.sip_username,
    displayName: row.display_name,
    callerNumbers: toTexts(row.caller_numbers),
    generateRingback: row.generate_ringback !== 0,
    maxCalls: row.max_calls,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    expiresAt: row.expires_at,
  };
}

function toTexts(json: string): readonly string[] {
  const value: unknown = JSON.parse(json);
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
