import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { draftVersion } from '../assistants/drafting.ts';
import { creationSchema, toDraft } from '../http/assistant-schemas.ts';
import { AudioError } from '../media/clips/audio-error.ts';
import type { AssistantWithVersion } from '../store/assistant-records.ts';
import { listAll } from '../store/listing.ts';
import { DuplicateError } from '../store/store.ts';
import { type Command, CommandError, table, withExistingStore, withStore } from './cli-command.ts';
import { createStudio } from './studio.ts';

/** Options of `assistant create`, by the member of the REST interface that they set. */
const creationOptions = new Map([
  ['id', 'id'],
  ['version-id', 'version_id'],
  ['greeting', 'greeting'],
  ['instructions', 'instructions'],
  ['engine', 'engine'],
]);

export const createAssistant: Command = {
  usage:
    'NAME [--id ID] [--version-id ID] [--greeting TEXT] [--greeting-audio FILE] [--instructions TEXT] [--engine E]',
  help: 'makes an assistant that visitors can talk to; its greeting is a text, or a WAV or Ogg Opus file',
  positionals: ['NAME'],
  options: {
    id: { type: 'string' },
    'version-id': { type: 'string' },
    greeting: { type: 'string' },
    'greeting-audio': { type: 'string' },
    instructions: { type: 'string' },
    engine: { type: 'string' },
  },
  run: async ({ settings, positionals: [name = ''], options }, { print }) => {
    const body: Record<string, unknown> = { name };
    for (const [option, member] of creationOptions) {
      if (options.has(option)) body[member] = options.get(option);
    }
    const { success, data, error } = creationSchema.safeParse(body);
    if (!success)
      throw new CommandError(
        error.issues.map((issue) => `${nameOf(issue.path)} ${issue.message}.`).join('\n'),
      );
    const file = options.get('greeting-audio');
    const greetingAudio = typeof file === 'string' ? await readFile(file).catch(toUnreadable(file)) : null;
    const ids = {
      id: data.version_id ?? randomUUID(),
      assistantId: data.id ?? `assistant-${randomUUID()}`,
      createdAt: Date.now(),
    };
    const draft = { ...toDraft(data), greetingAudio };
    const version = await draftVersion(ids, draft, { studio: createStudio() }).catch((cause: unknown) => {
      throw cause instanceof AudioError ? new CommandError(`--greeting-audio ${cause.message}.`) : cause;
    });
    return withStore(settings, async ({ assistants }) => {
      await assistants.insert(version).catch((cause: unknown) => {
        throw cause instanceof DuplicateError ? new CommandError(cause.message) : cause;
      });
      print(`id       ${version.assistantId}`);
      print(`version  ${version.id}`);
      return 0;
    });
  },
};

export const listAssistants: Command = {
  usage: '',
  help: 'lists the assistants, newest first',
  run: async ({ settings }, { print }) =>
    withExistingStore(settings, async ({ assistants }) => {
      const rows = (await listAll((page) => assistants.list(page))).map(toRow);
      for (const line of table([['ID', 'VERSION', 'ENGINE', 'NAME'], ...rows])) print(line);
      return 0;
    }),
};

export const deleteAssistant: Command = {
  usage: 'ID',
  help: 'deletes an assistant; the sessions of its visitors end',
  positionals: ['ID'],
  run: async ({ settings, positionals: [id = ''] }) =>
    withExistingStore(settings, async ({ assistants }) => {
      if (!(await assistants.delete(id, Date.now()))) throw new CommandError(`There is no assistant ${id}.`);
      return 0;
    }),
};

const toRow = ({ assistant, version }: AssistantWithVersion): string[] => [
  assistant.id,
  version.id,
  version.engine,
  version.name,
];

function nameOf([member]: readonly PropertyKey[]): string {
  for (const [option, name] of creationOptions) if (name === member) return `--${option}`;
  return 'NAME';
}

function toUnreadable(file: string) {
  return (cause: unknown): never => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CommandError(`--greeting-audio ${file} cannot be read: ${why}.`);
  };
}
