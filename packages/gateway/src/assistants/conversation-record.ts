import type { Log } from '../ports.ts';
import type { Conversation, ConversationItemType, Conversations } from '../store/assistant-records.ts';

export interface RecordPorts {
  conversations: Pick<Conversations, 'insert' | 'append'>;
  /** Milliseconds of the epoch. */
  now: () => number;
  log: Log;
  /** Told of each write; whoever closes the store waits for them. */
  writing(written: Promise<void>): void;
}

/**
 * Writes what is said in a conversation into the store, in order. Nobody who talks waits for it; what cannot be written
 * is told to the log.
 */
export class ConversationRecord {
  readonly #ports: RecordPorts;
  readonly #conversationId: string;
  #written: Promise<void> = Promise.resolve();

  constructor(conversationId: string, ports: RecordPorts) {
    this.#conversationId = conversationId;
    this.#ports = ports;
  }

  open(conversation: Omit<Conversation, 'id' | 'createdAt' | 'lastItemAt'>): void {
    const now = this.#ports.now();
    const opened = { ...conversation, id: this.#conversationId, createdAt: now, lastItemAt: now };
    this.#write(() => this.#ports.conversations.insert(opened));
  }

  add(id: string, type: ConversationItemType, body: object): void {
    const item = { id, type, body: JSON.stringify(body), createdAt: this.#ports.now() };
    this.#write(() => this.#ports.conversations.append(this.#conversationId, item));
  }

  #write(write: () => Promise<void>): void {
    const { log, writing } = this.#ports;
    this.#written = this.#written.then(write).catch((err: unknown) => {
      log.error({ err, conversationId: this.#conversationId }, 'a conversation cannot be recorded');
    });
    writing(this.#written);
  }
}
