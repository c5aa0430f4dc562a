import type { EngineName } from '../media/engines/engine-messages.ts';
import type { AssistantVersion } from '../store/assistant-records.ts';
import type { Studio } from './studio.ts';

/**
 * What a version is to be; what is left out stays as it was, or is nothing. Another text takes the former sound away,
 * which said something else.
 */
export interface Draft {
  name?: string | undefined;
  model?: string | null | undefined;
  instructions?: string | null | undefined;
  greeting?: string | null | undefined;
  /** A WAV or Ogg Opus file; null: none, so that the text is spoken. */
  greetingAudio?: Uint8Array | null | undefined;
  engine?: EngineName | undefined;
  engineSettings?: Readonly<Record<string, unknown>> | undefined;
}

const defaultEngine: EngineName = 'echo';

/**
 * Makes a version of a draft.
 *
 * @param basis the version that it begins from
 * @throws AudioError where the greeting's sound cannot be used
 */
export async function draftVersion(
  ids: Pick<AssistantVersion, 'id' | 'assistantId' | 'createdAt'>,
  draft: Draft,
  { studio, basis }: { studio: Studio; basis?: AssistantVersion },
): Promise<AssistantVersion> {
  const { greetingAudio = draft.greeting === undefined ? undefined : null } = draft;
  const greetingClip =
    greetingAudio === undefined
      ? (basis?.greetingClip ?? null)
      : greetingAudio && (await studio.encode(greetingAudio));
  const from = basis ?? {
    name: ids.assistantId,
    model: null,
    instructions: null,
    greeting: null,
    engine: defaultEngine,
    engineSettings: {},
  };
  return {
    ...ids,
    name: draft.name ?? from.name,
    model: draft.model === undefined ? from.model : draft.model,
    instructions: draft.instructions === undefined ? from.instructions : draft.instructions,
    greeting: draft.greeting === undefined ? from.greeting : draft.greeting,
    greetingClip,
    engine: draft.engine ?? from.engine,
    engineSettings: draft.engineSettings ?? from.engineSettings,
  };
}
