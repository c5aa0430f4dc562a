import type { Conversations } from './assistant-records.ts';
import type { Database } from './database.ts';

const conversationColumns = [
  'id',
  'assistant_id as assistantId',
  'target_params as targetParams',
  'created_at as createdAt',
  'last_item_at as lastItemAt',
] as const;

export function createConversations(database: Database): Conversations {
  return {
    async insert(conversation) {
      await database
        .insertInto('conversations')
        .values({
          id: conversation.id,
          assistant_id: conversation.assistantId,
          target_params: conversation.targetParams,
          created_at: conversation.createdAt,
          last_item_at: conversation.lastItemAt,
        })
        .execute();
    },

    find: (id) =>
      database
        .selectFrom('conversations')
        .select(conversationColumns)
        .where('id', '=', id)
        .executeTakeFirst(),

    async list({ assistantId }, { number, size }) {
      const filter = assistantId === undefined ? {} : { assistant_id: assistantId };
      const { total } = await database
        .selectFrom('conversations')
        .select((expression) => expression.fn.countAll<number>().as('total'))
        .where((expression) => expression.and(filter))
        .executeTakeFirstOrThrow();
      const items = await database
        .selectFrom('conversations')
        .select(conversationColumns)
        .where((expression) => expression.and(filter))
        .orderBy('last_item_at', 'desc')
        .orderBy('id')
        .limit(size)
        .offset((number - 1) * size)
        .execute();
      return { items, total };
    },

    async append(conversationId, item) {
      await database.transaction().execute(async (transaction) => {
        await transaction
          .insertInto('conversation_items')
          .values({
            id: item.id,
            conversation_id: conversationId,
            type: item.type,
            body: item.body,
            created_at: item.createdAt,
          })
          .execute();
        await transaction
          .updateTable('conversations')
          .set({ last_item_at: item.createdAt })
          .where('id', '=', conversationId)
          .execute();
      });
    },

    async items(conversationId, { number, size }) {
      const { total } = await database
        .selectFrom('conversation_items')
        .select((expression) => expression.fn.countAll<number>().as('total'))
        .where('conversation_id', '=', conversationId)
        .executeTakeFirstOrThrow();
      const items = await database
        .selectFrom('conversation_items')
        .select(['id', 'type', 'body', 'created_at as createdAt'])
        .where('conversation_id', '=', conversationId)
        .orderBy('sequence')
        .limit(size)
        .offset((number - 1) * size)
        .execute();
      return { items, total };
    },

    async delete(id) {
      return database.transaction().execute(async (transaction) => {
        await transaction.deleteFrom('conversation_items').where('conversation_id', '=', id).execute();
        const { numDeletedRows } = await transaction
          .deleteFrom('conversations')
          .where('id', '=', id)
          .executeTakeFirst();
        return numDeletedRows > 0;
      });
    },

    async prune(lastItemBefore) {
      return database.transaction().execute(async (transaction) => {
        await transaction
          .deleteFrom('conversation_items')
          .where('conversation_id', 'in', (query) =>
            query.selectFrom('conversations').select('id').where('last_item_at', '<', lastItemBefore),
          )
          .execute();
        const { numDeletedRows } = await transaction
          .deleteFrom('conversations')
          .where('last_item_at', '<', lastItemBefore)
          .executeTakeFirst();
        return Number(numDeletedRows);
      });
    },
  };
}
