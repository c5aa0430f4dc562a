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
import type { AssistantVersion, AssistantWithVersion } from '../store/assistant-records.ts';
import { pageMetaSchema } from './pages.ts';

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

export const assistantListSchema = z.object({ data: z.array(assistantSchema), meta: pageMetaSchema });
export const versionListSchema = z.object({ data: z.array(assistantSchema) });

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
    version_created_at: new Date(version.createdAt).toISOString(),
    is_main_version: version.id === assistant.defaultVersionId,
    created_at: new Date(assistant.createdAt).toISOString(),
  };
}

function base64() {
  const error = 'must be a file of at most 6 MiB in base64';
  return z
    .string({ error })
    .max(Math.ceil(LARGEST_AUDIO_BYTES / 3) * 4, { error })
    .regex(/^[A-Za-z0-9+/]*={0,2}$/, { error })
    .nullable()
    .transform((text) => (text === null || text === '' ? null : Buffer.from(text, 'base64')));
}
