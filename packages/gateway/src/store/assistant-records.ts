import type { EngineName } from '../media/engines/engine-messages.ts';
import type { Listing, Page } from './listing.ts';

/** Somebody to talk to who is no person; what it says and how is in its versions. */
export interface Assistant {
  id: string;
  /** Of the same assistant; used where a visitor names none. */
  defaultVersionId: string;
  createdAt: number;
}

/** Never changed: a conversation shows by its version what it was held with. */
export interface AssistantVersion {
  /** Unique among those of the assistant. */
  id: string;
  assistantId: string;
  name: string;
  /** For engines that have a choice. */
  model: string | null;
  instructions: string | null;
  /** What it says first, as text. */
  greeting: string | null;
  /** What it says first, as a clip; spoken from the text where there is none. */
  greetingClip: string | null;
  engine: EngineName;
  engineSettings: Readonly<Record<string, unknown>>;
  createdAt: number;
}

/** An assistant with its default version. */
export interface AssistantWithVersion {
  assistant: Assistant;
  version: AssistantVersion;
}

export interface Assistants {
  /** With its first version, which is the default one. @throws DuplicateError where the id is taken */
  insert(version: AssistantVersion): Promise<void>;
  /** Makes the assistant and these of its versions as they are given, whatever they were; others stay. */
  put(versions: readonly AssistantVersion[], defaultVersionId: string): Promise<void>;
  find(id: string): Promise<AssistantWithVersion | undefined>;
  findVersion(id: string, versionId: string): Promise<AssistantVersion | undefined>;
  /** Newest first. */
  list(page: Page): Promise<Listing<AssistantWithVersion>>;
  /** Newest first. */
  versions(id: string): Promise<readonly AssistantVersion[]>;
  /**
   * Adds what is made of the default version, one change after the other, so that none undoes another.
   *
   * @returns what was made; undefined where there is no such assistant
   * @throws DuplicateError where the version's id is taken
   */
  addVersion(
    id: string,
    isDefault: boolean,
    make: (basis: AssistantVersion) => AssistantVersion,
  ): Promise<AssistantVersion | undefined>;
  /** @returns false where there is no such version */
  setDefault(id: string, versionId: string): Promise<boolean>;
  /** @returns false where there is none, or it is the default one */
  deleteVersion(id: string, versionId: string): Promise<boolean>;
  /** Deletes and revokes it, in one step; its conversations stay. @returns false where there is none */
  delete(id: string, now: number): Promise<boolean>;
}

/** What was said between a visitor and an assistant, over any number of calls. */
export interface Conversation {
  id: string;
  assistantId: string;
  /** `target_params` of the login that began it: JSON, as it came. */
  targetParams: string;
  createdAt: number;
  /** Of the latest item, or of the conversation itself. */
  lastItemAt: number;
}

export type ConversationItemType =
  'call_started' | 'call_ended' | 'message' | 'function_call' | 'function_call_output';

export interface ConversationItem {
  id: string;
  type: ConversationItemType;
  /** JSON, by type. */
  body: string;
  createdAt: number;
}

export interface Conversations {
  insert(conversation: Conversation): Promise<void>;
  find(id: string): Promise<Conversation | undefined>;
  /** Latest item first. */
  list(filter: { assistantId?: string }, page: Page): Promise<Listing<Conversation>>;
  append(conversationId: string, item: ConversationItem): Promise<void>;
  /** In the order in which they were appended. */
  items(conversationId: string, page: Page): Promise<Listing<ConversationItem>>;
  /** @returns false where there is none */
  delete(id: string): Promise<boolean>;
  /** Deletes those whose latest item is older. @returns how many */
  prune(lastItemBefore: number): Promise<number>;
}
