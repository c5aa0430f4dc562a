import { z } from 'zod';
import type { Conversation, ConversationItem } from '../store/assistant-records.ts';
import { pageMetaSchema, pageQuerySchema } from './pages.ts';

export const conversationQuerySchema = pageQuerySchema.extend({
  'filter[assistant_id]': z.string().optional(),
});

export const conversationSchema = z.object({
  id: z.string(),
  name: z.string().nullable(),
  created_at: z.string(),
  last_message_at: z.string(),
  metadata: z.object({
    assistant_id: z.string(),
    target_params: z.string().meta({ description: 'JSON, as the login that began it had it.' }),
  }),
});

export const conversationListSchema = z.object({ data: z.array(conversationSchema), meta: pageMetaSchema });

export const messageSchema = z.object({
  id: z.string(),
  type: z.enum(['call_started', 'call_ended', 'message', 'function_call', 'function_call_output']),
  role: z.enum(['user', 'assistant', 'tool', 'system']),
  text: z.string().nullable(),
  content: z.array(z.record(z.string(), z.unknown())).optional(),
  tool_calls: z
    .array(
      z.object({
        id: z.string(),
        type: z.literal('function'),
        function: z.object({ name: z.string(), arguments: z.string() }),
      }),
    )
    .optional(),
  tool_call_id: z.string().optional(),
  call: z
    .record(z.string(), z.unknown())
    .optional()
    .meta({ description: 'Of a call that started or ended: its id, and what else is known of it.' }),
  created_at: z.string(),
  sent_at: z.string(),
});

export const messageListSchema = z.object({ data: z.array(messageSchema), meta: pageMetaSchema });

export function toConversation(conversation: Conversation): z.input<typeof conversationSchema> {
  return {
    id: conversation.id,
    name: null,
    created_at: new Date(conversation.createdAt).toISOString(),
    last_message_at: new Date(conversation.lastItemAt).toISOString(),
    metadata: { assistant_id: conversation.assistantId, target_params: conversation.targetParams },
  };
}

/** What an item's body has; which of it depends on the type. */
const bodySchema = z.looseObject({
  role: z.enum(['user', 'assistant']).optional(),
  content: z.array(z.record(z.string(), z.unknown())).optional(),
  call_id: z.string().optional(),
  name: z.string().optional(),
  arguments: z.string().optional(),
  output: z.string().optional(),
});

export function toMessage({ id, type, body, createdAt }: ConversationItem): z.input<typeof messageSchema> {
  const at = new Date(createdAt).toISOString();
  const known = bodySchema.parse(JSON.parse(body));
  const { role = 'user', content = [], call_id = '', name = '', output = '' } = known;
  const common = { id, type, created_at: at, sent_at: at };
  switch (type) {
    case 'message':
      return { ...common, role, text: toText(content), content };
    case 'function_call': {
      const called = { name, arguments: known.arguments ?? '' };
      return {
        ...common,
        role: 'assistant',
        text: null,
        tool_calls: [{ id: call_id, type: 'function', function: called }],
      };
    }
    case 'function_call_output':
      return { ...common, role: 'tool', text: output, tool_call_id: call_id };
    case 'call_started':
    case 'call_ended':
      return { ...common, role: 'system', text: null, call: known };
  }
}

function toText(content: readonly Record<string, unknown>[]): string {
  const texts = content.flatMap(({ text, transcript }) => [text, transcript]);
  return texts.filter((text) => typeof text === 'string').join('\n');
}
