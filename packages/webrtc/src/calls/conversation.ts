import type { ClientItem, ContentPart } from '@parley/protocol';

import type { Fields } from '../signaling/fields.ts';
import { offline } from '../signaling/outbox.ts';
import type { Session } from '../signaling/session.ts';

const METHOD = 'ai_conversation';
const CREATE = 'conversation.item.create';

/** What is written to an assistant beside the call. It names no call: the server finds the conversation by the session. */
export class Conversation {
  readonly #session: Session;
  readonly #uuid: () => string;

  constructor(session: Session, uuid: () => string) {
    this.#session = session;
    this.#uuid = uuid;
  }

  /** @param images URLs, `https:` or `data:` */
  write(text: string, images: readonly string[]): Promise<Fields> {
    const content: ContentPart[] = [
      { type: 'input_text', text },
      ...images.map((url) => ({ type: 'image_url', image_url: { url } }) as const),
    ];
    const item: ClientItem = { id: this.#uuid(), type: 'message', role: 'user', content };
    // Nothing but these members is known to be taken: the session's id, which goes with other requests, is left out.
    return this.#session.request(METHOD, {
      sessid: undefined,
      type: CREATE,
      previous_item_id: null,
      item,
    });
  }

  /**
   * Gets no answer, as it is a notification.
   * @throws RpcError `offline` where there is no session to send it on
   */
  add(item: Exclude<ClientItem, { type: 'message' }>): void {
    const { sockets, state } = this.#session;
    if (!sockets.current || state.name !== 'ready') throw offline(METHOD);
    sockets.current.send({ jsonrpc: '2.0', method: METHOD, params: { type: CREATE, item } });
  }
}
