import type { Database } from './database.ts';
import type { Revocations } from './store.ts';

export function createRevocations(database: Database): Revocations {
  return {
    async revokeToken(jti, now) {
      await database
        .insertInto('revocations')
        .values({ kind: 'token', subject: jti, revoked_at: now })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
    async isTokenRevoked(jti) {
      const found = await database
        .selectFrom('revocations')
        .select('subject')
        .where('kind', '=', 'token')
        .where('subject', '=', jti)
        .executeTakeFirst();
      return found !== undefined;
    },
    since: (time) =>
      database
        .selectFrom('revocations')
        .select(['kind', 'subject', 'revoked_at as revokedAt'])
        .where('revoked_at', '>=', time)
        .orderBy('revoked_at')
        .execute(),
    async prune(before) {
      const { numDeletedRows } = await database
        .deleteFrom('revocations')
        .where('revoked_at', '<', before)
        .executeTakeFirst();
      return Number(numDeletedRows);
    },
  };
}
