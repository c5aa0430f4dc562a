import type {
  Assistants,
  AssistantVersion,
  Conversation,
  ConversationItem,
  Conversations,
} from '../store/assistant-records.ts';
import type { Log } from '../ports.ts';
import { createVisits, type Visits } from './visits.ts';

/** Assistants in memory, as far as visitors need them. */
export interface VisitsRig {
  visits: Visits;
  conversations: Map<string, Conversation>;
  items: ConversationItem[];
  /** What of a kind was recorded, without its envelope. */
  recorded(): unknown[];
}

export function version(
  assistantId: string,
  id: string,
  parts: Partial<AssistantVersion> = {},
): AssistantVersion {
  return {
    id,
    assistantId,
    name: 'Receptionist',
    model: null,
    instructions: null,
    greeting: `Hello from ${assistantId} ${id}`,
    greetingClip: 'AAE=',
    engine: 'echo',
    engineSettings: { depth: 1 },
    createdAt: 1,
    ...parts,
  };
}

/** @param versions the first one of each assistant is its default */
export function fakeVisits(
  versions: readonly AssistantVersion[] = [version('a', 'v1'), version('a', 'v2'), version('b', 'v1')],
): VisitsRig {
  const conversations = new Map<string, Conversation>();
  const items: ConversationItem[] = [];
  const assistants: Pick<Assistants, 'find' | 'findVersion'> = {
    find: (id) => {
      const first = versions.find(({ assistantId }) => assistantId === id);
      const found = first && {
        assistant: { id, defaultVersionId: first.id, createdAt: 1 },
        version: first,
      };
      return Promise.resolve(found);
    },
    findVersion: (id, versionId) =>
      Promise.resolve(versions.find((each) => each.assistantId === id && each.id === versionId)),
  };
  const stored: Pick<Conversations, 'find' | 'insert' | 'append'> = {
    find: (id) => Promise.resolve(conversations.get(id)),
    insert: (conversation) => {
      conversations.set(conversation.id, conversation);
      return Promise.resolve();
    },
    append: (_, item) => {
      items.push(item);
      return Promise.resolve();
    },
  };
  let uuids = 0;
  const visits = createVisits({
    store: { assistants, conversations: stored },
    greetings: { clipOf: ({ greetingClip }) => Promise.resolve(greetingClip) },
    random: { uuid: () => `uuid-${String((uuids += 1))}` },
    now: () => 5,
    log: silent,
  });
  return {
    visits,
    conversations,
    items,
    recorded: () => items.map(({ type, body }): unknown => ({ type, ...(JSON.parse(body) as object) })),
  };
}

const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
