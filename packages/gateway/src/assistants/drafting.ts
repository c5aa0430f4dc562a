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

/** A draft whose sound is a clip. */
export interface PreparedDraft extends Omit<Draft, 'greetingAudio'> {
  greetingClip?: string | null | undefined;
}

/** It may take seconds. @throws AudioError where the greeting's sound cannot be used */
export async function prepareDraft(
  { greetingAudio, ...draft }: Draft,
  studio: Pick<Studio, 'encode'>,
): Promise<PreparedDraft> {
  if (greetingAudio === undefined)
    return draft.greeting === undefined ? draft : { ...draft, greetingClip: null };
  return { ...draft, greetingClip: greetingAudio && (await studio.encode(greetingAudio)) };
}

type Ids = Pick<AssistantVersion, 'id' | 'assistantId' | 'createdAt'>;

/** Makes a version of a draft. @param basis the version that it begins from */
export function versionOf(ids: Ids, draft: PreparedDraft, basis?: AssistantVersion): AssistantVersion {
  const from = basis ?? {
    name: ids.assistantId,
    model: null,
    instructions: null,
    greeting: null,
    greetingClip: null,
    engine: defaultEngine,
    engineSettings: {},
  };
  return {
    ...ids,
    name: draft.name ?? from.name,
    model: draft.model === undefined ? from.model : draft.model,
    instructions: draft.instructions === undefined ? from.instructions : draft.instructions,
    greeting: draft.greeting === undefined ? from.greeting : draft.greeting,
    greetingClip: draft.greetingClip === undefined ? from.greetingClip : draft.greetingClip,
    engine: draft.engine ?? from.engine,
    engineSettings: draft.engineSettings ?? from.engineSettings,
  };
}

/** Makes a version that begins from nothing. @throws AudioError where the greeting's sound cannot be used */
export async function draftVersion(
  ids: Ids,
  draft: Draft,
  { studio }: { studio: Pick<Studio, 'encode'> },
): Promise<AssistantVersion> {
  return versionOf(ids, await prepareDraft(draft, studio));
}
