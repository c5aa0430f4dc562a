import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Conversation } from '../store/assistant-records.ts';
import type { Store } from '../store/store.ts';
import { ApiError, apiErrorSchema } from './api-error.ts';
import { requireApiKey } from './api-key-guard.ts';
import {
  conversationListSchema,
  conversationQuerySchema,
  conversationSchema,
  messageListSchema,
  toConversation,
  toMessage,
} from './conversation-schemas.ts';
import { pageMetaOf, pageOf, pageQuerySchema } from './pages.ts';

const paramsSchema = z.object({ id: z.string() });
const about = { tags: ['Conversations'], security: [{ apiKey: [] }] };

/** `/v2/ai/conversations`: what visitors and assistants said to each other. */
export function conversations(ports: {
  store: Pick<Store, 'conversations' | 'apiKeys'>;
}): FastifyPluginAsyncZod {
  const { conversations: stored, apiKeys } = ports.store;

  async function existing(id: string): Promise<Conversation> {
    const found = await stored.find(id);
    if (found === undefined) throw new ApiError('notFound', { detail: `There is no conversation ${id}.` });
    return found;
  }

  return async (app) => {
    app.addHook('onRequest', requireApiKey(apiKeys));

    app.get(
      '',
      {
        schema: {
          ...about,
          summary: 'List conversations, latest message first',
          querystring: conversationQuerySchema,
          response: { 200: conversationListSchema, '4xx': apiErrorSchema },
        },
      },
      async ({ query }) => {
        const page = pageOf(query);
        const { 'filter[assistant_id]': assistantId } = query;
        const { items, total } = await stored.list(assistantId === undefined ? {} : { assistantId }, page);
        return { data: items.map(toConversation), meta: pageMetaOf(page, total) };
      },
    );

    app.get(
      '/:id',
      {
        schema: {
          ...about,
          summary: 'Read a conversation',
          params: paramsSchema,
          response: { 200: z.object({ data: conversationSchema }), '4xx': apiErrorSchema },
        },
      },
      async ({ params }) => ({ data: toConversation(await existing(params.id)) }),
    );

    app.get(
      '/:id/messages',
      {
        schema: {
          ...about,
          summary: 'List what was said and done in a conversation, in order',
          params: paramsSchema,
          querystring: pageQuerySchema,
          response: { 200: messageListSchema, '4xx': apiErrorSchema },
        },
      },
      async ({ params, query }) => {
        await existing(params.id);
        const page = pageOf(query);
        const { items, total } = await stored.items(params.id, page);
        return { data: items.map(toMessage), meta: pageMetaOf(page, total) };
      },
    );

    app.delete(
      '/:id',
      {
        schema: {
          ...about,
          summary: 'Delete a conversation with all that was said',
          params: paramsSchema,
          response: { 204: z.undefined(), '4xx': apiErrorSchema },
        },
      },
      async ({ params }, reply) => {
        await existing(params.id);
        await stored.delete(params.id);
        return reply.code(204).send();
      },
    );
  };
}
