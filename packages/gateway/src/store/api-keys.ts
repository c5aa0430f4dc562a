import type { Database } from './database.ts';
import type { ApiKeys } from './store.ts';

export function createApiKeys(database: Database): ApiKeys {
  const keys = () =>
    database.selectFrom('api_keys').select(['id', 'name', 'hint', 'created_at as createdAt']);
  return {
    async insert({ id, name, hint, createdAt }, hash) {
      await database.insertInto('api_keys').values({ id, name, hint, hash, created_at: createdAt }).execute();
    },
    findByHash: (hash) => keys().where('hash', '=', hash).executeTakeFirst(),
    list: () => keys().orderBy('created_at').orderBy('id').execute(),
    async delete(id) {
      const { numDeletedRows } = await database
        .deleteFrom('api_keys')
        .where('id', '=', id)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },
  };
}
