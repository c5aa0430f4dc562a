import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { AudioError } from '../media/clips/audio-error.ts';
import type { Assistants, AssistantVersion } from '../store/assistant-records.ts';
import {
  engineSchema,
  engineSettingsSchema,
  idSchema,
  LONGEST_GREETING,
  LONGEST_INSTRUCTIONS,
  nameSchema,
  textSchema,
} from './assistant-schema.ts';
import { draftVersion } from './drafting.ts';
import type { Studio } from './studio.ts';

const versionSchema = z.strictObject({
  id: idSchema(),
  name: nameSchema().optional(),
  model: textSchema(256).optional(),
  instructions: textSchema(LONGEST_INSTRUCTIONS).optional(),
  greeting: textSchema(LONGEST_GREETING).optional(),
  /** A WAV or Ogg Opus file. */
  greetingAudio: z
    .string({ error: 'must be the name of a file' })
    .min(1, { error: 'must be the name of a file' })
    .optional(),
  engine: engineSchema().optional(),
  engineSettings: engineSettingsSchema().optional(),
});

const assistantSchema = z
  .strictObject({
    id: idSchema(),
    /** Default: the first one. */
    defaultVersion: idSchema().optional(),
    versions: z
      .array(versionSchema, { error: 'must be a list of at least one version' })
      .min(1, { error: 'must be a list of at least one version' }),
  })
  .refine(({ versions }) => new Set(versions.map(({ id }) => id)).size === versions.length, {
    error: 'must not have two versions of one id',
    path: ['versions'],
  })
  .refine(
    ({ defaultVersion, versions }) =>
      defaultVersion === undefined || versions.some(({ id }) => id === defaultVersion),
    { error: 'must be the id of one of the versions', path: ['defaultVersion'] },
  );

/** Assistants of the configuration file. */
export const assistantsSettingSchema = z.array(assistantSchema, { error: 'must be a list of assistants' });

export type ConfiguredAssistant = z.output<typeof assistantSchema>;

/**
 * Makes the store's assistants what the configuration says. Those that it does not name stay as they are.
 *
 * @throws Error where a greeting's file is missing or cannot be used
 */
export async function storeConfigured(
  configured: readonly ConfiguredAssistant[],
  { assistants, studio, now }: { assistants: Pick<Assistants, 'put'>; studio: Studio; now: number },
): Promise<void> {
  for (const { id: assistantId, defaultVersion, versions } of configured) {
    const made: AssistantVersion[] = [];
    // The later one in the list is the newer one.
    for (const [age, { id, greetingAudio, ...draft }] of versions.entries()) {
      const ids = { id, assistantId, createdAt: now + age };
      const file = greetingAudio === undefined ? null : await readFile(greetingAudio);
      try {
        made.push(await draftVersion(ids, { ...draft, greetingAudio: file }, { studio }));
      } catch (error) {
        if (!(error instanceof AudioError)) throw error;
        const where = `greetingAudio of version ${id} of assistant ${assistantId}`;
        throw new Error(`${where}: ${String(greetingAudio)} ${error.message}.`, { cause: error });
      }
    }
    await assistants.put(made, defaultVersion ?? versions[0]?.id ?? '');
  }
}
