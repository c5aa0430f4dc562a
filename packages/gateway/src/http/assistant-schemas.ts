import { z } from 'zod';
import {
  engineSchema,
  engineSettingsSchema,
  idSchema,
  LARGEST_AUDIO_BYTES,
  LONGEST_GREETING,
  LONGEST_INSTRUCTIONS,
  nameSchema,
  textSchema,
} from '../assistants/assistant-schema.ts';
import type { Draft } from '../assistants/drafting.ts';
import { CLIP_PACKET_MS, unpackClip } from '../media/clips/clip.ts';
import type {
  AssistantVersion,
  AssistantWithVersion,
  Conversation,
  ConversationItem,
} from '../store/assistant-records.ts';

const changeable = {
  name: nameSchema(),
  model: textSchema(256).meta({ description: 'For engines that have a choice. Kept and given back.' }),
  instructions: textSchema(LONGEST_INSTRUCTIONS).meta({ description: 'What the engine is to do.' }),
  greeting: textSchema(LONGEST_GREETING).meta({
    description:
      'What the assistant says first. Read out for a minute by espeak-ng where that is installed; a greeting_audio that was there before is dropped.',
  }),
  greeting_audio: base64().meta({
    description: 'The greeting as it is to be heard: a WAV or Ogg Opus file of at most a minute, in base64.',
  }),
  engine: engineSchema().meta({ description: 'Default: echo.' }),
  engine_settings: engineSettingsSchema().meta({ description: 'Handed to the engine as they are.' }),
  version_id: idSchema().meta({ description: 'Of the version that this makes. Default: made up.' }),
};

export const creationSchema = z.strictObject({
  ...z.strictObject(changeable).partial().shape,
  name: nameSchema(),
  id: idSchema().optional().meta({ description: 'Default: made up.' }),
});

export const changeSchema = z
  .strictObject({
    ...changeable,
    promote_to_main: z
      .boolean({ error: 'must be true or false' })
      .meta({ description: 'Makes the new version the default one. Default: true.' }),
  })
  .partial();

export const assistantSchema = z.object({
  id: z.string(),
  name: z.string(),
  model: z.string().nullable(),
  instructions: z.string().nullable(),
  greeting: z.string().nullable(),
  greeting_audio_ms: z
    .number()
    .nullable()
    .meta({ description: 'Length of the sound; null where there is none.' }),
  engine: z.string(),
  engine_settings: z.record(z.string(), z.unknown()),
  version_id: z.string(),
  version_created_at: z.string(),
  is_main_version: z.boolean(),
  created_at: z.string(),
});

export const deletedSchema = z.object({ id: z.string(), object: z.string(), deleted: z.boolean() });

export const pageQuerySchema = z
  .strictObject({
    'page[number]': count(1_000_000).meta({ description: 'Counted from 1.' }),
    'page[size]': count(250).meta({ description: 'Default: 20.' }),
  })
  .partial();

export const conversationQuerySchema = pageQuerySchema.extend({
  'filter[assistant_id]': z.string().optional(),
});

const pageMeta = z.object({
  page_number: z.number(),
  page_size: z.number(),
  total_pages: z.number(),
  total_results: z.number(),
});

export const assistantListSchema = z.object({ data: z.array(assistantSchema), meta: pageMeta });
export const versionListSchema = z.object({ data: z.array(assistantSchema) });

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

export const conversationListSchema = z.object({ data: z.array(conversationSchema), meta: pageMeta });

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

export const messageListSchema = z.object({ data: z.array(messageSchema), meta: pageMeta });

export function toDraft(body: Partial<z.output<typeof changeSchema>>): Draft {
  return {
    name: body.name,
    model: body.model,
    instructions: body.instructions,
    greeting: body.greeting,
    greetingAudio: body.greeting_audio,
    engine: body.engine,
    engineSettings: body.engine_settings,
  };
}

export function toAnswer(
  { assistant }: Pick<AssistantWithVersion, 'assistant'>,
  version: AssistantVersion,
): z.input<typeof assistantSchema> {
  const { greetingClip } = version;
  return {
    id: assistant.id,
    name: version.name,
    model: version.model,
    instructions: version.instructions,
    greeting: version.greeting,
    greeting_audio_ms: greetingClip === null ? null : unpackClip(greetingClip).length * CLIP_PACKET_MS,
    engine: version.engine,
    engine_settings: version.engineSettings,
    version_id: version.id,
    version_created_at: toTime(version.createdAt),
    is_main_version: version.id === assistant.defaultVersionId,
    created_at: toTime(assistant.createdAt),
  };
}

export function toConversation(conversation: Conversation): z.input<typeof conversationSchema> {
  return {
    id: conversation.id,
    name: null,
    created_at: toTime(conversation.createdAt),
    last_message_at: toTime(conversation.lastItemAt),
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
  const at = toTime(createdAt);
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

const toTime = (milliseconds: number): string => new Date(milliseconds).toISOString();

function base64() {
  const error = 'must be a file of at most 6 MiB in base64';
  return z
    .string({ error })
    .max(Math.ceil(LARGEST_AUDIO_BYTES / 3) * 4, { error })
    .regex(/^[A-Za-z0-9+/]*={0,2}$/, { error })
    .nullable()
    .transform((text) => (text === null || text === '' ? null : Buffer.from(text, 'base64')));
}

function count(most: number) {
  const error = `must be a whole number from 1 to ${String(most)}`;
  return z
    .string({ error })
    .regex(/^[1-9]\d{0,6}$/, { error })
    .transform(Number)
    .refine((value) => value <= most, { error });
}
